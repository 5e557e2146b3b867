"""How people look: a few numbers that tell one coat from another where boxes alone cannot.

A look is a vector of length one, made outside from the picture; the product of two is how alike
they are, 1 where they are the same; a mean of several is a little shorter. Who has no look is
neither like nor unlike anybody.
"""

from collections.abc import Sequence
from math import exp

import numpy as np
from numpy.typing import NDArray

Look = tuple[float, ...]
NO_LOOK: Look = ()

KEPT_S = 1.0
"""What was seen longer ago counts less than what is seen now."""


def unlikeness(first: Sequence[Look], second: Sequence[Look]) -> NDArray[np.float64]:
    """Give how unlike each of N looks is to each of M, from 0 to 1; 0 where one is missing."""
    if all(first) and all(second):
        unlike: NDArray[np.float64] = 1.0 - np.array(first) @ np.array(second).T
        return np.minimum(np.maximum(unlike, 0.0), 1.0)
    result = np.zeros((len(first), len(second)))
    rows = [i for i, look in enumerate(first) if look]
    columns = [j for j, look in enumerate(second) if look]
    if rows and columns:
        alike = np.array([first[i] for i in rows]) @ np.array([second[j] for j in columns]).T
        result[np.ix_(rows, columns)] = np.clip(1.0 - alike, 0.0, 1.0)
    return result


def blended(known: Look, seen: Look, elapsed_s: float) -> Look:
    """Take a new sight into a known look."""
    if not known or not seen:
        return seen or known
    share = exp(-elapsed_s / KEPT_S)
    rest = 1.0 - share
    return tuple([share * old + rest * new for old, new in zip(known, seen, strict=True)])
