"""Pictures into an MP4 that every browser plays: H.264, 4:2:0, the index in front, no sound."""

import os
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

import av

from edge_agent.ports import Image

TICKS = 1000
"""Of the clip's clock, a second: pictures keep their own times, however uneven."""
QUALITIES = ((26, 1), (31, 1), (31, 2), (36, 2))
"""Constant-rate factor and shrinking, tried in this order until the clip is small enough."""

Pictures = Callable[[], Iterable[tuple[float, Image]]]
"""Gives the pictures with their times in seconds, from the beginning each time it is called."""


class FilmError(Exception):
    """A clip that cannot be made."""


def filmed(pictures: Pictures, duration_s: float, most_bytes: int) -> bytes:
    """Give the clip, at most `most_bytes` long.

    Raises:
        FilmError: nothing to show, or it cannot be made that small.
    """
    # a file in memory: nothing wears the card, and a process killed leaves nothing behind
    with os.fdopen(os.memfd_create("clip"), "rb") as file:
        for factor, shrinking in QUALITIES:
            options = _options(factor, duration_s, most_bytes)
            _write(f"/proc/self/fd/{file.fileno()}", pictures(), options, shrinking)
            file.seek(0)
            content = file.read()
            if len(content) <= most_bytes:
                return content
    msg = f"无法把录像压到 {most_bytes} 字节以内 (no clip that small)"
    raise FilmError(msg)


def _options(factor: int, duration_s: float, most_bytes: int) -> dict[str, str]:
    rate = int(most_bytes * 8 * 0.9 / max(duration_s, 1.0))
    return {
        "preset": "veryfast",
        "profile": "main",
        "crf": str(factor),
        "maxrate": str(rate),
        "bufsize": str(2 * rate),
        "threads": "1",
    }


def _write(
    file: str, pictures: Iterable[tuple[float, Image]], options: dict[str, str], shrinking: int
) -> None:
    with av.open(file, "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream: Any = None
        last = -1
        for at, image in pictures:
            height = image.shape[0] // shrinking // 2 * 2
            width = image.shape[1] // shrinking // 2 * 2
            if stream is None:
                stream = container.add_stream("libx264", rate=25, options=options)
                stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
                stream.codec_context.time_base = Fraction(1, TICKS)
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame = frame.reformat(stream.width, stream.height, "yuv420p")
            last = max(last + 1, round(at * TICKS))
            frame.pts, frame.time_base = last, Fraction(1, TICKS)
            container.mux(stream.encode(frame))
        if stream is None:
            msg = "没有画面,做不成录像 (no pictures, no clip)"
            raise FilmError(msg)
        container.mux(stream.encode(None))
