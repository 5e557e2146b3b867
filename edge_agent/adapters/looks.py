"""How people look on a picture: which colours, above and below the waist."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_agent.core.boxes import Box
from edge_agent.core.looks import Look
from edge_agent.ports import Image

DOWN = np.linspace(0.15, 0.85, 24)
"""Where a body is looked at, in shares of its box: neither the head nor the ground..."""
ACROSS = np.linspace(0.2, 0.8, 10)
"""...nor what is behind it on either side."""
PARTS = 2
GREY_BELOW = 40
STRONG_ABOVE = 100
HUES = 8
BINS = 2 * HUES + 1


def _bins() -> NDArray[np.intp]:
    hue, strength = np.indices((180, 256))
    coloured = 2 * (hue * HUES // 180) + (strength > STRONG_ABOVE)
    return np.where(strength <= GREY_BELOW, BINS - 1, coloured).ravel()


_BIN = _bins()
"""Which bin a hue and a strength belong to, at `hue * 256 + strength`."""


def looks_of(image: Image, boxes: Sequence[Box]) -> list[Look]:
    """Give a look for each box: the roots of its colours' shares, part by part."""
    if not boxes:
        return []
    colours = _colours(image, boxes).reshape(len(boxes) * PARTS, -1)
    first_bin = BINS * np.arange(len(colours))[:, None]
    counts = np.bincount((colours + first_bin).ravel(), minlength=BINS * len(colours))
    roots = np.sqrt(counts.reshape(len(boxes), -1) / (colours.shape[1] * PARTS))
    return [tuple(row) for row in roots.tolist()]


def _colours(image: Image, boxes: Sequence[Box]) -> NDArray[np.intp]:
    """Give the bin of each looked-at point: hue and strength, or grey."""
    height, width = image.shape[:2]
    sides = np.array([(b.left, b.top, b.right, b.bottom) for b in boxes])
    left, top, right, bottom = (side[:, None] for side in sides.T)
    rows = np.clip((top + DOWN * (bottom - top)) * height, 0, height - 1).astype(np.intp)
    columns = np.clip((left + ACROSS * (right - left)) * width, 0, width - 1).astype(np.intp)
    at = (rows * width)[:, :, None] + columns[:, None, :]
    points = image.reshape(-1, 3).take(at.ravel(), axis=0)
    hsv = cv2.cvtColor(points[:, None], cv2.COLOR_BGR2HSV)[:, 0]
    bins: NDArray[np.intp] = _BIN.take(hsv[:, 0].astype(np.intp) * 256 + hsv[:, 1])
    return bins
