"""Which detection is which box, all at once: the assignment that surprises least."""

from collections.abc import Sequence
from dataclasses import dataclass

import lap
import numpy as np
from numpy.typing import NDArray

from edge_agent.core.boxes import Box, Detection
from edge_agent.core.motion import Motion, Noise, Rows, grown, overlap, rows_of

_FORBIDDEN = 1e6


@dataclass(frozen=True, slots=True)
class Limits:
    """Beyond which a detection is somebody else."""

    max_surprise: float = 20.0
    """Squared Mahalanobis distance; four numbers exceed it once in 2,000 times by chance."""
    min_overlap: float = 0.1
    """Intersection over union with where the person may have gone by now..."""
    reach: float = 0.3
    """...which grows by so many body heights a second on every side."""


def paired(
    motion: Motion,
    unseen_s: NDArray[np.float64],
    seen: Rows,
    unlike: NDArray[np.float64],
    limits: Limits,
    noise: Noise,
) -> list[tuple[int, int]]:
    """Give pairs of a row of `motion` and a row of `seen`; each row is used once at most.

    `unlike` tells how differently each row looks from each seen, from 0 to 1.
    """
    surprise = motion.surprise(seen, noise)
    shared = overlap(motion.place, seen)
    wider = grown(motion.place, limits.reach * unseen_s)
    near = shared if wider is motion.place else overlap(wider, seen)
    cost = surprise / limits.max_surprise + 1.0 - shared + unlike
    is_far = (surprise > limits.max_surprise) | (near < limits.min_overlap)
    cost = np.where(is_far, _FORBIDDEN, cost)
    if not cost.size:
        return []
    columns, _ = lap.lapjv(cost, extend_cost=True, return_cost=False)
    pairs = [(row, int(column)) for row, column in enumerate(columns)]
    return [
        (row, column) for row, column in pairs if column >= 0 and cost[row, column] < _FORBIDDEN
    ]


def without_twins(
    detections: Sequence[Detection], known: Sequence[Box], max_overlap: float
) -> list[Detection]:
    """Drop detections that repeat somebody who is known in this frame already."""
    if not detections or not known:
        return list(detections)
    shared = overlap(rows_of([d.box for d in detections]), rows_of(known)).max(axis=1)
    return [d for d, most in zip(detections, shared, strict=True) if most <= max_overlap]
