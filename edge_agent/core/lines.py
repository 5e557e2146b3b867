"""Where on the picture a foot may not pass."""

from dataclasses import dataclass
from enum import StrEnum

from edge_agent.core.points import Point
from edge_agent.core.polygons import side
from edge_agent.core.schedules import ALWAYS, Schedule


class Direction(StrEnum):
    """Which way across a line counts, seen by somebody who walks from a to b."""

    ANY = "any"
    LEFT_TO_RIGHT = "left_to_right"
    RIGHT_TO_LEFT = "right_to_left"


@dataclass(frozen=True, slots=True)
class Line:
    """A named stretch from a to b, drawn by the installer in fractions of the frame."""

    line_id: str
    a: Point
    b: Point
    direction: Direction = Direction.ANY
    schedule: Schedule = ALWAYS

    def is_passed_by(self, start: Point, end: Point) -> bool:
        """Tell whether a step from start to end goes through the stretch, not round its ends."""
        first, last = side(self.a, self.b, start), side(self.a, self.b, end)
        if (first < 0) == (last < 0):
            return False
        return side(start, end, self.a) * side(start, end, self.b) <= 0

    def is_guarded(self, direction: Direction) -> bool:
        """Tell whether passing in that direction is what the line is there to notice."""
        return self.direction in {Direction.ANY, direction}
