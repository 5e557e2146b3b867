"""Faces by YuNet, through OpenCV."""

from typing import Any

import cv2
import numpy as np

from edge_agent.adapters import model_store
from edge_agent.core.boxes import Box
from edge_agent.core.faces import Face
from edge_agent.ports import Image, ModelError

LARGEST_PX = 1280
"""A larger picture is made smaller first: faces of a twentieth of it are found all the same."""
MOST_FACES = 200
MAX_OVERLAP = 0.3


class YuNet:
    """Finds faces; one instance belongs to one thread.

    Raises:
        ModelError: missing or damaged weights.
    """

    def __init__(self, min_score: float | None = None, largest_px: int = LARGEST_PX) -> None:
        model = model_store.checked("yunet")
        least = min_score if min_score is not None else (model.min_score or 0.8)
        self._largest_px = largest_px
        try:
            self._net = cv2.FaceDetectorYN.create(
                str(model.path), "", (320, 320), least, MAX_OVERLAP, MOST_FACES
            )
        except cv2.error as error:
            msg = f"人脸检测模型无法加载 (the face detector cannot be loaded): {error}"
            raise ModelError(msg) from error

    def find(self, image: Image) -> list[Face]:
        """Give the faces in a blue-green-red picture, the largest first."""
        height, width = image.shape[:2]
        if min(height, width) < 16:  # noqa: PLR2004 - too small for any face
            return []
        shrunk = self._shrunk(image)
        self._net.setInputSize((shrunk.shape[1], shrunk.shape[0]))
        _, rows = self._net.detect(shrunk)
        if rows is None:
            return []
        size = np.array([shrunk.shape[1], shrunk.shape[0]], np.float64)
        faces = [_face(row, size) for row in np.asarray(rows, np.float64)]
        return sorted(faces, key=_area, reverse=True)

    def _shrunk(self, image: Image) -> Image:
        largest = max(image.shape[:2])
        if largest <= self._largest_px:
            return image
        share = self._largest_px / largest
        shrunk: Any = cv2.resize(image, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
        return shrunk  # type: ignore[no-any-return]


def _face(row: np.ndarray[Any, np.dtype[np.float64]], size: np.ndarray[Any, Any]) -> Face:
    left, top = row[0:2] / size
    width, height = row[2:4] / size
    points = [(float(x), float(y)) for x, y in row[4:14].reshape(5, 2) / size]
    right_eye, left_eye, nose, right_mouth, left_mouth = points
    box = Box(float(left), float(top), float(left + width), float(top + height))
    return Face(box, (right_eye, left_eye, nose, right_mouth, left_mouth), float(row[14]))


def _area(face: Face) -> float:
    return (face.box.right - face.box.left) * (face.box.bottom - face.box.top)
