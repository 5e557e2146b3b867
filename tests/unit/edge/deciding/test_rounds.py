import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from edge_agent.adapters.outbox import SqliteOutbox
from edge_agent.adapters.rounds import STALL_S, Pulse, Rounds
from edge_agent.adapters.watch_health import WatchHealth
from edge_agent.ports import Frame, Image, SourceError

DARK: Image = np.zeros((4, 4, 3), dtype=np.uint8)


def frames(count: int, gate: threading.Semaphore | None = None) -> Iterator[Frame]:
    for i in range(count):
        if gate is not None:
            gate.acquire(timeout=10)
        yield Frame(float(i), DARK, i + 1)


def broken() -> Iterator[Frame]:
    msg = "no such camera"
    raise SourceError(msg, permanent=True)


def test_the_rounds_end_when_all_recordings_have_ended() -> None:
    rounds = Rounds({"a": lambda: frames(3), "b": lambda: frames(2)}, threading.Event())
    last = {name: frame.number for batch in rounds for name, frame in batch.items()}
    assert last == {"a": 3, "b": 2}
    assert {pulse.end for pulse in rounds.pulses().values()} == {"ended"}


def test_a_slow_watcher_gets_the_newest_frame_not_a_queue() -> None:
    all_taken = threading.Event()

    def stream() -> Iterator[Frame]:
        yield from frames(50)
        all_taken.set()

    rounds = iter(Rounds({"a": stream}, threading.Event()))
    first = next(rounds)
    assert all_taken.wait(10)
    rest = [frame.number for batch in rounds for frame in batch.values()]
    assert first
    assert rest in ([50], [])


def test_a_busy_camera_does_not_starve_a_slow_one() -> None:
    gate, stop = threading.Semaphore(1), threading.Event()
    rounds = Rounds({"busy": lambda: frames(100_000), "slow": lambda: frames(3, gate)}, stop)
    seen = 0
    for batch in rounds:
        if "slow" in batch:
            seen += 1
            gate.release()
        if seen == 3:
            break
    stop.set()
    assert seen == 3


def test_one_broken_camera_does_not_blind_the_other() -> None:
    rounds = Rounds({"good": lambda: frames(3), "broken": broken}, threading.Event())
    assert {name for batch in rounds for name in batch} == {"good"}
    assert rounds.pulses()["broken"] == Pulse(end="failed", detail="no such camera")


def test_stopping_ends_the_rounds_though_a_camera_still_runs() -> None:
    gate, stop = threading.Semaphore(1), threading.Event()
    for batch in Rounds({"a": lambda: frames(10, gate)}, stop):
        assert batch
        stop.set()
    gate.release()


@pytest.mark.parametrize(
    ("pulse", "state"),
    [
        (Pulse(), "starting"),
        (Pulse(frames=9, last_at=99.0), "running"),
        (Pulse(frames=9, last_at=99.0 - STALL_S), "stalled"),
        (Pulse(frames=9, last_at=99.0, end="failed", detail="gone"), "failed"),
    ],
)
def test_a_camera_is_called_what_it_is(pulse: Pulse, state: str) -> None:
    assert pulse.state(100.0) == state


def test_the_heartbeat_can_read_how_a_camera_does(tmp_path: Path) -> None:
    outbox = SqliteOutbox(tmp_path / "outbox.db", tmp_path / "evidence")
    health = WatchHealth(outbox)
    health.beat({"cam1": Pulse(frames=0, last_at=99.0)}, 100.0)
    health.beat({"cam1": Pulse(frames=50, last_at=109.5)}, 110.0)
    row = outbox.health()["camera:cam1"].body
    outbox.close()
    assert (row["state"], row["fps"], row["last_frame_age_s"]) == ("running", 5.0, 0.5)


def test_a_change_is_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    outbox = SqliteOutbox(tmp_path / "outbox.db", tmp_path / "evidence")
    health = WatchHealth(outbox)
    for i in range(3):
        health.beat({"cam1": Pulse(end="failed", detail="no such camera")}, 100.0 + i)
        health.fault(ValueError("bad frame"))
    outbox.close()
    assert sum("no such camera" in message for message in caplog.messages) == 1
    assert sum("bad frame" in message for message in caplog.messages) == 1
