"""Bounds and detections, in fractions of the frame."""

from dataclasses import dataclass

from edge_agent.core.looks import NO_LOOK, Look
from edge_agent.core.points import Point


@dataclass(frozen=True, slots=True)
class Box:
    """A thing's bounds as fractions of the frame: left, top, right, bottom.

    May reach a little beyond 0 and 1 where a person is cut by the frame's edge.
    """

    left: float
    top: float
    right: float
    bottom: float

    @property
    def foot(self) -> Point:
        """The bottom centre: where a standing person touches the ground."""
        return (self.left + self.right) / 2, self.bottom


@dataclass(frozen=True, slots=True)
class Detection:
    """One thing seen in one frame; `score` is 0 to 1, comparable within one model only."""

    box: Box
    score: float
    label: str = "person"
    look: Look = NO_LOOK
    """How the thing looks, for telling it from others nearby."""
