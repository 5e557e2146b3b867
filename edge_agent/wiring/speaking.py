"""Which voice stands behind the speaker."""

from collections.abc import Callable
from pathlib import Path

from edge_agent.adapters.voice.library import PhraseLibrary
from edge_agent.adapters.voice.phrases import DEFAULT_PHRASES
from edge_agent.adapters.voice.player import AplayPlayer, FolderPlayer, Player
from edge_agent.adapters.voice.speaker import QueuedSpeaker, QuietSpeaker
from edge_agent.adapters.voice.synthesis import EspeakSynthesiser
from edge_agent.config import VoiceConfig

FILE_SINK = "file:"


def open_speaker(
    voice: VoiceConfig,
    cache_dir: Path | None = None,
    told: Callable[[str], None] = lambda _: None,
) -> QueuedSpeaker | QuietSpeaker:
    """Give the site's speaker, at once; its phrases are prepared in its own thread.

    `cache_dir` keeps synthesised phrases over restarts. `told` hears, in the speaker's thread,
    `""` when the voice works and the reason when it does not. Call `close()` at the end: it says
    what is still waiting.
    """
    if not voice.enabled:
        return QuietSpeaker()
    return QueuedSpeaker(open_library(voice, cache_dir), open_player(voice), told)


def open_library(voice: VoiceConfig, cache_dir: Path | None = None) -> PhraseLibrary:
    """Give the site's phrases: ours, with what the site has written or recorded in their place."""
    return PhraseLibrary(
        {**DEFAULT_PHRASES, **voice.phrases},
        EspeakSynthesiser(voice.rate, voice.volume),
        voice.clips_dir,
        cache_dir,
    )


def open_player(voice: VoiceConfig) -> Player:
    """Give the site's sound card, or the folder that stands for one."""
    if voice.sink.startswith(FILE_SINK):
        return FolderPlayer(Path(voice.sink.removeprefix(FILE_SINK)))
    return AplayPlayer(voice.sink)
