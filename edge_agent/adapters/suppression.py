"""Of boxes that cover one another, keep the best."""

import cv2
import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.float32]
"""n x 4: left, top, right, bottom."""


def best_of(boxes: Boxes, scores: NDArray[np.float32], most_overlap: float) -> NDArray[np.intp]:
    """Give the rows to keep, best first; overlap is intersection over union."""
    if len(boxes) == 0:
        return np.zeros(0, np.intp)
    corner_and_size = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1)
    kept = cv2.dnn.NMSBoxes(corner_and_size.tolist(), scores.tolist(), 0.0, most_overlap)
    return np.asarray(kept, np.intp).reshape(-1)
