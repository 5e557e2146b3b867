"""Text to sound: pyttsx3 on espeak-ng, fed with pinyin."""

import io
import json
import subprocess
import sys
import tempfile
import wave
from collections import Counter
from pathlib import Path

from edge_agent.adapters.voice.pinyin import to_pinyin
from edge_agent.ports import SpeakerError

VOICE_ID = "sit/cmn-latn-pinyin"
MIN_SECONDS = 0.2
MOST_S = 60.0
AGREEING = 2
MOST_TRIES = 6

_PROGRAM = [sys.executable, "-m", "edge_agent.adapters.voice.espeak_once"]
_ADVICE = "请安装 espeak-ng:apt install espeak-ng (install espeak-ng)"


class EspeakSynthesiser:
    """Makes WAV sound of Chinese text; `rate` in words a minute, `volume` 0 to 1."""

    def __init__(self, rate: int, volume: float) -> None:
        self._rate = rate
        self._volume = volume

    @property
    def fingerprint(self) -> str:
        """Name everything beside the text that changes the sound: for the cache."""
        return f"{VOICE_ID} {self._rate} {self._volume}"

    def wav(self, text: str) -> bytes:
        """Give the text as a WAV file's bytes.

        Under load espeak now and then forgets its rate (2 of 60) or gives nothing (1 of 480): what
        two tries agree on is right.

        Raises:
            SpeakerError: no espeak-ng, no Mandarin voice, or it gave no sound.
        """
        tries: Counter[bytes] = Counter()
        complaint = SpeakerError(f"合成结果不稳定 (synthesis does not settle): {text!r}")
        for _ in range(MOST_TRIES):
            try:
                content = self._once(text)
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

    def _once(self, text: str) -> bytes:
        with tempfile.TemporaryDirectory(prefix="huxiao-voice-") as folder:
            path = Path(folder) / "phrase.wav"
            complaint = self._write(text, path)
            content = path.read_bytes() if path.exists() else b""
        if complaint:
            msg = f"语音合成无法使用 (speech synthesis cannot be used): {complaint}。{_ADVICE}"
            raise SpeakerError(msg)
        if seconds_of(content) < MIN_SECONDS:
            msg = f"合成没有声音 (synthesis gave no sound): {text!r}"
            raise SpeakerError(msg)
        return content

    def _write(self, text: str, path: Path) -> str:
        """Write the sound; give the reason where that failed."""
        pinyin = to_pinyin(text)
        if not pinyin:
            return ""
        asked = {
            "pinyin": pinyin,
            "voice": VOICE_ID,
            "rate": self._rate,
            "volume": self._volume,
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


def seconds_of(content: bytes) -> float:
    """Give a WAV's length in seconds; 0 where it is none."""
    try:
        with wave.open(io.BytesIO(content)) as sound:
            return float(sound.getnframes() / sound.getframerate())
    except (wave.Error, EOFError, ZeroDivisionError):
        return 0.0
