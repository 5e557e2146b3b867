"""Where on the picture a foot may not stay."""

from dataclasses import dataclass

from edge_agent.core.boxes import Point
from edge_agent.core.polygons import contains


@dataclass(frozen=True, slots=True)
class Zone:
    """A named polygon, drawn by the installer in fractions of the frame.

    Whoever stays longer than the limit is an overstay, once so many people are in it.
    """

    zone_id: str
    polygon: tuple[Point, ...]
    dwell_limit_s: float
    min_people: int = 1

    def contains(self, point: Point) -> bool:
        """Tell whether a foot at that point stands in the zone."""
        return contains(self.polygon, point)
