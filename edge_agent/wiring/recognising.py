"""From a photograph to an embedding: which finder, reader, gate and scale belong together."""

from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from edge_agent.adapters.faces.dlib_reader import DlibReader
from edge_agent.adapters.faces.sface import SFace
from edge_agent.adapters.faces.yunet import YuNet
from edge_agent.core.face_quality import TO_MATCH, Gate, Measured, Problem
from edge_agent.core.faces import SCALES, Embedding, Face, Scale
from edge_agent.ports import Image

BORDER = 0.4
"""A photograph that is all face gets this much around it: a finder wants to see where it ends."""
NEXT_LARGEST = 0.3
"""A second face of this share of the largest one's area makes it unclear who is meant."""


class FaceReader(Protocol):
    """Says what a face looks like, and how well it can be seen."""

    name: str

    def measure(self, image: Image, face: Face) -> Measured: ...

    def embed(self, image: Image, face: Face) -> Embedding: ...


READERS: dict[str, type[SFace | DlibReader]] = {"sface": SFace, "dlib": DlibReader}


@dataclass(frozen=True, slots=True)
class Portrait:
    """What became of a photograph: an embedding, or the reasons why there is none."""

    embedding: Embedding | None
    problems: tuple[Problem, ...]
    measured: Measured | None = None
    image: Image | None = None


@dataclass(frozen=True, slots=True)
class Studio:
    """Reads photographs with one backend."""

    finder: YuNet
    reader: FaceReader
    scale: Scale
    gate: Gate = TO_MATCH

    def portray(self, image: Image, *, alone: bool = False) -> Portrait:
        """Read the largest face of a photograph; with `alone` a second one is a problem."""
        faces = self.finder.find(image)
        if not faces:
            image = _bordered(image)
            faces = self.finder.find(image)
        if not faces:
            return Portrait(None, (Problem.NO_FACE,), None, image)
        measured = self.reader.measure(image, faces[0])
        problems = self.gate.problems(measured)
        if alone and len(faces) > 1 and _area(faces[1]) >= NEXT_LARGEST * _area(faces[0]):
            problems.insert(0, Problem.SEVERAL_FACES)
        if problems:
            return Portrait(None, tuple(problems), measured, image)
        return Portrait(self.reader.embed(image, faces[0]), (), measured, image)


def open_studio(backend: str, gate: Gate = TO_MATCH, scale: Scale | None = None) -> Studio:
    """Give the finder, reader and scale of a backend.

    Raises:
        ModelError: weights missing or damaged, or an extra that is not installed.
    """
    return Studio(YuNet(gate.min_score), READERS[backend](), scale or SCALES[backend], gate)


def _bordered(image: Image) -> Image:
    height, width = image.shape[:2]
    rows, columns = round(height * BORDER), round(width * BORDER)
    bordered = cv2.copyMakeBorder(
        image, rows, rows, columns, columns, cv2.BORDER_CONSTANT, value=(128, 128, 128)
    )
    return np.asarray(bordered, np.uint8)


def _area(face: Face) -> float:
    return (face.box.right - face.box.left) * (face.box.bottom - face.box.top)
