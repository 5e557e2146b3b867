"""When a zone, a post or a rule counts: windows of the week by the site's own clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

EVERY_DAY = frozenset(range(7))
"""Monday is 0."""


@dataclass(frozen=True, slots=True)
class Window:
    """From one time of day to another, on some days; past midnight where `until` is not later.

    A window that passes midnight belongs to the day on which it begins. `until` itself is outside.
    """

    start: time
    until: time
    days: frozenset[int] = EVERY_DAY

    def holds(self, local: datetime) -> bool:
        """Tell whether that moment of the site's clock lies in the window."""
        now, day = local.time(), local.weekday()
        if self.start < self.until:
            return day in self.days and self.start <= now < self.until
        yesterday = (day - 1) % 7
        return (day in self.days and now >= self.start) or (
            yesterday in self.days and now < self.until
        )


@dataclass(frozen=True, slots=True)
class Schedule:
    """Some windows; none at all means always."""

    windows: Sequence[Window] = ()

    def holds(self, local: datetime | None) -> bool:
        """Tell whether the schedule covers that moment; without a clock everything counts."""
        if not self.windows or local is None:
            return True
        return any(window.holds(local) for window in self.windows)


ALWAYS = Schedule()
