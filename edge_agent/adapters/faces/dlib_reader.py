"""What a face looks like, by `face-recognition` (dlib): optional, and weak on children.

At its usual threshold it takes nearly any two East-Asian primary-school children for the same
person; at the calibrated 0.90 it finds few. docs/decisions/0008 has the figures.
"""

import warnings

import cv2
import numpy as np

from edge_agent.core.face_quality import Measured
from edge_agent.core.faces import Embedding, Face
from edge_agent.ports import Image, ModelError

CROP_PX = 112


class DlibReader:
    """Reads faces that a finder has found.

    Its vectors are not unit vectors: their plain distance is what its scale is for.

    Raises:
        ModelError: the extra is not installed.
    """

    name = "dlib"

    def __init__(self) -> None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # pkg_resources is deprecated, says its import
                import face_recognition  # noqa: PLC0415 - an optional extra
        except (ImportError, SystemExit) as error:
            msg = (
                "没有安装 dlib 后端,请安装: pip install 'huxiao[dlib]' (the dlib extra is missing)"
            )
            raise ModelError(msg) from error
        self._net = face_recognition

    def measure(self, image: Image, face: Face) -> Measured:
        """Measure what the gate asks for: width in pixels, sharpness, brightness."""
        height, width = image.shape[:2]
        top, right, bottom, left = _sides(face, width, height)
        crop = cv2.resize(image[top:bottom, left:right], (CROP_PX, CROP_PX))
        grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
        sharpness = float(cv2.Laplacian(grey, cv2.CV_64F).var())
        return Measured(face, float(right - left), sharpness, float(grey.mean()) / 255.0)

    def embed(self, image: Image, face: Face) -> Embedding:
        """Give the face's embedding: 128 numbers."""
        height, width = image.shape[:2]
        colours = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        [vector] = self._net.face_encodings(colours, [_sides(face, width, height)])
        return np.asarray(vector, np.float32)


def _sides(face: Face, width: int, height: int) -> tuple[int, int, int, int]:
    """Give top, right, bottom and left in pixels, within the picture."""
    box = face.box
    top, bottom = (round(min(max(side, 0.0), 1.0) * height) for side in (box.top, box.bottom))
    left, right = (round(min(max(side, 0.0), 1.0) * width) for side in (box.left, box.right))
    return top, max(right, left + 1), max(bottom, top + 1), left
