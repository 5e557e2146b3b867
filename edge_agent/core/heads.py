"""Whose head is where, and which of them nobody outside has any business to see."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from edge_agent.core.boxes import Box
from edge_agent.core.tracks import TrackId

HEAD_SHARE = 0.24
"""So much of a standing person's box, from its top, holds the head."""
ABOVE, BESIDE = 0.06, 0.15
"""What is hidden reaches this far beyond, in shares of the box's height and width."""
MARGIN = 0.25
"""A found face is hidden with this much around it."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is followed on a picture."""

    track_id: TrackId
    box: Box


def head_of(box: Box) -> Box:
    """Give where the head of a standing person is, generously."""
    tall, wide = box.bottom - box.top, box.right - box.left
    return Box(
        box.left - BESIDE * wide,
        box.top - ABOVE * tall,
        box.right + BESIDE * wide,
        box.top + HEAD_SHARE * tall,
    )


def to_hide(
    people: Sequence[Person], faces: Sequence[Box], shown: Collection[TrackId]
) -> list[Box]:
    """Give the places to hide: all heads and faces but those of the people in `shown`.

    One face at most is left to each of them: the largest that no other head is nearer to.
    """
    others = [head_of(one.box) for one in people if one.track_id not in shown]
    subjects = [head_of(one.box) for one in people if one.track_id in shown]
    spared = {_own_face(head, faces, others) for head in subjects}
    hidden = [_wider(face) for number, face in enumerate(faces) if number not in spared]
    return others + hidden


def _own_face(head: Box, faces: Sequence[Box], others: Sequence[Box]) -> int | None:
    def is_own(face: Box) -> bool:
        far = _distance(head, face)
        return _holds(head, face) and all(
            far <= _distance(other, face) for other in others if _holds(other, face)
        )

    own = [number for number, face in enumerate(faces) if is_own(face)]
    return max(own, key=lambda number: _area(faces[number]), default=None)


def _holds(head: Box, face: Box) -> bool:
    x, y = _middle(face)
    return head.left <= x <= head.right and head.top <= y <= head.bottom


def _distance(head: Box, face: Box) -> float:
    (x1, y1), (x2, y2) = _middle(head), _middle(face)
    return (x1 - x2) ** 2 + (y1 - y2) ** 2


def _middle(box: Box) -> tuple[float, float]:
    return (box.left + box.right) / 2, (box.top + box.bottom) / 2


def _area(box: Box) -> float:
    return (box.right - box.left) * (box.bottom - box.top)


def _wider(face: Box) -> Box:
    wide, tall = MARGIN * (face.right - face.left), MARGIN * (face.bottom - face.top)
    return Box(face.left - wide, face.top - tall, face.right + wide, face.bottom + tall)
