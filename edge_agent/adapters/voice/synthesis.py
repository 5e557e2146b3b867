"""Text to sound: pyttsx3 on espeak-ng, fed with pinyin."""

import contextlib
import io
import tempfile
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyttsx3

from edge_agent.adapters.voice.pinyin import to_pinyin
from edge_agent.ports import SpeakerError

VOICE_ID = "sit/cmn-latn-pinyin"
MIN_SECONDS = 0.2

_ADVICE = "请安装 espeak-ng:apt install espeak-ng (install espeak-ng)"


class EspeakSynthesiser:
    """Makes WAV sound of Chinese text; `rate` in words a minute, `volume` 0 to 1.

    espeak keeps its state in the process, so one thread only may use it.
    """

    def __init__(self, rate: int, volume: float) -> None:
        self._rate = rate
        self._volume = volume
        self._engine: Any = None

    @property
    def fingerprint(self) -> str:
        """Name everything beside the text that changes the sound: for the cache."""
        return f"{VOICE_ID} {self._rate} {self._volume}"

    def wav(self, text: str) -> bytes:
        """Give the text as a WAV file's bytes.

        Raises:
            SpeakerError: no espeak-ng, no Mandarin voice, or it gave no sound.
        """
        with tempfile.TemporaryDirectory(prefix="huxiao-voice-") as folder:
            path = Path(folder) / "phrase.wav"
            with _in_our_words(), contextlib.redirect_stdout(io.StringIO()):  # the driver prints
                engine = self._ready()
                engine.save_to_file(to_pinyin(text), str(path))
                engine.runAndWait()
            content = path.read_bytes() if path.exists() else b""
        if seconds_of(content) < MIN_SECONDS:
            msg = f"合成没有声音 (synthesis gave no sound): {text!r}"
            raise SpeakerError(msg)
        return content

    def _ready(self) -> Any:
        """Set everything each time: pyttsx3 shares one engine among all who ask for one."""
        self._engine = self._engine or pyttsx3.init("espeak")
        self._engine.setProperty("voice", VOICE_ID)
        self._engine.setProperty("rate", self._rate)
        self._engine.setProperty("volume", self._volume)
        return self._engine


def seconds_of(content: bytes) -> float:
    """Give a WAV's length in seconds; 0 where it is none."""
    try:
        with wave.open(io.BytesIO(content)) as sound:
            return float(sound.getnframes() / sound.getframerate())
    except (wave.Error, EOFError, ZeroDivisionError):
        return 0.0


@contextlib.contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError, ImportError, ValueError, KeyError) as error:
        msg = f"语音合成无法使用 (speech synthesis cannot be used): {error}。{_ADVICE}"
        raise SpeakerError(msg) from error
