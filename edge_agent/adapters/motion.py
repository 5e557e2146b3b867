"""Where something moves, in a third of a millisecond: against a slowly learned picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_agent.core.boxes import Box
from edge_agent.core.masks import Mask
from edge_agent.ports import Image

ACROSS = 160
"""The picture is looked at about this many pixels wide."""
LEARNING = 0.05
THRESHOLD = 14
"""Grey levels of 255: less is noise."""
MIN_PIXELS = 6
MOST_BOXES = 40
JUMP = 0.55
"""More of the picture than this at once is the light, or the camera, not somebody."""


@dataclass(frozen=True, slots=True)
class Motion:
    """What moves in a picture: boxes in fractions of it, the share that moves, its brightness.

    `is_jump`: nearly all of it changed at once; nothing can be said of what moves.
    """

    boxes: tuple[Box, ...]
    share: float
    brightness: float
    is_jump: bool = False


class MotionSensor:
    """One camera's; masked places never move. The first picture is what it starts from."""

    def __init__(self, masks: Sequence[Mask] = ()) -> None:
        self._masks = masks
        self._learned: NDArray[np.float32] | None = None
        self._kept: NDArray[np.uint8] | None = None

    def observe(self, image: Image) -> Motion:
        """Take a picture in."""
        small = _small(image)
        brightness = float(small.mean()) / 255.0
        learned = self._learned
        if learned is None or learned.shape != small.shape:
            self._begin(small)
            return Motion((), 0.0, brightness)
        known = cv2.convertScaleAbs(learned)
        shift = float(small.mean()) - float(known.mean())  # an exposure step is no motion
        even = cv2.convertScaleAbs(known, alpha=1.0, beta=shift) if abs(shift) >= 1.0 else known
        moving = cv2.threshold(cv2.absdiff(small, even), THRESHOLD, 255, cv2.THRESH_BINARY)[1]
        if self._kept is not None:
            moving = cv2.bitwise_and(moving, self._kept)
        share = cv2.countNonZero(moving) / moving.size
        if share > JUMP:
            self._begin(small)
            return Motion((), share, brightness, is_jump=True)
        cv2.accumulateWeighted(small, learned, LEARNING)
        return Motion(_boxes(moving) if share else (), share, brightness)

    def _begin(self, small: NDArray[np.uint8]) -> None:
        self._learned = small.astype(np.float32)
        if self._masks:
            height, width = small.shape
            kept = np.full(small.shape, 255, np.uint8)
            for mask in self._masks:
                corners = np.array([(x * width, y * height) for x, y in mask], np.int32)
                cv2.fillPoly(kept, [corners], (0,))
            self._kept = kept


def _small(image: Image) -> NDArray[np.uint8]:
    """Give every so many-th green pixel, softened: noise is no motion, and halves are no pixels."""
    step = max(1, image.shape[1] // ACROSS)
    rows = np.ascontiguousarray(image[::step])  # row by row first: kinder to the memory
    green = np.ascontiguousarray(rows[:, ::step, 1])
    return np.asarray(cv2.blur(green, (3, 3)), np.uint8)


def _boxes(moving: Any) -> tuple[Box, ...]:
    height, width = moving.shape
    joined = cv2.dilate(moving, np.ones((3, 3), np.uint8), iterations=2)
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found = [row for row in stats[1:count].tolist() if row[4] >= MIN_PIXELS * 4]
    found.sort(key=lambda row: -row[4])
    return tuple(
        Box(x / width, y / height, (x + w) / width, (y + h) / height)
        for x, y, w, h, _ in found[:MOST_BOXES]
    )
