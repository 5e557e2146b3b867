"""Text to sound: pyttsx3 on espeak-ng. What was to be said is in no message: it may be a name."""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from edge_agent.adapters.voice.pinyin import pinyin_of
from edge_agent.adapters.voice.script import ReadAloud, Script
from edge_agent.adapters.voice.sound import MIN_SECONDS, seconds_of
from edge_agent.ports import SpeakerError

VOICE_ID = "sit/cmn-latn-pinyin"
MOST_S = 60.0
AGREEING = 2
MOST_TRIES = 6

_PROGRAM = [sys.executable, "-m", "edge_agent.adapters.voice.espeak_once"]
_ADVICE = "请安装 espeak-ng:apt install espeak-ng (install espeak-ng)"


class EspeakSynthesiser:
    """Makes WAV sound of a script; `rate` in words a minute, `volume` 0 to 1.

    `niceness`: how far it stands back behind what this device watches. `read` gives the pinyin.
    """

    def __init__(
        self, rate: int, volume: float = 1.0, niceness: int = 0, read: ReadAloud = pinyin_of
    ) -> None:
        self._read = read
        self._rate = rate
        self._volume = volume
        self._niceness = niceness

    @property
    def fingerprint(self) -> str:
        """Name everything beside the script that changes the sound: for the cache."""
        return f"{VOICE_ID} {self._rate} {self._volume}"

    def wav(self, script: Script) -> bytes:
        """Give the script as a WAV file's bytes.

        Under load espeak now and then forgets its rate (2 of 60) or gives nothing (1 of 480): what
        two tries agree on is right.

        Raises:
            SpeakerError: no espeak-ng, no Mandarin voice, or it gave no sound.
        """
        pinyin = self._read(script)
        tries: Counter[bytes] = Counter()
        complaint = SpeakerError("合成结果不稳定 (synthesis does not settle)")
        for _ in range(MOST_TRIES):
            try:
                content = self._once(pinyin)
            except SpeakerError as error:
                complaint = error
                tries[b""] += 1
                if tries[b""] >= AGREEING:
                    break
                continue
            tries[content] += 1
            if tries[content] >= AGREEING:
                return content
        raise complaint

    def _once(self, pinyin: str) -> bytes:
        with tempfile.TemporaryDirectory(prefix="huxiao-voice-") as folder:
            path = Path(folder) / "phrase.wav"
            complaint = self._write(pinyin, path)
            content = path.read_bytes() if path.exists() else b""
        if complaint:
            msg = f"语音合成无法使用 (speech synthesis cannot be used): {complaint}。{_ADVICE}"
            raise SpeakerError(msg)
        if seconds_of(content) < MIN_SECONDS:
            msg = "合成没有声音 (synthesis gave no sound)"
            raise SpeakerError(msg)
        return content

    def _write(self, pinyin: str, path: Path) -> str:
        """Write the sound; give the reason where that failed."""
        if not pinyin:
            return ""
        asked = {
            "pinyin": pinyin,
            "voice": VOICE_ID,
            "rate": self._rate,
            "volume": self._volume,
            "niceness": self._niceness,
            "out": str(path),
        }
        try:
            done = subprocess.run(  # noqa: S603 - our own module
                _PROGRAM,
                input=json.dumps(asked).encode(),
                capture_output=True,
                timeout=MOST_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
        if done.returncode == 0:
            return ""
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        return f"{' '.join(last)} ({done.returncode})"
