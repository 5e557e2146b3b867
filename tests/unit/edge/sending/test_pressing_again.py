import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.messages import AlertBody
from contract.scenarios import Kind, Phase
from edge_agent.adapters.outbox import SqliteOutbox
from edge_agent.adapters.signals import Signals
from edge_agent.core.press import HOLD_S, REJOIN_S, STUCK_S, UNANSWERED_S, Press
from edge_agent.ports import OutboxError, Request
from edge_agent.simulated import ManualTime, RecordingSpeaker, RecordingSwitch
from tests.unit.edge.sending.sending_kit import ButtonAndDesk, a_body, an_outbox


class AskedOnce:
    """A soft press that nobody can be told is done: the disk is full."""

    def pending(self) -> list[Request]:
        return [Request(1, "press", "page:school", 0.0)]

    def done(self, request_id: int, outcome: str, *, ok: bool = True, alert_id: str = "") -> None:
        msg = f"{request_id} {outcome} {ok} {alert_id}"
        raise OutboxError(msg)


class Guard:
    def __init__(self, box: SqliteOutbox, time: ManualTime) -> None:
        self.siren, self.speaker, self.box, self.time = (
            RecordingSwitch(),
            RecordingSpeaker(),
            box,
            time,
        )
        self.signals = Signals(self.siren, RecordingSwitch(), self.speaker)
        numbers = itertools.count()

        def body() -> AlertBody:
            return a_body(critical=True).model_copy(
                update={"alert_id": f"press-{next(numbers)}", "kind": Kind.BUTTON_PRESSED}
            )

        self.button = ButtonAndDesk(self.signals, box, body, time)

    def edge(self, down: bool) -> None:
        self.button.push(down)
        self.button.wait(0.0)
        self.button.turn()

    def hold(self, seconds: float) -> None:
        self.edge(True)
        self.time.go_on(seconds)
        self.button.turn()
        self.edge(False)

    def rest(self, seconds: float) -> None:
        self.time.go_on(seconds)
        self.button.turn()

    def sent(self) -> list[tuple[str, Kind, Phase]]:
        due = sorted(self.box.due(20), key=lambda alert: alert.seq)
        return [(one.alert_id, one.kind, one.phase) for one in due]


@pytest.fixture
def guard(tmp_path: Path) -> Iterator[Guard]:
    time = ManualTime()
    with an_outbox(tmp_path, time) as box:
        yield Guard(box, time)


def test_two_presses_soon_after_each_other_are_one_alarm_and_an_update(guard: Guard) -> None:
    guard.hold(0.5)
    guard.rest(0.5)
    guard.hold(0.5)
    assert [(one, phase) for one, _, phase in guard.sent()] == [
        ("press-0", Phase.START),
        ("press-0", Phase.UPDATE),
    ]
    assert guard.siren.switched == ["on", "on"]


def test_a_press_long_after_the_last_is_an_alarm_of_its_own(guard: Guard) -> None:
    guard.hold(0.5)
    guard.rest(REJOIN_S + 1.0)
    guard.hold(0.5)
    assert [phase for _, _, phase in guard.sent()] == [Phase.START, Phase.START]


def test_a_stuck_button_raises_its_alarm_and_one_fault_that_ends_when_let_go(guard: Guard) -> None:
    guard.edge(True)
    for _ in range(4):
        guard.rest(STUCK_S / 2)
    guard.edge(False)
    assert [(kind, phase) for _, kind, phase in guard.sent()] == [
        (Kind.BUTTON_PRESSED, Phase.START),
        (Kind.ALARM_FAULT, Phase.START),
        (Kind.ALARM_FAULT, Phase.END),
    ]


def test_people_are_told_to_call_when_nobody_has_answered(guard: Guard) -> None:
    guard.hold(0.5)
    assert "alarm_not_confirmed" not in guard.speaker.said
    guard.rest(UNANSWERED_S)
    guard.rest(1.0)
    assert guard.speaker.said.count("alarm_not_confirmed") == 1


def test_a_soft_press_that_cannot_be_marked_done_still_sounds_only_once(guard: Guard) -> None:
    button = ButtonAndDesk(
        guard.signals, guard.box, lambda: a_body(critical=True), guard.time, AskedOnce()
    )
    for _ in range(5):
        button.turn()
    assert guard.siren.switched == ["on"]


@given(held_s=st.floats(HOLD_S + 0.01, 600.0), step_s=st.floats(0.01, 30.0))
def test_every_hold_raises_exactly_once_and_sticks_at_most_once(
    held_s: float, step_s: float
) -> None:
    press, raised, stuck, at = Press().edge(0.0, down=True), 0, 0, 0.0
    while at < held_s:
        at = min(at + max(step_s, held_s / 50.0), held_s)
        press, raises = press.observe(at)
        press, sticks = press.sticks(at)
        raised, stuck = raised + raises, stuck + sticks
    assert (raised, stuck) == (1, int(held_s >= STUCK_S))
