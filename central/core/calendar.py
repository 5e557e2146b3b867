"""When a deadline falls due that counts working hours only: nights, weekends and holidays wait.

The district's own days come from outside; here is only the reckoning. Frozen: a due time that has
been written stays, whatever the calendar says later.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from central.core.local_time import ZONE, from_ms, to_ms
from central.core.season import WHOLE_YEAR, Season

ClockName = Literal["always", "work", "school"]
MOST_DAYS = 1500
"""Further on no calendar is believed: the rest is counted through."""


@dataclass(frozen=True, slots=True)
class Hours:
    """The part of an open day that counts."""

    opens: time = time(8, 30)
    closes: time = time(17, 30)

    def of(self, day: date) -> tuple[datetime, datetime]:
        """Give a day's beginning and end in the district's zone."""
        return (
            datetime.combine(day, self.opens, ZONE),
            datetime.combine(day, self.closes, ZONE),
        )


@dataclass(frozen=True, slots=True)
class Calendar:
    """One district's: which days count for work, and which for schools."""

    is_workday: Callable[[date], bool] = lambda day: day.weekday() < 5  # noqa: PLR2004 - Saturday
    is_school_day: Callable[[date], bool] = lambda day: day.weekday() < 5  # noqa: PLR2004
    hours: Hours = Hours()
    drowning: Season = WHOLE_YEAR
    """When most children are at open water: patrols are proposed for these months."""

    def due_at(self, since_ms: int, after_s: int, clock: ClockName = "always") -> int:
        """Give when `after_s` counted seconds have passed since, in ms UTC."""
        if clock == "always":
            return since_ms + after_s * 1000
        counts = self.is_workday if clock == "work" else self.is_school_day
        left = timedelta(seconds=after_s)
        now = from_ms(since_ms).astimezone(ZONE)
        for number in range(MOST_DAYS):
            day = now.date() + timedelta(days=number)
            if not counts(day):
                continue
            opens, closes = self.hours.of(day)
            begins = max(now, opens)
            if begins >= closes:
                continue
            if left <= closes - begins:
                return to_ms(begins + left)
            left -= closes - begins
        return since_ms + after_s * 1000


ALWAYS = Calendar()
"""Monday to Friday, where nothing better is known."""
