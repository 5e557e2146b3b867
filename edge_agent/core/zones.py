"""Where on the picture a foot may not stay."""

from dataclasses import dataclass

from edge_agent.core.boxes import Point
from edge_agent.core.polygons import contains


@dataclass(frozen=True, slots=True)
class Zone:
    """A named polygon, drawn by the installer in fractions of the frame."""

    zone_id: str
    polygon: tuple[Point, ...]
    dwell_limit_s: float

    def contains(self, point: Point) -> bool:
        """Tell whether a foot at that point stands in the zone."""
        return contains(self.polygon, point)
