"""A camera on the network, through FFmpeg's libraries: each opens, waits and fails by itself.

OpenCV opens one stream at a time, whichever camera it is: one that is dead would hold up the others
for as long as its time-out, again and again. It also hands out what its decoder had left when a
stream has long stopped, as if it were new.
"""

import time
from collections.abc import Iterator
from typing import cast

import av
import av.error

from edge_agent.adapters.sources.names import without_password
from edge_agent.ports import Frame, Image, SourceError

OPEN_TIMEOUT_S = 8.0
READ_TIMEOUT_S = 6.0
MOST_BROKEN = 250
"""Packets in a row that cannot be decoded: at 25 a second it is garbage for ten seconds."""
OPTIONS = {
    "rtsp_transport": "tcp",
    "fflags": "nobuffer",
    "flags": "low_delay",
    "analyzeduration": "2000000",
    "probesize": "500000",
}


class NetworkCamera:
    """A camera by its address; a user's name and password in it never appear in messages."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._name = without_password(url)
        self._closed = False

    def __iter__(self) -> Iterator[Frame]:
        if self._closed:
            return
        try:
            with av.open(
                self._url, "r", options=OPTIONS, timeout=(OPEN_TIMEOUT_S, READ_TIMEOUT_S)
            ) as container:
                yield from self._frames(container)
        except (av.error.FFmpegError, OSError) as error:
            msg = f"摄像头无法读取 the camera cannot be read: {self._name}: {_reason(error)}"
            raise SourceError(msg) from error
        if not self._closed:
            msg = f"摄像头不再有画面 the camera gives no picture any more: {self._name}"
            raise SourceError(msg)

    def close(self) -> None:
        """End an iteration under way at its next frame."""
        self._closed = True

    def _frames(self, container: av.container.InputContainer) -> Iterator[Frame]:
        if not container.streams.video:
            msg = f"没有视频流 there is no video in it: {self._name}"
            raise SourceError(msg)
        stream = container.streams.video[0]
        stream.thread_type = "SLICE"  # several frames at once would each come later
        number, broken, asked_at = 0, 0, time.monotonic()
        for packet in container.demux(stream):
            if packet.size == 0 or time.monotonic() - asked_at > READ_TIMEOUT_S * 0.9:
                return  # it has stopped: what is left over is old
            try:
                pictures = packet.decode()
            except av.error.InvalidDataError:
                pictures = []
            broken = 0 if pictures else broken + 1
            if broken > MOST_BROKEN:
                msg = f"画面无法解码 a picture cannot be decoded: {self._name}"
                raise SourceError(msg)
            for picture in pictures:
                if self._closed:
                    return
                number += 1
                image = picture.to_ndarray(format="bgr24")
                yield Frame(time.monotonic(), cast("Image", image), number)
            asked_at = time.monotonic()


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or type(error).__name__
