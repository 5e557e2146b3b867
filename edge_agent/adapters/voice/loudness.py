"""Louder and softer. Needs numpy, which the button loads only where its volume asks for it."""

import numpy as np
from numpy.typing import NDArray

from edge_agent.adapters.voice.sound import frames_of, wav_of

PEAK = 0.98 * 32767
_BLOCK = 128  # samples; about 6 ms

Samples = NDArray[np.int16]


def samples_of(content: bytes) -> Samples:
    """Read a WAV of our kind.

    Raises:
        SpeakerError: it is of another kind, or none; the text says which and what to do.
    """
    return np.frombuffer(frames_of(content), dtype="<i2")


def scaled(content: bytes, gain: float) -> bytes:
    """Give it louder or softer; peaks are held below full scale without clipping.

    Raises:
        SpeakerError: it is of another kind.
    """
    loud = samples_of(content).astype(np.float32) * np.float32(gain)
    if gain > 1.0:
        loud *= _limits(np.abs(loud))
    return wav_of(np.clip(np.rint(loud), -32768, 32767).astype("<i2").tobytes())


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
