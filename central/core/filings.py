"""Of how many persons face data are kept, and when the province's cyberspace office must be told.

The order on face recognition (2025): whoever reaches 100,000 persons files within 30 working days.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

THRESHOLD = 100_000
WARN_AT = 80_000
URGENT_AT = 95_000
WORKING_DAYS = 30
MOST_DAYS = 400


class Level(StrEnum):
    """How near the threshold is."""

    CALM = "calm"
    SOON = "soon"
    URGENT = "urgent"
    DUE = "due"
    FILED = "filed"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a district stands. `due_on`: the last day to file, once the threshold is reached."""

    persons: int
    level: Level
    reached_on: date | None = None
    due_on: date | None = None


def standing(
    persons: int,
    days: Mapping[date, int],
    is_filed: bool,
    is_workday: Callable[[date], bool],
) -> Standing:
    """Tell where it stands; `days`: of how many persons data were kept, by day."""
    reached = min((day for day, count in days.items() if count >= THRESHOLD), default=None)
    if is_filed:
        return Standing(persons, Level.FILED, reached)
    if reached is not None:
        return Standing(persons, Level.DUE, reached, _after(reached, is_workday))
    if persons >= THRESHOLD:
        return Standing(persons, Level.DUE)
    if persons >= URGENT_AT:
        return Standing(persons, Level.URGENT)
    return Standing(persons, Level.SOON if persons >= WARN_AT else Level.CALM)


def _after(day: date, is_workday: Callable[[date], bool]) -> date:
    left = WORKING_DAYS
    for number in range(1, MOST_DAYS):
        one = day + timedelta(days=number)
        left -= is_workday(one)
        if left == 0:
            return one
    return day + timedelta(days=MOST_DAYS)
