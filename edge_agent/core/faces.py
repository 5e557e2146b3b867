"""Faces: how alike two are, by a scale that says what it means.

"Similarity 0.90" means: at most about 1 wrong in 10,000 comparisons with another child; 0.50: 1 in
100. It never means "90 % sure". Each backend has its own scale, fitted on photographs of minors.
"""

from dataclasses import dataclass
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from edge_agent.core.boxes import Box
from edge_agent.core.points import Point

Embedding = NDArray[np.float32]
"""A unit vector: 128 numbers that say what a face looks like to one backend."""

SURE = 0.90


@dataclass(frozen=True, slots=True)
class Face:
    """One face in one picture, in fractions of it.

    `landmarks`: right eye, left eye, nose, right and left corner of the mouth, as seen in the
    picture from left to right.
    """

    box: Box
    landmarks: tuple[Point, Point, Point, Point, Point]
    score: float


@dataclass(frozen=True, slots=True)
class Scale:
    """From the distance of two unit vectors (0 to 2) to a similarity: a logistic curve.

    The source of the two figures of each backend is docs/decisions/0008.
    """

    middle: float
    width: float

    def similarity(self, distance: float) -> float:
        """Give the similarity, 0 to 1."""
        power = min(max((distance - self.middle) / self.width, -60.0), 60.0)
        return 1.0 / (1.0 + exp(power))

    def distance(self, similarity: float) -> float:
        """Give the distance that has this similarity."""
        return self.middle + self.width * log(1.0 / similarity - 1.0)


SCALES = {"sface": Scale(1.0932, 0.0774), "dlib": Scale(0.5002, 0.0607)}


def unit(vector: NDArray[np.float32]) -> Embedding:
    """Give the vector at length 1."""
    length = float(np.linalg.norm(vector))
    return (vector / max(length, 1e-12)).astype(np.float32)


def apart(first: Embedding, second: Embedding) -> float:
    """Give the distance of two embeddings of one backend."""
    return float(np.linalg.norm(first.astype(np.float64) - second.astype(np.float64)))


def template_of(embeddings: list[Embedding]) -> Embedding:
    """Give what is kept of several photographs of one person: their mean."""
    return unit(np.mean(np.stack(embeddings), axis=0).astype(np.float32))
