"""NanoDet: the default detector. Three strides, distances as distributions over 11 bins.

The decoding follows "Generalized Focal Loss" (Li et al., 2020): each side of a box is the mean of
a softmax over the bins, in units of the stride.
"""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_agent.adapters.runtime import Tensor, TfliteModel
from edge_agent.adapters.shrinking import shrunk
from edge_agent.adapters.suppression import Boxes, best_of
from edge_agent.core.boxes import Box, Detection
from edge_agent.ports import Image

PERSON = 0  # COCO's first class
CLASSES = 80
STRIDES = (8, 16, 32)
MEAN = (103.53, 116.28, 123.675)
SPREAD = (57.375, 57.12, 58.395)
GREY = 114
MOST_OVERLAP = 0.5
MIN_SCORE = 0.40


class NanoDet:
    """Finds people; the picture is shrunk to fit the model's square and padded with grey."""

    def __init__(
        self,
        path: Path,
        *,
        min_score: float | None = None,
        num_threads: int = 1,
        runtime: str = "auto",
    ) -> None:
        self._model = TfliteModel(path, num_threads=num_threads, runtime=runtime)
        self._min_score = MIN_SCORE if min_score is None else min_score
        self._side = self._model.input_shape[2]
        self._canvas = np.full((self._side, self._side, 3), GREY, np.uint8)
        self._batch = np.empty((1, 3, self._side, self._side), np.float32)
        levels = np.arange(256, dtype=np.float32)
        self._normal = [(levels - mean) / spread for mean, spread in zip(MEAN, SPREAD, strict=True)]

    def detect(self, image: Image) -> list[Detection]:
        """Find people in a blue-green-red picture of any size."""
        height, width = image.shape[:2]
        scale = min(self._side / width, self._side / height)
        self._fill(image, max(1, round(width * scale)), max(1, round(height * scale)))
        boxes, scores = self._decoded(self._model.invoke(self._batch))
        kept = best_of(boxes, scores, MOST_OVERLAP)
        fractions = boxes[kept] / (scale * np.array([width, height, width, height], np.float32))
        return [
            Detection(Box(*map(float, box)), float(score))
            for box, score in zip(fractions, scores[kept], strict=True)
        ]

    def _fill(self, image: Image, width: int, height: int) -> None:
        self._canvas[height:] = GREY
        self._canvas[:, width:] = GREY
        self._canvas[:height, :width] = shrunk(image, width, height)
        planes = zip(cv2.split(self._canvas), self._normal, self._batch[0], strict=True)
        for plane, table, target in planes:
            cv2.LUT(plane, table, dst=target)

    def _decoded(self, outputs: list[Tensor]) -> tuple[Boxes, NDArray[np.float32]]:
        """Give boxes in pixels of the model's square, and scores."""
        classes = {out.shape[1]: out[0] for out in outputs if out.shape[2] == CLASSES}
        sides = {out.shape[1]: out[0] for out in outputs if out.shape[2] != CLASSES}
        boxes, scores = [], []
        for stride in STRIDES:
            across = -(-self._side // stride)
            person = classes[across * across][:, PERSON]
            (chosen,) = np.nonzero(person >= self._min_score)
            if len(chosen):
                boxes.append(_boxes(sides[across * across][chosen], chosen, across, stride))
                scores.append(person[chosen])
        if not boxes:
            return np.zeros((0, 4), np.float32), np.zeros(0, np.float32)
        return np.concatenate(boxes), np.concatenate(scores)


def _boxes(sides: Tensor, chosen: NDArray[np.intp], across: int, stride: int) -> Boxes:
    bins = sides.reshape(len(chosen), 4, -1)
    weights = np.exp(bins - bins.max(axis=2, keepdims=True))
    weights /= weights.sum(axis=2, keepdims=True)
    reach = weights @ np.arange(bins.shape[2], dtype=np.float32) * stride
    centre_x = (chosen % across + 0.5) * stride
    centre_y = (chosen // across + 0.5) * stride
    left, top, right, bottom = reach.T
    corners = [centre_x - left, centre_y - top, centre_x + right, centre_y + bottom]
    return np.asarray(np.stack(corners, axis=1), np.float32)
