"""A process that grows says so, and ends in order; one whose alarm is open does not end now."""

from pathlib import Path

import pytest

from edge_agent.adapters.ceiling import Ceiling, OverCeilingError
from edge_agent.adapters.systemd import Watchdog
from edge_agent.simulated import ManualTime
from edge_agent.wiring.running import keep_running, stopped_by_signals
from tests.unit.edge.sending.sending_kit import an_outbox

MB = 1_000_000


def test_a_process_that_grows_says_so_before_it_must_end(tmp_path: Path) -> None:
    time, sizes = ManualTime(), iter([300 * MB, 750 * MB, 600 * MB])
    with an_outbox(tmp_path, time) as box:
        ceiling = Ceiling("watch", 700 * MB, 900 * MB, box, lambda: True, lambda: next(sizes),
                          time.monotonic)  # fmt: skip
        said = []
        for _ in range(3):
            ceiling.look()
            said.append(box.health()["memory:watch"].body["is_high"])
            time.go_on(20)
    assert said == [False, True, False]


def test_over_its_ceiling_a_process_ends_rather_than_starves_the_others(tmp_path: Path) -> None:
    with an_outbox(tmp_path, ManualTime()) as box, stopped_by_signals() as stop:
        ceiling = Ceiling("watch", 700 * MB, 900 * MB, box, resident=lambda: 950 * MB)

        def once() -> bool:
            ceiling.look()
            return True

        with pytest.raises(OverCeilingError, match="950"):
            keep_running("watch", once, stop, Watchdog(""))


def test_a_button_whose_alarm_is_open_does_not_end_now(tmp_path: Path) -> None:
    is_raised = True
    now = 0.0
    with an_outbox(tmp_path, ManualTime()) as box:
        ceiling = Ceiling("button", 70 * MB, 90 * MB, box, lambda: not is_raised,
                          lambda: 95 * MB, lambda: now)  # fmt: skip
        ceiling.look()
        is_raised, now = False, 20.0
        with pytest.raises(OverCeilingError):
            ceiling.look()


def test_it_is_measured_now_and_then_only(tmp_path: Path) -> None:
    looks = 0

    def resident() -> int:
        nonlocal looks
        looks += 1
        return 1

    with an_outbox(tmp_path, ManualTime()) as box:
        ceiling = Ceiling("link", 70 * MB, 90 * MB, box, lambda: True, resident, lambda: 5.0)
        for _ in range(100):
            ceiling.look()
    assert looks == 1
