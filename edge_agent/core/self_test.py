"""The alarm's daily self-test: when it is due, what it counts for, when a drill is due again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contract.scenarios import Duty
from edge_agent.core.shares import Share

DRILL_DAYS = 31.0


@dataclass(frozen=True, slots=True)
class SelfTest:
    """A day's test: what was wrong, and whether its share is counted already.

    What is wrong at the school counts at once. The way to the district has the whole day: a test
    that fails only there is repeated, and counts against the alarm when the day is over.
    """

    day: str
    wrong: tuple[str, ...] = ()
    is_counted: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What a test saw: what is wrong at the school, and on the way to the district."""

    school: Sequence[str] = ()
    district: Sequence[str] = ()


def is_due(last: SelfTest | None, day: str, hour: int, from_hour: int) -> bool:
    """Tell whether to test now."""
    if last is not None and last.day == day:
        return not last.is_counted
    return hour >= from_hour


def left_over(last: SelfTest | None, day: str) -> list[tuple[str, Share]]:
    """Give the share of a day that ended without any way to the district."""
    if last is None or last.is_counted or last.day == day:
        return []
    return [(last.day, Share(Duty.ALARM_WORKS, 0.0, 1.0))]


def judged(day: str, seen: Seen) -> tuple[SelfTest, list[tuple[str, Share]]]:
    """Give the day's test after what was seen, and what it counts for, if that is certain."""
    is_certain = bool(seen.school) or not seen.district
    test = SelfTest(day, (*seen.school, *seen.district), is_certain)
    works = Share(Duty.ALARM_WORKS, 0.0 if seen.school else 1.0, 1.0)
    return test, [(day, works)] if is_certain else []


def is_drill_due(drilled_at: datetime | None, now: datetime, within_days: float) -> bool:
    """Tell whether no drill has reached the district for so long."""
    return drilled_at is None or now - drilled_at > timedelta(days=within_days)
