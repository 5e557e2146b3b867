"""Sound in memory: one kind only (mono, 16 bit, 22,050 Hz), so that pieces can be joined."""

import io
import wave
from collections.abc import Sequence

from edge_agent.ports import SpeakerError

RATE = 22_050
MIN_SECONDS = 0.2
MOST_SECONDS = 30.0
WIDTH = 2
"""Bytes a sample."""


def seconds_of(content: bytes) -> float:
    """Give a WAV's length in seconds; 0 where it is none."""
    try:
        with wave.open(io.BytesIO(content)) as sound:
            return float(sound.getnframes() / sound.getframerate())
    except (wave.Error, EOFError, ZeroDivisionError):
        return 0.0


def frames_of(content: bytes) -> bytes:
    """Give the samples of a WAV of our kind: 16 bit, little-endian.

    Raises:
        SpeakerError: it is of another kind, or none; the text says which and what to do.
    """
    try:
        with wave.open(io.BytesIO(content)) as sound:
            kind = (sound.getnchannels(), sound.getsampwidth(), sound.getframerate())
            frames: bytes = sound.readframes(sound.getnframes())
    except (wave.Error, EOFError) as error:
        msg = f"录音无法播放,不是 WAV 文件或内容为空 (not a WAV file, or empty): {_ADVICE}"
        raise SpeakerError(msg) from error
    if kind != (1, WIDTH, RATE):
        channels, width, rate = kind
        found = f"{channels} 声道 (channels), {8 * width} bit, {rate} Hz"
        msg = f"录音格式不对 (wrong format): {found}。{_ADVICE}"
        raise SpeakerError(msg)
    frames = frames[: len(frames) // WIDTH * WIDTH]
    seconds = len(frames) / WIDTH / RATE
    if not MIN_SECONDS <= seconds <= MOST_SECONDS:
        msg = f"录音须为 {MIN_SECONDS} 至 {MOST_SECONDS:.0f} 秒 (seconds): {seconds:.1f}"
        raise SpeakerError(msg)
    return frames


_ADVICE = (
    f"请转换 (convert it): ffmpeg -i 录音 -ac 1 -ar {RATE} -c:a pcm_s16le 新文件.wav"
    " (mono, 16 bit, 22050 Hz)"
)


def silence(seconds: float) -> bytes:
    """Give nothing to hear, as a WAV."""
    return wav_of(bytes(round(seconds * RATE) * WIDTH))


def wav_of(frames: bytes) -> bytes:
    """Give samples as a WAV file's bytes."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(WIDTH)
        sound.setframerate(RATE)
        sound.writeframes(frames)
    return file.getvalue()


def joined(contents: Sequence[bytes]) -> bytes:
    """Give several WAVs as one, in turn.

    Raises:
        SpeakerError: one is of another kind.
    """
    if len(contents) == 1:
        return contents[0]
    return wav_of(b"".join(frames_of(content) for content in contents))


def scaled(content: bytes, gain: float) -> bytes:
    """Give it louder or softer, as it is where nothing is to change.

    Raises:
        SpeakerError: it is of another kind.
    """
    if gain == 1.0:
        return content
    from edge_agent.adapters.voice import loudness  # noqa: PLC0415 - numpy, only where it is needed

    return wav_of(loudness.louder(frames_of(content), gain))
