"""Recordings by their own clock; cameras that go away and come back; bad files said in words."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from edge_agent.adapters.sources.attended import MOST_HUNG, Attended
from edge_agent.adapters.sources.names import without_password
from edge_agent.adapters.sources.network import NetworkCamera
from edge_agent.adapters.sources.persistence import (
    LONGEST_PAUSE_S,
    SETTLED_S,
    persistent,
)
from edge_agent.ports import Frame, SourceError
from edge_agent.wiring.seeing import open_source

PLAZA = Path(__file__).resolve().parents[3] / "media" / "plaza.mp4"
BLACK = np.zeros((4, 4, 3), np.uint8)


def test_a_recording_runs_by_its_own_clock_and_counts_from_one() -> None:
    frames = [(frame.number, round(frame.at, 6)) for frame in open_source(str(PLAZA))]
    assert frames == [(n, round((n - 1) / 10, 6)) for n in range(1, 301)]


@pytest.mark.parametrize("every", [2, 4, 7])
def test_every_nth_frame_keeps_its_number_and_time(every: int) -> None:
    frames = [(f.number, round(f.at, 6)) for f in open_source(str(PLAZA), every=every)]
    assert frames == [(n, round((n - 1) / 10, 6)) for n in range(1, 301, every)]


def test_at_its_own_speed_a_recording_takes_its_time_and_loops_forward() -> None:
    source = open_source(str(PLAZA), simulate=True, loop=True)
    began = time.monotonic()
    frames = [frame for frame, _ in zip(source, range(6), strict=False)]
    source.close()
    assert time.monotonic() - began == pytest.approx(0.5, abs=0.3)
    assert [frame.at for frame in frames] == sorted(frame.at for frame in frames)
    assert frames[0].at >= began


def test_a_truncated_recording_gives_what_is_there(tmp_path: Path) -> None:
    part = tmp_path / "part.mp4"
    part.write_bytes(PLAZA.read_bytes()[:600_000])
    numbers = [frame.number for frame in open_source(str(part))]
    assert 20 < len(numbers) < 300


@pytest.mark.parametrize("content", [b"", b"not a video at all", PLAZA.read_bytes()[:100]])
def test_what_is_no_recording_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "录像.mp4"
    file.write_bytes(content)
    with pytest.raises(SourceError, match=r"录像\.mp4") as caught:
        list(open_source(str(file)))
    assert caught.value.permanent


def test_a_missing_file_is_named() -> None:
    with pytest.raises(SourceError, match="nowhere"):
        open_source("nowhere.mp4")


def test_a_usb_camera_that_is_not_there_may_come() -> None:
    with pytest.raises(SourceError, match="/dev/video93") as caught:
        list(open_source("93"))
    assert not caught.value.permanent


def test_a_network_camera_that_does_not_answer_may_come() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(SourceError, match=r"127\.0\.0\.1") as caught:
        list(NetworkCamera(f"rtsp://guard:secret@127.0.0.1:{port}/live"))
    assert not caught.value.permanent
    assert "secret" not in str(caught.value)


def test_a_password_never_stands_in_a_log() -> None:
    assert without_password("rtsp://guard:se@cret@10.0.0.1/a") == "rtsp://***@10.0.0.1/a"
    assert without_password("rtsp://10.0.0.1/a") == "rtsp://10.0.0.1/a"
    command = "ffmpeg -hwaccel drm -i rtsp://guard:secret@10.0.0.1/a -vf fps=5"
    assert without_password(command) == "ffmpeg -hwaccel drm -i rtsp://***@10.0.0.1/a -vf fps=5"
    url = "http://10.0.0.1/live?user=guard&password=secret&channel=1"
    assert without_password(url) == "http://10.0.0.1/live?user=guard&password=***&channel=1"


class Flaky:
    """A camera that dies after some frames, and again, and then ends."""

    def __init__(self, lives: list[int]) -> None:
        self.lives = lives

    def __iter__(self) -> Iterator[Frame]:
        frames = self.lives.pop(0)
        for number in range(frames):
            yield Frame(float(number), BLACK, number + 1)
        if self.lives:
            msg = "摄像头不再有画面"
            raise SourceError(msg)

    def close(self) -> None:
        """Nothing to let go of."""


def test_a_camera_that_goes_away_comes_back_after_longer_and_longer_pauses(
    caplog: pytest.LogCaptureFixture,
) -> None:
    pauses: list[float] = []
    frames = list(persistent(Flaky([3, 0, 0, 0, 0, 2]), pauses.append))
    assert len(frames) == 5
    assert len(pauses) == 5
    assert all(0 < pause <= LONGEST_PAUSE_S for pause in pauses)
    said = [record for record in caplog.records if "不再有画面" in record.message]
    assert len(said) == 1


def test_trying_again_is_given_up_where_it_is_no_use() -> None:
    class Hopeless(Flaky):
        def __iter__(self) -> Iterator[Frame]:
            msg = "没有这个文件"
            raise SourceError(msg, permanent=True)

    with pytest.raises(SourceError):
        list(persistent(Hopeless([]), lambda _s: None))


def test_closing_ends_an_iteration_that_is_under_way() -> None:
    source = open_source(str(PLAZA), simulate=True, loop=True)
    ended = threading.Event()

    def play() -> None:
        for _ in source:
            pass
        ended.set()

    threading.Thread(target=play, daemon=True).start()
    source.close()
    assert ended.wait(5)


class Hanging:
    """A camera whose driver never comes back once it has given some frames."""

    def __init__(self, frames: int, free: threading.Event) -> None:
        self._frames = frames
        self._free = free

    def __iter__(self) -> Iterator[Frame]:
        yield from (Frame(float(n), BLACK, n + 1) for n in range(self._frames))
        self._free.wait(30)

    def close(self) -> None:
        """A driver that hangs does not hear."""


@pytest.fixture
def free() -> Iterator[threading.Event]:
    """Set at the end, so that no thread stays behind."""
    event = threading.Event()
    yield event
    event.set()


def test_a_camera_that_hangs_is_left_and_begun_anew(free: threading.Event) -> None:
    camera = Attended(Hanging(1, free), patience_s=0.1, opening_s=5.0)
    pauses: list[float] = []
    frames = persistent(camera, pauses.append)
    assert [next(frames).number for _ in range(MOST_HUNG)] == [1] * MOST_HUNG
    assert len(pauses) == MOST_HUNG - 1


def test_threads_that_hang_do_not_pile_up(free: threading.Event) -> None:
    camera = Attended(Hanging(0, free), patience_s=0.05, opening_s=0.05)
    for _ in range(MOST_HUNG):
        with pytest.raises(SourceError, match="没有画面"):
            next(iter(camera))
    with pytest.raises(SourceError, match="断电重启"):
        next(iter(camera))


def test_whoever_attends_a_camera_hears_its_frames_its_end_and_its_troubles() -> None:
    camera = Attended(Flaky([2, 1]))
    with pytest.raises(SourceError, match="不再有画面"):
        list(camera)
    assert [frame.number for frame in camera] == [1]


def test_a_camera_that_dies_at_once_again_and_again_is_not_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    list(persistent(Flaky([1] * 8), lambda _s: None))
    assert len(caplog.records) == 1
    caplog.clear()
    list(persistent(Flaky([1, int(SETTLED_S) + 1, 1]), lambda _s: None))
    assert [("恢复" in record.message) for record in caplog.records] == [False, True, False]


DECODED = f"ffmpeg -re -i {PLAZA} -t 2"


def test_the_systems_own_decoder_gives_the_same_pictures() -> None:
    source = open_source(DECODED)
    frame = next(iter(source))
    source.close()
    first = next(iter(open_source(str(PLAZA))))
    assert frame.image.shape == first.image.shape
    assert np.mean(np.abs(frame.image.astype(int) - first.image)) < 4


@pytest.mark.parametrize(
    ("command", "said", "is_permanent"),
    [
        ("ffmpeg -i rtsp://guard:secret@127.0.0.1:1/live", r"127\.0\.0\.1", False),
        ("ffmpeg -no_such_option 1", "no_such_option", False),
        (DECODED.replace("-re ", "").replace("-t 2", "-t 0.3"), "不再有画面", False),
    ],
)
def test_a_decoder_that_ends_says_why(command: str, said: str, is_permanent: bool) -> None:
    with pytest.raises(SourceError, match=said) as caught:
        list(open_source(command))
    assert caught.value.permanent is is_permanent
    assert "secret" not in str(caught.value)
