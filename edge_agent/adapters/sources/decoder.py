"""Frames from a decoder of the system's own: a child process that can be killed when it hangs.

The system's ffmpeg knows the hardware decoders of its board, which the OpenCV of a wheel does not.
"""

import fcntl
import os
import re
import select
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from typing import IO

import cv2
import numpy as np

from edge_agent.adapters.sources.names import without_password
from edge_agent.ports import Frame, Image, SourceError

OPENING_S = 20.0
READING_S = 8.0
PIECE = 1 << 20
MOST_BYTES = 3 * 8192 * 8192
LONGEST_HEAD = 64
_HEAD = re.compile(rb"P6\n(\d{1,5}) (\d{1,5})\n255\n")
# `-vsync passthrough`: each picture once; by itself ffmpeg would fill gaps with repeats
_OUT = shlex.split("-an -sn -vsync passthrough -f image2pipe -c:v ppm -pix_fmt rgb24 -")


class Decoder:
    """`ffmpeg ARGUMENTS`, which we make to write pictures to us.

    Raises `SourceError` with the decoder's last words when it ends or gives nothing more.
    """

    def __init__(self, command: str) -> None:
        self._command = shlex.split(command)
        self._name = without_password(command)
        self._closed = False

    def __iter__(self) -> Iterator[Frame]:
        if self._closed:
            return
        program = shutil.which(self._command[0])
        if program is None:
            msg = f"没有解码程序 no such program: {self._command[0]}: apt-get install ffmpeg"
            raise SourceError(msg, permanent=True)
        arguments = [program, "-nostdin", "-hide_banner", "-loglevel", "error"]
        with tempfile.TemporaryFile() as words:
            child = subprocess.Popen(  # noqa: S603 - the installer's own command, no shell
                [*arguments, *self._command[1:], *_OUT],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=words, bufsize=0,
            )  # fmt: skip
            try:
                yield from self._frames(child, words)
            finally:
                child.kill()
                child.wait()
                if child.stdout is not None:
                    child.stdout.close()

    def close(self) -> None:
        """End an iteration under way at its next frame."""
        self._closed = True

    def _frames(self, child: "subprocess.Popen[bytes]", words: IO[bytes]) -> Iterator[Frame]:
        number = 0
        if child.stdout is None:
            return
        pipe = _Pipe(child.stdout.fileno())
        while not self._closed:
            image = pipe.picture(OPENING_S if number == 0 else READING_S)
            if image is None:
                words.seek(0)
                said = words.read(4000).decode(errors="replace").strip().rpartition("\n")[2]
                msg = f"解码程序不再有画面 the decoder gives no picture any more: {self._name}"
                raise SourceError(f"{msg}: {without_password(said)}" if said else msg)
            number += 1
            yield Frame(time.monotonic(), image, number)


class _Pipe:
    """Reads portable pixmaps (P6) from a pipe, never longer than it may."""

    def __init__(self, handle: int) -> None:
        fcntl.fcntl(handle, fcntl.F_SETPIPE_SZ, PIECE)
        self._handle = handle
        self._ready = select.poll()
        self._ready.register(handle, select.POLLIN)
        self._rest = bytearray()

    def picture(self, within_s: float) -> Image | None:
        """Give the next picture; None where none comes in time, or what comes is none."""
        until = time.monotonic() + within_s
        while (head := _HEAD.match(self._rest)) is None:
            if len(self._rest) > LONGEST_HEAD or not self._more(until):
                return None
        begin, width, height = head.end(), int(head[1]), int(head[2])
        del head
        count = width * height * 3
        if not 0 < count <= MOST_BYTES:
            return None
        while len(self._rest) < begin + count:
            if not self._more(until):
                return None
        pixels = np.frombuffer(self._rest, np.uint8, count, begin).reshape(height, width, 3)
        image = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), np.uint8)
        del pixels  # lets go of the bytes, so that they may be dropped
        del self._rest[: begin + count]
        return image

    def _more(self, until: float) -> bool:
        if not self._ready.poll(max(0.0, until - time.monotonic()) * 1000):
            return False
        piece = os.read(self._handle, PIECE)
        self._rest += piece
        return bool(piece)
