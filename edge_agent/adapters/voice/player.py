"""Where sound goes: through `aplay` to a sound card, or into a folder as files."""

import os
import select
import subprocess
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from edge_agent.adapters.voice.files import write_whole
from edge_agent.adapters.voice.sound import seconds_of
from edge_agent.ports import SpeakerError

GRACE_S = 5.0  # a player that is this much slower than the sound is stuck


class Cut:
    """Ends what is being played, at once, from any thread."""

    def __init__(self) -> None:
        self._fd = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self.is_set = False

    def set(self) -> None:
        self.is_set = True
        os.eventfd_write(self._fd, 1)

    def clear(self) -> None:
        self.is_set = False
        with suppress(BlockingIOError):
            os.eventfd_read(self._fd)

    def fileno(self) -> int:
        return self._fd

    def close(self) -> None:
        os.close(self._fd)


class Player(Protocol):
    """Makes a WAV audible; returns True when it has been heard, False when it was cut off.

    `began` is called when the sink has its first sample. `waits_its_turn`: what is asked twice
    while it waits to be said, is said once.
    """

    waits_its_turn: bool

    def play(self, phrase_id: str, content: bytes, cut: Cut, began: Callable[[], None]) -> bool: ...


class AplayPlayer:
    """Plays from memory on an ALSA device; anything but success is an error that is seen.

    A process for each phrase: it takes some milliseconds to start, can be ended at any moment, and
    leaves the card to others while nothing is said.
    """

    waits_its_turn = True

    def __init__(self, device: str = "default", program: str = "aplay") -> None:
        self._command = [program, "--quiet", "--device", device, "-"]

    def play(self, phrase_id: str, content: bytes, cut: Cut, began: Callable[[], None]) -> bool:
        """Play to the end, unless it is cut off.

        Raises:
            SpeakerError: no `aplay`, no such audio device, or it got stuck.
        """
        del phrase_id
        sound, complaint = os.memfd_create("phrase"), os.memfd_create("complaint")
        try:
            os.write(sound, content)
            os.lseek(sound, 0, os.SEEK_SET)
            process = self._started(sound, complaint)
            began()
            has_ended = _ended(process, seconds_of(content) + GRACE_S, cut)
            said = os.pread(complaint, 4096, 0).decode(errors="replace")
        finally:
            os.close(sound)
            os.close(complaint)
        if not has_ended and cut.is_set:
            return False
        if not has_ended:
            msg = "声卡没有响应 (the audio device does not answer)"
            raise SpeakerError(msg)
        if process.returncode != 0:
            last = " ".join(said.strip().splitlines()[-1:])
            msg = f"播放失败,请检查声卡和接线 (no sound: check the audio device): {last}"
            raise SpeakerError(msg)
        return True

    def _started(self, sound: int, complaint: int) -> "subprocess.Popen[bytes]":
        try:
            return subprocess.Popen(  # noqa: S603 - a fixed program, and a device that our config names
                self._command,
                stdin=sound,
                stdout=subprocess.DEVNULL,
                stderr=complaint,
            )
        except OSError as error:
            msg = "没有 aplay,请安装:apt install alsa-utils (aplay is missing)"
            raise SpeakerError(msg) from error


def _ended(process: "subprocess.Popen[bytes]", most_s: float, cut: Cut) -> bool:
    """Wait until it ends, or is cut off, or takes too long; tell whether it came to its end."""
    handle = os.pidfd_open(process.pid)
    try:
        waiting = select.poll()
        waiting.register(handle, select.POLLIN)
        waiting.register(cut, select.POLLIN)
        happened = waiting.poll(most_s * 1000.0)
    finally:
        os.close(handle)
        process.kill()
        process.wait()
    return any(fd == handle for fd, _ in happened)


class FolderPlayer:
    """No sound at all: writes what would be heard as `<stamp>-<phrase_id>.wav`. For the demo."""

    waits_its_turn = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def play(self, phrase_id: str, content: bytes, cut: Cut, began: Callable[[], None]) -> bool:
        del cut
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        write_whole(self._folder / f"{stamp}-{phrase_id}.wav", content)
        began()
        return True
