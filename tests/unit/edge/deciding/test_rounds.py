import threading
import time
from collections.abc import Iterator
from itertools import islice
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


def endless(stop: threading.Event) -> Iterator[Frame]:
    number = 0
    while not stop.is_set():
        number += 1
        yield Frame(float(number), DARK, number)


def wait_for_news(rounds: Rounds) -> None:
    """Be as slow as a detector: every camera has brought something new meanwhile."""
    before, pause = rounds.pulses(), threading.Event()
    deadline = time.monotonic() + 10
    while any(pulse.frames == before[name].frames for name, pulse in rounds.pulses().items()):
        assert time.monotonic() < deadline
        pause.wait(0.001)


def test_cameras_that_all_have_news_get_the_same_share() -> None:
    stop, turns = threading.Event(), list[str]()
    rounds = Rounds({name: lambda: endless(stop) for name in "abcd"}, stop)
    for batch in rounds:
        turns += batch
        wait_for_news(rounds)
        if len(turns) == 44:
            stop.set()
    assert [turns[4:].count(name) for name in "abcd"] == [10, 10, 10, 10]


def test_a_frame_is_taken_when_its_turn_comes_and_not_before() -> None:
    gates = {"a": threading.Semaphore(1), "b": threading.Semaphore(1)}
    rounds = Rounds({"a": lambda: frames(1, gates["a"]), "b": lambda: frames(2, gates["b"])},
                    threading.Event())  # fmt: skip
    taken = (item for batch in rounds for item in batch.items())
    earlier = sorted(name for name, _ in islice(taken, 2))
    gates["b"].release()
    assert earlier == ["a", "b"]
    assert [(name, frame.number) for name, frame in taken] == [("b", 2)]


def test_how_many_frames_were_looked_at_and_how_long_they_waited_is_known() -> None:
    rounds = Rounds({"a": lambda: frames(50)}, threading.Event())
    taken = sum(len(batch) for batch in rounds)
    pulse = rounds.pulses()["a"]
    assert (pulse.frames, pulse.taken) == (50, taken)
    assert 0.0 <= pulse.wait_s <= pulse.longest_wait_s < 10.0


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
