"""Where on the picture a foot may not stay."""

from dataclasses import dataclass
from math import inf

from edge_agent.core.points import Point
from edge_agent.core.polygons import contains
from edge_agent.core.schedules import ALWAYS, Schedule


@dataclass(frozen=True, slots=True)
class Zone:
    """A named polygon, drawn by the installer in fractions of the frame.

    Whoever stays longer than the limit is an overstay, once so many people are in it. Somebody
    alone, and a group, may have limits of their own; the shortest that applies counts.
    """

    zone_id: str
    polygon: tuple[Point, ...]
    dwell_limit_s: float
    min_people: int = 1
    alone_limit_s: float | None = None
    group_size: int | None = None
    group_limit_s: float | None = None
    schedule: Schedule = ALWAYS

    def contains(self, point: Point) -> bool:
        """Tell whether a foot at that point stands in the zone."""
        return contains(self.polygon, point)

    def limit_s(self, people: int, people_lately: int) -> float:
        """Give how long one may stay among so many; infinite where nobody minds.

        `people_lately` also counts who was there a moment ago: a friend hidden for an instant
        leaves nobody alone.
        """
        limits = [self.dwell_limit_s if people >= self.min_people else inf]
        if self.alone_limit_s is not None and max(people, people_lately) == 1:
            limits.append(self.alone_limit_s)
        if self.group_size is not None and people >= self.group_size:
            limits.append(self.dwell_limit_s if self.group_limit_s is None else self.group_limit_s)
        return min(limits)
