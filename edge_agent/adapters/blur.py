"""Makes heads unrecognisable before a picture leaves the device; what is hidden is gone."""

from collections.abc import Collection, Sequence
from typing import Protocol

import cv2
import numpy as np

from edge_agent.core.boxes import Box
from edge_agent.core.faces import Face
from edge_agent.core.heads import Person, to_hide
from edge_agent.core.tracks import TrackId
from edge_agent.ports import Image

BLOCKS = 4
"""A head becomes this many blocks across and down: nobody is known by sixteen colours."""


class FaceFinder(Protocol):
    """Finds faces on a picture."""

    def find(self, image: Image) -> Sequence[Face]: ...


def blurred(
    image: Image,
    people: Sequence[Person],
    shown: Collection[TrackId],
    finder: FaceFinder | None,
) -> Image:
    """Give a copy with everybody's head hidden but those of `shown`."""
    faces = [] if finder is None else [face.box for face in finder.find(image)]
    return hidden(image, to_hide(people, faces, shown))


def hidden(image: Image, places: Sequence[Box]) -> Image:
    """Give a copy with these places in a few flat blocks each."""
    picture: Image = image.copy()
    height, width = picture.shape[:2]
    for place in places:
        left, right = _cut(place.left, width), _cut(place.right, width)
        top, bottom = _cut(place.top, height), _cut(place.bottom, height)
        if right - left < 1 or bottom - top < 1:
            continue
        part = picture[top:bottom, left:right]
        few = cv2.resize(part, (BLOCKS, BLOCKS), interpolation=cv2.INTER_AREA)
        size = (right - left, bottom - top)
        picture[top:bottom, left:right] = cv2.resize(few, size, interpolation=cv2.INTER_NEAREST)
    return np.asarray(picture, np.uint8)


def _cut(share: float, pixels: int) -> int:
    return round(min(max(share, 0.0), 1.0) * pixels)
