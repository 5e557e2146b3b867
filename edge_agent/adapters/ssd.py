"""SSD-MobileNetV2 trained on Open Images: the fast detector, for people at a middle distance.

Anchors and decoding follow "SSD: Single Shot MultiBox Detector" (Liu et al., 2016): six maps,
scales from 0.2 to 0.95, offsets in units of 0.1 (centre) and 0.2 (size).
"""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_agent.adapters.runtime import Tensor, TfliteModel
from edge_agent.adapters.suppression import best_of
from edge_agent.core.boxes import Box, Detection
from edge_agent.ports import Image

PERSON = 4  # the label map's row, counted from its unnamed first
STRIDES = (16, 32, 64, 128, 256, 512)
SMALLEST, LARGEST = 0.2, 0.95
RATIOS = (1.0, 2.0, 0.5, 3.0, 0.3333)
MOST_OVERLAP = 0.5
MIN_SCORE = 0.40


class SsdMobileNet:
    """Finds people; the picture is stretched to the model's square."""

    def __init__(
        self,
        path: Path,
        *,
        min_score: float | None = None,
        num_threads: int = 1,
        runtime: str = "auto",
    ) -> None:
        self._model = TfliteModel(path, num_threads=num_threads, runtime=runtime)
        least = MIN_SCORE if min_score is None else min_score
        bounded = min(max(least, 1e-6), 1 - 1e-6)
        self._least_logit = float(np.log(bounded / (1 - bounded)))
        self._side = self._model.input_shape[1]
        self._anchors = _anchors(self._side)
        self._batch = np.empty((1, self._side, self._side, 3), np.float32)
        self._normal = np.arange(256, dtype=np.float32) / np.float32(127.5) - np.float32(1)

    def detect(self, image: Image) -> list[Detection]:
        """Find people in a blue-green-red picture of any size."""
        small = cv2.resize(image, (self._side, self._side))
        rgb = cv2.cvtColor(small, cv2.COLOR_BGR2RGB)
        cv2.LUT(rgb, self._normal, dst=self._batch[0])
        offsets, logits = _by_width(self._model.invoke(self._batch))
        (chosen,) = np.nonzero(logits[:, PERSON] >= self._least_logit)
        boxes = _boxes(offsets[chosen], self._anchors[chosen])
        scores = (1 / (1 + np.exp(-logits[chosen, PERSON]))).astype(np.float32)
        kept = best_of(boxes, scores, MOST_OVERLAP)
        return [Detection(Box(*map(float, boxes[row])), float(scores[row])) for row in kept]


def _by_width(outputs: list[Tensor]) -> tuple[Tensor, Tensor]:
    first, second = (out[0] for out in outputs)
    return (first, second) if first.shape[1] == 4 else (second, first)  # noqa: PLR2004 - a box has four sides


def _boxes(offsets: Tensor, anchors: Tensor) -> Tensor:
    """Give left, top, right, bottom in fractions of the frame."""
    x, y, width, height = anchors.T
    centre_y = offsets[:, 0] / 10 * height + y
    centre_x = offsets[:, 1] / 10 * width + x
    tall = np.exp(offsets[:, 2] / 5) * height / 2
    wide = np.exp(offsets[:, 3] / 5) * width / 2
    corners = [centre_x - wide, centre_y - tall, centre_x + wide, centre_y + tall]
    return np.asarray(np.stack(corners, axis=1), np.float32)


def _scale(level: int) -> float:
    return SMALLEST + (LARGEST - SMALLEST) * level / (len(STRIDES) - 1)


def _shapes(level: int) -> list[tuple[float, float]]:
    """Give the (ratio, scale) of each anchor of one map."""
    if level == 0:
        return [(1.0, 0.1), (2.0, _scale(0)), (0.5, _scale(0))]
    above = 1.0 if level == len(STRIDES) - 1 else _scale(level + 1)
    return [*((ratio, _scale(level)) for ratio in RATIOS), (1.0, (_scale(level) * above) ** 0.5)]


def _anchors(side: int) -> NDArray[np.float32]:
    """Give all anchors as centre x, centre y, width, height in fractions of the frame."""
    found = []
    for level, stride in enumerate(STRIDES):
        across = -(-side // stride)
        shapes = [(scale * ratio**0.5, scale / ratio**0.5) for ratio, scale in _shapes(level)]
        for row in range(across):
            for column in range(across):
                centre = ((column + 0.5) / across, (row + 0.5) / across)
                found += [(*centre, *shape) for shape in shapes]
    return np.array(found, np.float32)
