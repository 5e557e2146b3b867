"""Louder and softer. Needs numpy, which the button loads only where its volume asks for it."""

import numpy as np
from numpy.typing import NDArray

PEAK = 0.98 * 32767
_BLOCK = 128  # samples; about 6 ms


def louder(frames: bytes, gain: float) -> bytes:
    """Give samples (16 bit, little-endian) louder or softer.

    Peaks are held below full scale without clipping.
    """
    loud = np.frombuffer(frames, dtype="<i2").astype(np.float32) * np.float32(gain)
    if gain > 1.0:
        loud *= _limits(np.abs(loud))
    return bytes(np.clip(np.rint(loud), -32768, 32767).astype("<i2").tobytes())


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
