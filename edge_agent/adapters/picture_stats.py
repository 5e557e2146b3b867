"""What is measured of a picture to tell whether its camera still sees."""

import hashlib

import cv2
import numpy as np

from edge_agent.core.eyesight import PictureStats, Sketch
from edge_agent.ports import Image

ACROSS = 192
SKETCH = (32, 24)
WHITE = 250


def picture_stats(image: Image) -> PictureStats:
    """Measure a blue-green-red picture of any size."""
    step = max(1, image.shape[1] // ACROSS)
    grey = np.ascontiguousarray(np.ascontiguousarray(image[::step])[:, ::step, 1])
    soft = cv2.blur(grey, (5, 5))  # a dark sensor's noise is no texture
    across = cv2.absdiff(soft[:, 1:], soft[:, :-1])
    down = cv2.absdiff(soft[1:], soft[:-1])
    texture = (float(across.mean()) + float(down.mean())) / 2
    white = cv2.countNonZero(cv2.threshold(grey, WHITE, 255, cv2.THRESH_BINARY)[1]) / grey.size
    digest = hashlib.blake2b(grey.tobytes(), digest_size=8).digest()
    return PictureStats(float(grey.mean()) / 255.0, texture, white, digest, _sketch(grey))


def _sketch(grey: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]") -> Sketch:
    """Give a small picture of edges, so that light and shade of the day weigh little."""
    soft = cv2.resize(grey, SKETCH, interpolation=cv2.INTER_AREA).astype(np.float32)
    edges = soft - cv2.GaussianBlur(soft, (0, 0), 3)
    return np.asarray((edges - edges.mean()) / max(float(edges.std()), 1e-6), np.float32)
