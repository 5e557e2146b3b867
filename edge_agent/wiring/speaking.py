"""Which voice stands behind the speaker."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from edge_agent.adapters.voice.library import PhraseLibrary
from edge_agent.adapters.voice.maker import Maker
from edge_agent.adapters.voice.personal import PersonalSounds
from edge_agent.adapters.voice.phrases import DEFAULT_PHRASES
from edge_agent.adapters.voice.pinyin import pinyin_of
from edge_agent.adapters.voice.player import AplayPlayer, Cut, FolderPlayer, Player
from edge_agent.adapters.voice.reader import PinyinProcess
from edge_agent.adapters.voice.said import SaidBook
from edge_agent.adapters.voice.script import ReadAloud
from edge_agent.adapters.voice.sound import scaled
from edge_agent.adapters.voice.speaker import Listeners, QueuedSpeaker, QuietSpeaker
from edge_agent.adapters.voice.synthesis import EspeakSynthesiser
from edge_agent.config import VoiceConfig
from edge_agent.core.naming import Addressee, Manners, Naming
from edge_agent.core.turns import is_warning
from edge_agent.ports import Outcome, SoundVault, SpeakerError, Utterance

FILE_SINK = "file:"
NICENESS = 10
"""Names are made while somebody may be watched: they stand back."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A site's sounds: those of phrases and those of people."""

    library: PhraseLibrary
    personal: PersonalSounds


def open_speaker(
    voice: VoiceConfig,
    cache_dir: Path | None = None,
    told: Callable[[str], None] = lambda _: None,
    *,
    listeners: Listeners | None = None,
    vault: SoundVault | None = None,
) -> QueuedSpeaker | QuietSpeaker:
    """Give the site's speaker, at once; its phrases are prepared in a thread of its own.

    `cache_dir` keeps synthesised phrases over restarts, those with names only sealed by `vault`.
    `told` is short for listeners that hear the state only. Call `close()` at the end: it says what
    is still waiting.
    """
    listeners = listeners or Listeners(state=told)
    if not voice.enabled:
        return QuietSpeaker(listeners.told)
    reader = PinyinProcess()
    sounds = open_sounds(voice, cache_dir, vault, reader.pinyin)
    return QueuedSpeaker(
        Maker(sounds.library, sounds.personal, reader.rest),
        open_player(voice),
        listeners,
        stale_s=voice.stale_s,
        gain=partial(gain_now, voice),
    )


def noting(book: SaidBook, listeners: Listeners) -> Listeners:
    """Let what was said be noted, too."""

    def told(utterance: Utterance, outcome: Outcome, why: str) -> None:
        listeners.told(utterance, outcome, why)
        book.note(utterance, outcome, why)

    return replace(listeners, told=told)


def open_sounds(
    voice: VoiceConfig,
    cache_dir: Path | None = None,
    vault: SoundVault | None = None,
    read: ReadAloud = pinyin_of,
) -> Opened:
    """Give the site's sounds: our phrases, with what the site has written or recorded."""
    library = open_library(voice, cache_dir, read)
    personal = PersonalSounds(
        library,
        EspeakSynthesiser(voice.rate, niceness=NICENESS, read=read),
        vault,
        None if cache_dir is None else cache_dir / "sealed",
        voice.named_bytes,
    )
    return Opened(library, personal)


def open_library(
    voice: VoiceConfig, cache_dir: Path | None = None, read: ReadAloud = pinyin_of
) -> PhraseLibrary:
    """Give the site's plain phrases."""
    return PhraseLibrary(
        {**DEFAULT_PHRASES, **voice.phrases},
        EspeakSynthesiser(voice.rate, read=read),
        voice.clips_dir,
        cache_dir,
        manners=Manners(Naming(voice.naming), voice.address, voice.named_phrases, voice.place),
        readings=voice.readings,
    )


def open_player(voice: VoiceConfig) -> Player:
    """Give the site's sound card, or the folder that stands for one."""
    if voice.sink.startswith(FILE_SINK):
        return FolderPlayer(Path(voice.sink.removeprefix(FILE_SINK)))
    return AplayPlayer(voice.sink)


def sound_for(sounds: Opened, phrase_id: str, to: Addressee) -> tuple[bytes, bool]:
    """Give a phrase as the fence would say it to somebody, made now; and whether it names him.

    Raises:
        SpeakerError: it cannot be made.
    """
    plain = sounds.library.sound(phrase_id)
    sounds.personal.make(to)
    found = sounds.personal.ready(phrase_id, to)
    return (plain, False) if found is None else (found[0], found[1].is_named)


def play_once(voice: VoiceConfig, phrase_id: str, content: bytes) -> None:
    """Play something now, as loud as the fence would, and wait until it has been heard.

    Raises:
        SpeakerError: no player, no such audio device, or it got stuck.
    """
    cut = Cut()
    try:
        louder = scaled(content, gain_now(voice, phrase_id))
        open_player(voice).play(phrase_id, louder, cut, lambda: None)
    except OSError as error:
        raise SpeakerError(str(error)) from error
    finally:
        cut.close()


def gain_now(voice: VoiceConfig, phrase_id: str) -> float:
    """Give how loud a phrase is said at this hour of the site."""
    return gain_at(voice, phrase_id, datetime.now().astimezone())


def gain_at(voice: VoiceConfig, phrase_id: str, local: datetime) -> float:
    """Give how loud a phrase is said at an hour; what may save a life is never made too soft."""
    of_hour = (one.volume for one in voice.volumes if one.window().holds(local))
    volume = next(of_hour, voice.volume)
    if is_warning(phrase_id):
        volume = max(volume, voice.least_urgent_volume)
    return volume * float(10.0 ** (voice.boost_db / 20.0))
