"""Where sound goes: through `aplay` to a sound card, or into a folder as files."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from edge_agent.adapters.voice.library import write_whole
from edge_agent.adapters.voice.synthesis import seconds_of
from edge_agent.ports import SpeakerError

GRACE_S = 5.0  # a player that is this much slower than the sound is stuck


class Player(Protocol):
    """Makes a WAV audible and returns when it has been heard.

    `waits_its_turn`: what is asked twice while it waits to be said, is said once.
    """

    waits_its_turn: bool

    def play(self, phrase_id: str, content: bytes) -> None: ...


class AplayPlayer:
    """Plays from memory on an ALSA device; anything but success is an error that is seen."""

    waits_its_turn = True

    def __init__(self, device: str = "default", program: str = "aplay") -> None:
        self._command = [program, "--quiet", "--device", device, "-"]

    def play(self, phrase_id: str, content: bytes) -> None:
        """Play to the end.

        Raises:
            SpeakerError: no `aplay`, no such audio device, or it got stuck.
        """
        del phrase_id
        try:
            done = subprocess.run(  # noqa: S603 - a fixed program, and a device that our config names
                self._command,
                input=content,
                capture_output=True,
                timeout=seconds_of(content) + GRACE_S,
                check=False,
            )
        except FileNotFoundError as error:
            msg = "没有 aplay,请安装:apt install alsa-utils (aplay is missing)"
            raise SpeakerError(msg) from error
        except subprocess.TimeoutExpired as error:
            msg = "声卡没有响应 (the audio device does not answer)"
            raise SpeakerError(msg) from error
        if done.returncode != 0:
            said = " ".join(done.stderr.decode(errors="replace").strip().splitlines()[-1:])
            msg = f"播放失败,请检查声卡和接线 (no sound: check the audio device): {said}"
            raise SpeakerError(msg)


class FolderPlayer:
    """No sound at all: writes what would be heard as `<stamp>-<phrase_id>.wav`. For the demo."""

    waits_its_turn = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def play(self, phrase_id: str, content: bytes) -> None:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        write_whole(self._folder / f"{stamp}-{phrase_id}.wav", content)
