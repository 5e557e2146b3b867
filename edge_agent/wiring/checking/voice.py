"""The voice: speech, recorded clips, sound card."""

from collections.abc import Iterator

from edge_agent.adapters.voice.sound import silence
from edge_agent.config import EdgeConfig, VoiceConfig
from edge_agent.core.checks import Finding
from edge_agent.ports import SpeakerError
from edge_agent.wiring.speaking import FILE_SINK, open_library, play_once

NEED_ESPEAK = "apt install espeak-ng"
NEED_ALSA = "apt install alsa-utils; aplay -l; 检查接线 (check the wiring)"


def check_voice(config: EdgeConfig) -> Iterator[Finding]:
    """Make the phrases and play a moment of silence: what fails here would be a missing warning."""
    if not config.voice.enabled:
        yield Finding("voice", "warn", "喊话已关闭 (switched off in the config)")
        return
    yield from _phrases(config.voice)
    yield from _sink(config.voice)


def _phrases(voice: VoiceConfig) -> Iterator[Finding]:
    library = open_library(voice)
    try:
        library.prepare()
    except (SpeakerError, OSError) as error:
        missing = ", ".join(library.missing())
        yield Finding(
            "voice", "fail", f"{error};没有声音的喊话 (not ready): {missing}", NEED_ESPEAK
        )
    else:
        yield Finding("voice", "ok", "喊话可以合成 (phrases can be spoken)")
    for phrase_id, fault in library.clip_faults.items():
        yield Finding(
            f"voice.clip.{phrase_id}", "warn", fault, "现用合成语音 (synthesised instead)"
        )
    for phrase_id in library.stray_clips():
        known = ", ".join(sorted(library.texts))
        said = f"{voice.clips_dir}/{phrase_id}.wav: 没有这条喊话 (no such phrase)"
        yield Finding(f"voice.clip.{phrase_id}", "warn", said, f"文件名应为 (name it): {known}")


def _sink(voice: VoiceConfig) -> Iterator[Finding]:
    if voice.sink.startswith(FILE_SINK):
        said = f"喊话只写成文件,没有声音 (no sound, only files): {voice.sink}"
        yield Finding("speaker", "warn", said, '正式使用请设 sink = "default"')
        return
    try:
        play_once(voice, "silence", silence(0.25))
        yield Finding("speaker", "ok", f"声卡可用 (audio device works): {voice.sink}")
    except SpeakerError as error:
        yield Finding("speaker", "fail", str(error), NEED_ALSA)
