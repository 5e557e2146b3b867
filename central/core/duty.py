"""The duty roster 值班表: who is on duty when, who stands in, and where nobody is.

Pure reckoning on values; times in ms UTC, hours and days in the district's own zone.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal

from central.core.calendar import Calendar
from central.core.local_time import ZONE, from_ms, to_ms
from central.core.people import Role

Days = Literal["all", "work", "rest", "school"]
"""Which days of a weekly pattern count: all, working days, days off, days of school."""
Cover = Literal["always", "work", "school", "never"]
"""When somebody has to be on duty: always, in working hours, in school hours, or no matter."""
Span = tuple[int, int]
"""From, to in ms; the end is not within."""

DAY = timedelta(days=1)
MOST_STAND_INS = 5
"""So far a chain of people who stand in for each other is followed."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Every week again: on these days (1 is Monday), from one hour to another, past midnight too.

    The same hour twice is a whole day.
    """

    weekdays: frozenset[int] = frozenset(range(1, 8))
    days: Days = "all"
    starts: time = time(0)
    ends: time = time(0)


@dataclass(frozen=True, slots=True)
class Shift:
    """One row of the roster. Without a pattern it goes through from beginning to end."""

    shift_id: str
    unit_code: str
    role: Role
    username: str
    from_at: int
    to_at: int | None
    pattern: Pattern | None = None


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody is away, and who stands in for them; None: nobody does."""

    username: str
    from_at: int
    to_at: int
    stand_in: str | None = None


def spans(shift: Shift, since: int, until: int, calendar: Calendar) -> list[Span]:
    """Give when a shift lasts between two times."""
    begins = max(since, shift.from_at)
    ends = until if shift.to_at is None else min(until, shift.to_at)
    if begins >= ends:
        return []
    if shift.pattern is None:
        return [(begins, ends)]
    found = _weekly(shift.pattern, begins, ends, calendar)
    return [(max(a, begins), min(b, ends)) for a, b in found if a < ends and b > begins]


def is_on(shift: Shift, at: int, calendar: Calendar) -> bool:
    """Tell whether a shift lasts at a time."""
    return bool(spans(shift, at, at + 1, calendar))


def on_duty(
    shifts: Iterable[Shift], absences: Sequence[Absence], at: int, calendar: Calendar
) -> list[str]:
    """Give the people on duty at a time, those who stand in in the place of those away."""
    wanted = [shift.username for shift in shifts if is_on(shift, at, calendar)]
    return present(wanted, absences, at)


def present(people: Iterable[str], absences: Sequence[Absence], at: int) -> list[str]:
    """Give whom to turn to for these people at a time, each once."""
    found = (there(one, absences, at) for one in people)
    return list(dict.fromkeys(one for one in found if one is not None))


def there(username: str, absences: Sequence[Absence], at: int) -> str | None:
    """Give who is there for somebody: themselves, or who stands in; None: nobody."""
    seen: set[str] = set()
    one: str | None = username
    while one is not None and one not in seen and len(seen) <= MOST_STAND_INS:
        away = [a for a in absences if a.username == one and a.from_at <= at < a.to_at]
        if not away:
            return one
        seen.add(one)
        one = away[-1].stand_in
    return None


def gaps(
    shifts: Sequence[Shift],
    absences: Sequence[Absence],
    since: int,
    until: int,
    calendar: Calendar,
    cover: Cover = "always",
) -> list[Span]:
    """Give when nobody of a unit that has a roster is on duty though somebody should be."""
    manned: list[Span] = []
    for shift in shifts:
        for span in spans(shift, since, until, calendar):
            manned += _manned(shift.username, span, absences)
    return _without(needed(cover, since, until, calendar), joined(manned))


def needed(cover: Cover, since: int, until: int, calendar: Calendar) -> list[Span]:
    """Give when somebody has to be on duty between two times."""
    if cover == "never" or since >= until:
        return []
    if cover == "always":
        return [(since, until)]
    counts = calendar.is_workday if cover == "work" else calendar.is_school_day
    found = [
        (to_ms(opens), to_ms(closes))
        for day in _days(since, until)
        if counts(day)
        for opens, closes in [calendar.hours.of(day)]
    ]
    return [(max(a, since), min(b, until)) for a, b in found if a < until and b > since]


def joined(found: Iterable[Span]) -> list[Span]:
    """Give spans in order, those that touch as one."""
    out: list[Span] = []
    for begins, ends in sorted(found):
        if out and begins <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], ends))
        else:
            out.append((begins, ends))
    return out


def _manned(username: str, span: Span, absences: Sequence[Absence]) -> Iterator[Span]:
    """Give the parts of a span in which somebody is there for a person."""
    edges = {span[0], span[1]}
    for away in absences:
        edges |= {at for at in (away.from_at, away.to_at) if span[0] < at < span[1]}
    ordered = sorted(edges)
    for begins, ends in pairwise(ordered):
        if there(username, absences, begins) is not None:
            yield begins, ends


def _without(wanted: list[Span], manned: list[Span]) -> list[Span]:
    out = []
    for begins, ends in wanted:
        at = begins
        for a, b in manned:
            if b <= at or a >= ends:
                continue
            if a > at:
                out.append((at, a))
            at = max(at, b)
        if at < ends:
            out.append((at, ends))
    return out


def _weekly(pattern: Pattern, since: int, until: int, calendar: Calendar) -> Iterator[Span]:
    for day in _days(since, until):
        if day.isoweekday() in pattern.weekdays and _counts(pattern.days, day, calendar):
            begins = datetime.combine(day, pattern.starts, ZONE)
            ends = datetime.combine(day, pattern.ends, ZONE)
            yield to_ms(begins), to_ms(ends if ends > begins else ends + DAY)


def _counts(days: Days, day: date, calendar: Calendar) -> bool:
    if days == "all":
        return True
    if days == "school":
        return calendar.is_school_day(day)
    return calendar.is_workday(day) == (days == "work")


def _days(since: int, until: int) -> Iterator[date]:
    """Give the district's days that a time falls into, and the one before: a night began there."""
    day = from_ms(since).astimezone(ZONE).date() - DAY
    last = from_ms(until).astimezone(ZONE).date()
    while day <= last:
        yield day
        day += DAY
