"""Cameras that misbehave in every way that cameras do, watched by the device's own eyes.

They are watched together, well at first, then each in its own bad mood, then well again: the
claims are about what was noticed, and when.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from contract.messages import Alert
from contract.scenarios import Kind, Phase
from edge_agent.adapters.duty_book import DutyBook
from edge_agent.adapters.outbox import SqliteOutbox
from edge_agent.adapters.recorder import Recorder
from edge_agent.adapters.rounds import Rounds
from edge_agent.adapters.sources.persistence import persistent
from edge_agent.config import load_config
from edge_agent.ports import Frame
from edge_agent.wiring.guarding import Guard
from edge_agent.wiring.scenes import Scribe
from edge_agent.wiring.seeing import open_source
from edge_agent.wiring.watching import local_time, taken_at
from tests.servers.stream import Camera, Scenes, camera

pytestmark = [pytest.mark.stack, pytest.mark.timeout(180)]

FAULTS = {
    "http-silent": "lost",
    "http-garbage": "lost",
    "rtsp-refusing": "lost",
    "http-frozen": "frozen",
    "http-dark": "dark",
}
"""What must be said of a camera in that mood."""
ROUGH = ("rtsp-corrupt", "http-truncated", "http-smaller")
"""Moods in which there is something to be seen now and then."""
HEAD = """
device_id = "pond-001"
profile = "water"

[eyesight]
report_after_s = 0.5
over_after_s = 1.0
dark_s = 2.0
frozen_s = 4.0
moved_s = 3600.0
min_fps = 0.0
"""
BAD_S = 12.0


@dataclass
class Story:
    """What happened: when each camera's fault was seen after it began, and what was told."""

    seen_after_s: dict[str, float] = field(default_factory=dict)
    sizes: dict[str, set[tuple[int, ...]]] = field(default_factory=lambda: defaultdict(set))
    frames_bad: dict[str, int] = field(default_factory=dict)
    back: set[str] = field(default_factory=set)
    alerts: list[Alert] = field(default_factory=list)
    logged: str = ""

    def phases(self, name: str) -> list[Phase]:
        """Give the life of what was told of a camera."""
        return [alert.phase for alert in self.alerts if alert.camera_id == name]


@dataclass
class Watching:
    """The device's eyes on those cameras."""

    guard: Guard
    rounds: Rounds
    story: Story

    def until(
        self,
        batches: Iterator[Mapping[str, Frame]],
        is_so: Callable[[], bool],
        within_s: float,
    ) -> None:
        """Watch until something is so; whether it was is for the claims."""
        deadline = time.monotonic() + within_s
        for batch in batches:
            for name, frame in batch.items():
                self.story.sizes[name].add(frame.image.shape)
            if is_so() or time.monotonic() > deadline:
                return

    def frames(self) -> dict[str, int]:
        return {name: pulse.frames for name, pulse in self.rounds.pulses().items()}

    def sees(self, name: str, since: Mapping[str, int]) -> bool:
        return self.frames()[name] > since[name] + 10 and not self.guard.faults()[name]


def hurried(wait_s: float) -> None:
    """Wait before trying again, though never as long as a device would."""
    threading.Event().wait(min(wait_s, 1.0))


def watching(folder: Path, cameras: Mapping[str, Camera], opened: ExitStack) -> Watching:
    tables = [
        f'[[cameras]]\ncamera_id = "{name}"\nsource = "{one.url}"\n'
        for name, one in cameras.items()
    ]
    file = folder / "device.toml"
    file.write_text("\n".join([HEAD, *tables]), encoding="utf-8")
    config = load_config(file)
    outbox = opened.enter_context(closing(SqliteOutbox(folder / "outbox.db", folder / "evidence")))
    story, stop = Story(), threading.Event()
    recorder = opened.enter_context(closing(Recorder(outbox, None, story.alerts.append)))
    streams = {}
    for one in config.cameras:
        source = opened.enter_context(closing(open_source(one.source)))
        streams[one.camera_id] = partial(persistent, source, hurried)
    rounds = Rounds(streams, stop)
    opened.callback(stop.set)
    book = DutyBook(outbox, "watch")
    guard = Guard(config, Scribe(config, taken_at), recorder, book, rounds.pulses, local_time)
    return Watching(guard, rounds, story)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("cameras")
    scenes = Scenes(folder)
    names = [*FAULTS, *ROUGH]
    with ExitStack() as opened:
        cameras = {
            name: opened.enter_context(camera(scenes, name.partition("-")[0])) for name in names
        }
        eyes = watching(folder, cameras, opened)
        told, batches = eyes.story, eyes.guard.watched(iter(eyes.rounds))
        start = dict.fromkeys(names, 0)
        eyes.until(batches, lambda: all(eyes.sees(name, start) for name in names), 40)

        told.alerts.clear()  # what a slow start was worth is another story
        began, at_first = time.monotonic(), eyes.frames()
        for name, one in cameras.items():
            one.mood = name.partition("-")[2]

        def all_bad() -> bool:
            for name, fault in FAULTS.items():
                if fault in eyes.guard.faults()[name]:
                    told.seen_after_s.setdefault(name, time.monotonic() - began)
            return len(told.seen_after_s) == len(FAULTS) and time.monotonic() - began > BAD_S

        eyes.until(batches, all_bad, 30)
        middle = eyes.frames()
        told.frames_bad = {name: middle[name] - at_first[name] for name in names}
        for one in cameras.values():
            one.mood = "well"
        eyes.until(batches, lambda: all(eyes.sees(name, middle) for name in names), 60)
        told.back = {name for name in names if eyes.sees(name, middle)}
        over = time.monotonic()
        eyes.until(batches, lambda: time.monotonic() - over > 3, 6)
    return told


@pytest.mark.parametrize("name", FAULTS)
def test_what_a_camera_suffers_is_noticed_and_told(story: Story, name: str) -> None:
    told = [alert for alert in story.alerts if alert.camera_id == name]
    assert (told[0].kind, told[0].phase) == (Kind.VIDEO_FAULT, Phase.START)
    assert any(FAULTS[name] in alert.faults for alert in told)


@pytest.mark.parametrize("name", [name for name in FAULTS if FAULTS[name] == "lost"])
def test_a_camera_that_gives_no_pictures_is_noticed_within_ten_seconds(
    story: Story, name: str
) -> None:
    assert 5 < story.seen_after_s[name] < 12, "two more than ten: what was under way, and the tick"


@pytest.mark.parametrize("name", [*FAULTS, *ROUGH])
def test_every_camera_comes_back_by_itself(story: Story, name: str) -> None:
    assert name in story.back


@pytest.mark.parametrize("name", FAULTS)
def test_the_end_of_the_trouble_is_told(story: Story, name: str) -> None:
    assert story.phases(name)[0] is Phase.START
    assert story.phases(name)[-1] is Phase.END


def test_another_size_is_no_fault(story: Story) -> None:
    assert story.sizes["http-smaller"] == {(384, 512, 3), (240, 320, 3)}
    assert not any(
        alert.faults != ("lost",) for alert in story.alerts if alert.camera_id == "http-smaller"
    ), "begun anew at most, never called moved or covered"


@pytest.mark.parametrize("name", ["http-truncated"])
def test_a_camera_that_hangs_up_each_time_is_asked_each_time(story: Story, name: str) -> None:
    assert story.frames_bad[name] > 1


def test_nobody_writes_a_password_down(story: Story, caplog: pytest.LogCaptureFixture) -> None:
    said = [alert.model_dump_json() for alert in story.alerts]
    assert said
    assert not any("secret" in words for words in [*said, caplog.text])
