"""Fitting a similarity scale to a school's own photographs."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from statistics import NormalDist

import numpy as np

from edge_agent.core.faces import Scale

AT_HALF = 1e-2
"""Similarity 0.50: one in a hundred comparisons with somebody else is wrong."""
AT_SURE = 1e-4
"""Similarity 0.90: one in ten thousand."""
PAIRS_EACH_TAIL = 10
"""A share can be read off where at least so many pairs lie beyond it; else it is extrapolated."""
FEWEST_IMPOSTORS = 50
_TAIL = 0.2


class TooFewPairsError(ValueError):
    """Too few pairs of different people to say anything."""


@dataclass(frozen=True, slots=True)
class Row:
    """One similarity: its distance, and how often it is right and wrong on these pairs.

    `false_bound`: with 95 % certainty the true share of wrong ones is not above this.
    """

    similarity: float
    distance: float
    false_matches: int
    false_share: float
    false_bound: float
    found_share: float | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted scale, how far the data carries it, and what it means on these pairs."""

    scale: Scale
    genuine: int
    impostors: int
    is_extrapolated: bool
    rows: tuple[Row, ...]


def calibrated(same: Sequence[float], different: Sequence[float]) -> Calibration:
    """Fit a scale to the distances of pairs of the same and of different people.

    Raises:
        TooFewPairsError: fewer than 50 pairs of different people.
    """
    if len(different) < FEWEST_IMPOSTORS:
        msg = f"{len(different)}"
        raise TooFewPairsError(msg)
    impostors = np.sort(np.asarray(different, np.float64))
    half, sure = _at(impostors, AT_HALF), _at(impostors, AT_SURE)
    scale = Scale(half, max((half - sure) / log(9.0), 1e-6))
    carried = len(impostors) * AT_SURE >= PAIRS_EACH_TAIL
    genuine = np.asarray(same, np.float64)
    rows = tuple(_row(scale, s, genuine, impostors) for s in (0.5, 0.75, 0.9, 0.95, 0.99))
    return Calibration(scale, len(genuine), len(impostors), not carried, rows)


def _at(impostors: np.ndarray[tuple[int], np.dtype[np.float64]], share: float) -> float:
    """Give the distance that so large a share of different people are nearer than.

    Where too few pairs lie beyond, the lower tail is taken to go on as a normal curve's would.
    """
    count = len(impostors)
    if count * share >= PAIRS_EACH_TAIL:
        return float(np.quantile(impostors, share))
    tail = impostors[: max(int(count * _TAIL), PAIRS_EACH_TAIL)]
    ranks = (np.arange(len(tail)) + 0.5) / count
    deviates = np.array([NormalDist().inv_cdf(rank) for rank in ranks])
    slope, intercept = np.polyfit(deviates, tail, 1)
    return float(intercept + slope * NormalDist().inv_cdf(share))


def _row(
    scale: Scale,
    similarity: float,
    genuine: np.ndarray[tuple[int], np.dtype[np.float64]],
    impostors: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> Row:
    distance = scale.distance(similarity)
    wrong = int(np.sum(impostors <= distance))
    found = float(np.mean(genuine <= distance)) if len(genuine) else None
    bound = _upper_bound(wrong, len(impostors))
    return Row(similarity, distance, wrong, wrong / len(impostors), bound, found)


def _upper_bound(wrong: int, tried: int) -> float:
    """Give the one-sided 95 % Wilson bound; with none wrong, three in so many (rule of three)."""
    if wrong == 0:
        return min(1.0, 3.0 / tried)
    z = 1.6448536269514722
    share = wrong / tried
    middle = share + z * z / (2 * tried)
    spread = z * ((share * (1 - share) + z * z / (4 * tried)) / tried) ** 0.5
    return float(min(1.0, (middle + spread) / (1 + z * z / tried)))
