"""Recordings by their own clock; cameras that go away and come back; bad files said in words."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from edge_agent.adapters.sources.capture import network, without_password
from edge_agent.adapters.sources.persistence import LONGEST_PAUSE_S, persistent
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
        list(network(f"rtsp://guard:secret@127.0.0.1:{port}/live"))
    assert not caught.value.permanent
    assert "secret" not in str(caught.value)


def test_a_password_never_stands_in_a_log() -> None:
    assert without_password("rtsp://guard:se@cret@10.0.0.1/a") == "rtsp://***@10.0.0.1/a"
    assert without_password("rtsp://10.0.0.1/a") == "rtsp://10.0.0.1/a"


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
