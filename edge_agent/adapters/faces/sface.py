"""What a face looks like, by SFace through OpenCV."""

from typing import Any

import cv2
import numpy as np

from edge_agent.adapters import model_store
from edge_agent.core.face_quality import Measured
from edge_agent.core.faces import Embedding, Face, unit
from edge_agent.ports import Image, ModelError


class SFace:
    """Reads faces that a finder has found; one instance belongs to one thread.

    Raises:
        ModelError: missing or damaged weights.
    """

    name = "sface"

    def __init__(self) -> None:
        model = model_store.checked("sface")
        try:
            self._net = cv2.FaceRecognizerSF.create(str(model.path), "")
        except cv2.error as error:
            msg = f"人脸识别模型无法加载 (the face model cannot be loaded): {error}"
            raise ModelError(msg) from error

    def measure(self, image: Image, face: Face) -> Measured:
        """Measure what the gate asks for: width in pixels, sharpness, brightness."""
        crop = self._aligned(image, face)
        grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
        sharpness = float(cv2.Laplacian(grey, cv2.CV_64F).var())
        width_px = (face.box.right - face.box.left) * image.shape[1]
        return Measured(face, width_px, sharpness, float(grey.mean()) / 255.0)

    def embed(self, image: Image, face: Face) -> Embedding:
        """Give the face's embedding: 128 numbers, at length 1."""
        vector = self._net.feature(self._aligned(image, face))
        return unit(np.asarray(vector, np.float32).ravel())

    def _aligned(self, image: Image, face: Face) -> Any:
        return self._net.alignCrop(image, _row(image, face))


def _row(image: Image, face: Face) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Give a face as YuNet's own row, in pixels."""
    height, width = image.shape[:2]
    box = face.box
    sides = [box.left, box.top, box.right - box.left, box.bottom - box.top]
    points = [side for point in face.landmarks for side in point]
    size = np.array([width, height] * 7, np.float32)
    row = np.array([*sides, *points], np.float32) * size
    return np.append(row, np.float32(face.score))
