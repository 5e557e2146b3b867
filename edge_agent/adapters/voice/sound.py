"""Sound in memory: one kind only (mono, 16 bit, 22,050 Hz), so that pieces can be joined."""

import io
import wave
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge_agent.ports import SpeakerError

RATE = 22_050
MIN_SECONDS = 0.2
MOST_SECONDS = 30.0
PEAK = 0.98 * 32767
_BLOCK = 128  # samples; about 6 ms

Samples = NDArray[np.int16]


def seconds_of(content: bytes) -> float:
    """Give a WAV's length in seconds; 0 where it is none."""
    try:
        with wave.open(io.BytesIO(content)) as sound:
            return float(sound.getnframes() / sound.getframerate())
    except (wave.Error, EOFError, ZeroDivisionError):
        return 0.0


def samples_of(content: bytes) -> Samples:
    """Read a WAV of our kind.

    Raises:
        SpeakerError: it is of another kind, or none; the text says which and what to do.
    """
    try:
        with wave.open(io.BytesIO(content)) as sound:
            kind = (sound.getnchannels(), sound.getsampwidth(), sound.getframerate())
            frames = sound.readframes(sound.getnframes())
    except (wave.Error, EOFError) as error:
        msg = f"录音无法播放,不是 WAV 文件或内容为空 (not a WAV file, or empty): {_ADVICE}"
        raise SpeakerError(msg) from error
    if kind != (1, 2, RATE):
        channels, width, rate = kind
        found = f"{channels} 声道 (channels), {8 * width} bit, {rate} Hz"
        msg = f"录音格式不对 (wrong format): {found}。{_ADVICE}"
        raise SpeakerError(msg)
    samples = np.frombuffer(frames[: len(frames) // 2 * 2], dtype="<i2")
    if not MIN_SECONDS <= len(samples) / RATE <= MOST_SECONDS:
        msg = (
            f"录音须为 {MIN_SECONDS} 至 {MOST_SECONDS:.0f} 秒 (seconds): {len(samples) / RATE:.1f}"
        )
        raise SpeakerError(msg)
    return samples


_ADVICE = (
    f"请转换 (convert it): ffmpeg -i 录音 -ac 1 -ar {RATE} -c:a pcm_s16le 新文件.wav"
    " (mono, 16 bit, 22050 Hz)"
)


def wav_of(samples: Samples) -> bytes:
    """Give samples as a WAV file's bytes."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(samples.astype("<i2", copy=False).tobytes())
    return file.getvalue()


def joined(contents: Sequence[bytes]) -> bytes:
    """Give several WAVs as one, in turn.

    Raises:
        SpeakerError: one is of another kind.
    """
    if len(contents) == 1:
        return contents[0]
    return wav_of(np.concatenate([samples_of(content) for content in contents]))


def scaled(content: bytes, gain: float) -> bytes:
    """Give it louder or softer; peaks are held below full scale without clipping.

    Raises:
        SpeakerError: it is of another kind.
    """
    if gain == 1.0:
        return content
    loud = samples_of(content).astype(np.float32) * np.float32(gain)
    if gain > 1.0:
        loud *= _limits(np.abs(loud))
    return wav_of(np.clip(np.rint(loud), -32768, 32767).astype(np.int16))


def _limits(loudness: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give the factor for each sample that keeps it below the peak, changing smoothly.

    Between the middles of blocks it goes straight; each end is the least that its neighbours
    need too, so that it never lies above what any sample between them needs.
    """
    blocks = -(-len(loudness) // _BLOCK)
    padded = np.zeros(blocks * _BLOCK, dtype=np.float32)
    padded[: len(loudness)] = loudness
    needed = np.minimum(1.0, PEAK / np.maximum(padded.reshape(blocks, _BLOCK).max(axis=1), 1.0))
    edged = np.concatenate([needed[:1], needed, needed[-1:]])
    least = np.minimum(np.minimum(edged[:-2], edged[1:-1]), edged[2:])
    middles = np.arange(blocks) * _BLOCK + _BLOCK / 2
    return np.interp(np.arange(len(loudness)), middles, least).astype(np.float32)
