"""What the tests of the voice share: sounds, a synthesiser and a player that obey."""

import io
import threading
import wave
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_agent.adapters.voice.library import PhraseLibrary
from edge_agent.adapters.voice.maker import Maker
from edge_agent.adapters.voice.personal import MOST_BYTES, PersonalSounds
from edge_agent.adapters.voice.phrases import DEFAULT_PHRASES
from edge_agent.adapters.voice.pinyin import pinyin_of
from edge_agent.adapters.voice.player import Cut, Player
from edge_agent.adapters.voice.script import Script
from edge_agent.adapters.voice.sound import RATE, frames_of
from edge_agent.adapters.voice.speaker import Listeners, QueuedSpeaker
from edge_agent.config import VoiceConfig, read_config
from edge_agent.core.naming import Addressee, Manners, Naming
from edge_agent.ports import Outcome, SoundVault, SpeakerError, Utterance

Samples = NDArray[np.int16]

XIAOMING = Addressee("e-1", "曾小明", "三年级二班", may_be_named=True)
ANNA = Addressee("e-2", "单安娜", "四年级1班", may_be_named=True)
SHY = Addressee("e-3", "解不言", "三年级二班", may_be_named=False)


def samples_of(content: bytes) -> Samples:
    """Read a WAV of our kind."""
    return np.frombuffer(frames_of(content), dtype="<i2")


class Notepad:
    """A player that notes what it is given and can be made to wait or to fail."""

    waits_its_turn = True

    def __init__(self) -> None:
        self.began: list[str] = []
        self.played: list[str] = []
        self.contents: list[bytes] = []
        self.fails = ""
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def play(self, phrase_id: str, content: bytes, cut: Cut, began: Callable[[], None]) -> bool:
        self.began.append(phrase_id)
        began()
        while not cut.is_set and not self.may_go_on.wait(0.01):
            pass
        if cut.is_set:
            return False
        if self.fails:
            raise SpeakerError(self.fails)
        self.played.append(phrase_id)
        self.contents.append(content)
        return True


class Hum:
    """A synthesiser that hums a tenth of a second for each syllable."""

    fingerprint = "hum"

    def __init__(self) -> None:
        self.made: list[str] = []
        self.fails = 0
        self.may_make = threading.Event()
        self.may_make.set()

    def wav(self, script: Script) -> bytes:
        self.may_make.wait(10.0)
        if self.fails:
            self.fails -= 1
            msg = "simulated: no voice"
            raise SpeakerError(msg)
        pinyin = pinyin_of(script)
        self.made.append(pinyin)
        return a_wav(0.1 * (1 + len(pinyin.split())))


class Told:
    """Hears all that a speaker tells."""

    def __init__(self) -> None:
        self.states: list[str] = []
        self.outcomes: list[tuple[str, Outcome, str]] = []
        self.utterances: list[Utterance] = []
        self.waits_s: list[float] = []

    def told(self, utterance: Utterance, outcome: Outcome, why: str) -> None:
        self.utterances.append(utterance)
        self.outcomes.append((utterance.phrase_id, outcome, why))

    @property
    def listeners(self) -> Listeners:
        return Listeners(
            self.states.append, self.told, lambda _, after_s: self.waits_s.append(after_s)
        )


def a_wav(seconds: float, rate: int = RATE, channels: int = 1, level: int = 0x1000) -> bytes:
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(level.to_bytes(2, "little") * int(rate * seconds) * channels)
    return sound.getvalue()


def rms(content: bytes) -> float:
    samples: Samples = samples_of(content)
    return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2)))


def a_voice(folder: Path, lines: str = "") -> VoiceConfig:
    text = f'device_id = "water-001"\nprofile = "water"\n[voice]\n{lines}'
    return read_config(text, "device.toml", folder).voice


def a_library(
    folder: Path,
    synthesiser: Hum,
    cache: Path | None = None,
    *,
    naming: Naming = Naming.NAME_AND_CLASS,
    texts: Mapping[str, str] = DEFAULT_PHRASES,
) -> PhraseLibrary:
    return PhraseLibrary(texts, synthesiser, folder / "clips", cache, manners=Manners(naming))


def personal(
    library: PhraseLibrary,
    hum: Hum,
    vault: SoundVault | None = None,
    folder: Path | None = None,
    most_bytes: int = MOST_BYTES,
) -> PersonalSounds:
    return PersonalSounds(library, hum, vault, folder, most_bytes)


@contextmanager
def a_speaker(
    library: PhraseLibrary,
    player: Player,
    told: Told | None = None,
    sounds: PersonalSounds | None = None,
    stale_s: float = 10.0,
) -> Iterator[QueuedSpeaker]:
    listeners = (told or Told()).listeners
    speaker = QueuedSpeaker(Maker(library, sounds), player, listeners, stale_s=stale_s)
    try:
        yield speaker
    finally:
        speaker.close()
