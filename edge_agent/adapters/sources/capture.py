"""Frames through OpenCV: recordings by their own clock, live cameras by this machine's."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import cv2
import numpy as np

from edge_agent.adapters.sources.ahead import read_ahead
from edge_agent.ports import Frame, Image, SourceError

LIKELY_FPS = 25.0
MOST_FPS = 1000.0
MOST_BROKEN = 50  # frames in a row that cannot be decoded, before a recording counts as over

os.environ.setdefault("OPENCV_LOG_LEVEL", "ERROR")
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "16")  # errors, not every damaged block


class Recording:
    """A file, by its own clock: frame n is at (n - 1) / fps seconds, however fast it is read.

    With `every` only frames 1, 1 + every, ... come. With `at_own_speed` it plays like a camera,
    and with `loop` again and again, time going on.
    """

    def __init__(
        self, path: Path, *, every: int = 1, at_own_speed: bool = False, loop: bool = False
    ) -> None:
        if not path.is_file():
            msg = f"没有这个文件 no such file: {path}"
            raise SourceError(msg, permanent=True)
        self._path = path
        self._every = every
        self._at_own_speed = at_own_speed
        self._loop = loop
        self._closed = False
        self._capture = self._opened()

    def __iter__(self) -> Iterator[Frame]:
        frames = self._frames()
        return frames if self._at_own_speed else read_ahead(frames, threading.Event())

    def _frames(self) -> Iterator[Frame]:
        fps = _believable(self._capture.get(cv2.CAP_PROP_FPS))
        began = time.monotonic()
        number = 0
        while not self._closed:
            number += 1
            wanted = (number - 1) % self._every == 0
            image = self._next(decode=wanted)
            if image is None:
                if number == 1:
                    msg = f"读不出任何画面 not one frame can be read: {self._path}"
                    raise SourceError(msg, permanent=True)
                if not self._loop:
                    return
                self._capture.release()
                self._capture = self._opened()
                number -= 1
                continue
            at = (number - 1) / fps
            if self._at_own_speed:
                time.sleep(max(0.0, began + at - time.monotonic()))
                at += began
            if wanted:
                yield Frame(at, image, number)

    def close(self) -> None:
        """Let go of the file; an iteration under way ends at its next frame."""
        self._closed = True

    def _opened(self) -> cv2.VideoCapture:
        capture = cv2.VideoCapture(str(self._path))
        if not capture.isOpened():
            msg = f"不是能播放的录像 not a video that can be played: {self._path}"
            raise SourceError(msg, permanent=True)
        return capture

    def _next(self, *, decode: bool) -> Image | None:
        """Give the next frame, stepping over damaged ones; None at the end."""
        for _ in range(MOST_BROKEN):
            if not self._capture.grab():
                continue
            if not decode:
                return _NOT_WANTED
            good, image = self._capture.retrieve()
            if good and image.size:
                return _as_image(image)
        return None


class LiveCamera:
    """A camera that is read as it comes: by USB index, by URL, or by a pipeline string."""

    def __init__(self, name: str, opened: Callable[[], cv2.VideoCapture]) -> None:
        self._name = name
        self._open = opened
        self._closed = False

    def __iter__(self) -> Iterator[Frame]:
        if self._closed:
            return
        capture = self._open()
        try:
            if not capture.isOpened():
                msg = f"打不开摄像头 cannot open the camera: {self._name}"
                raise SourceError(msg)
            number = 0
            while not self._closed:
                image = self._next(capture)
                number += 1
                yield Frame(time.monotonic(), image, number)
        finally:
            capture.release()

    def close(self) -> None:
        """End an iteration under way at its next frame."""
        self._closed = True

    def _next(self, capture: cv2.VideoCapture) -> Image:
        try:
            good, image = capture.read()
            if good and image.ndim == 2:  # noqa: PLR2004 - a picture without colours
                image = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
        except cv2.error as error:
            msg = f"画面无法解码 a picture cannot be decoded: {self._name}: {error.err}"
            raise SourceError(msg) from error
        if not good or not image.size:
            msg = f"摄像头不再有画面 the camera gives no picture any more: {self._name}"
            raise SourceError(msg)
        return _as_image(image)


def usb(index: int) -> LiveCamera:
    """A camera on USB, by the number of its /dev/video."""
    name = f"/dev/video{index}"

    def opened() -> cv2.VideoCapture:
        if not Path(name).exists():
            msg = f"没有摄像头 no camera at {name}; 有 there are: {_present()}"
            raise SourceError(msg)
        return cv2.VideoCapture(index, cv2.CAP_V4L2)

    return LiveCamera(name, opened)


def pipeline(description: str) -> LiveCamera:
    """A decoder pipeline in GStreamer's words, ending in `appsink`."""

    def opened() -> cv2.VideoCapture:
        if "GStreamer:                   YES" not in cv2.getBuildInformation():
            msg = (
                "这个 OpenCV 不带 GStreamer,请把 source 写成 ffmpeg 命令,或换用系统的 OpenCV "
                "this OpenCV is built without GStreamer: write the source as an ffmpeg command, "
                "or use the system's OpenCV (docs/edge-config.md)"
            )
            raise SourceError(msg, permanent=True)
        return cv2.VideoCapture(description, cv2.CAP_GSTREAMER)

    return LiveCamera("pipeline", opened)


def _present() -> str:
    return ", ".join(sorted(str(path) for path in Path("/dev").glob("video*"))) or "没有 none"


def _believable(fps: float) -> float:
    return fps if 0.0 < fps <= MOST_FPS else LIKELY_FPS


def _as_image(image: object) -> Image:
    return cast("Image", image)  # OpenCV reads eight bits and three channels


_NOT_WANTED: Image = np.zeros((0, 0, 3), np.uint8)
