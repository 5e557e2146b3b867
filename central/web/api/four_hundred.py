"""The plan's four times 100 %: shares by school, and schools with repeated problems."""

import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import BeforeValidator, Field
from werkzeug.exceptions import Forbidden

from central.adapters import calendars
from central.adapters.store import duties
from central.core.four_hundred import FOUR_WORDS, DaysError, Part, Quarter, quarters, together
from central.core.local_time import ZONE, from_ms
from central.core.people import ON_THE_SPOT, Actor
from central.web import here
from central.web.api.shapes import Shape
from central.web.showing import rfc3339

DAY_MS = 24 * 3600 * 1000
MOST_DAYS = 400
SINCE_DAYS = 30
NOT_DAYS = (
    f"since 应不晚于 until，最多 {MOST_DAYS} 天",
    f"since must not be later than until, and {MOST_DAYS} days at most",
)

api = APIBlueprint("api_four_hundred", __name__, url_prefix="/api/v1", tag="statistics")


def _written(text: object) -> object:
    """Take a day only as it is written on a calendar, not as a count of seconds."""
    if isinstance(text, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        return text
    msg = "需要日期，如 / a day is wanted, e.g. 2026-11-23"
    raise ValueError(msg)


Day = Annotated[date, BeforeValidator(_written)]


class SharesAsked(Shape):
    """Days of the district, both included; without them the last thirty."""

    since: Day | None = None
    until: Day | None = None


class PartOut(Shape):
    """One duty's sum; `share` is null where nothing was counted."""

    duty: str
    numerator: float
    denominator: float
    share: float | None
    days: int
    days_expected: int


class ShareOut(Shape):
    """One of the four. `is_met` only where it is 100 % and no expected day is missing."""

    code: str
    name_zh: str
    name_en: str
    share: float | None
    is_complete: bool
    is_met: bool
    parts: list[PartOut]


class SchoolShares(Shape):
    """One school's four."""

    school_code: str
    name_zh: str
    name_en: str
    shares: list[ShareOut]


class SharesOut(Shape):
    """The district's four and each school's; `missing` names schools without any figure."""

    since: str
    until: str
    school_days: int
    district: list[ShareOut]
    schools: list[SchoolShares]
    missing: list[str]


class ProblemSchoolsAsked(Shape):
    """How often within how many days; without them as the district has set it."""

    within_days: int | None = Field(default=None, ge=1, le=MOST_DAYS)
    problems: int | None = Field(default=None, ge=1, le=1000)


class ProblemSchool(Shape):
    """A school with repeated problems, by kind."""

    school_code: str
    name_zh: str
    name_en: str
    problems: int
    by_kind: dict[str, int]
    last_at: str


class ProblemSchoolsOut(Shape):
    """Schools for coaching, the most problems first."""

    within_days: int
    problems: int
    items: list[ProblemSchool]


@api.get("/statistics/four-100")
@api.input(SharesAsked, location="query")
@api.output(SharesOut)
def get_shares(query_data: SharesAsked) -> dict[str, Any]:
    """Give the four shares with numerators and denominators; what is missing is null, not 100 %."""
    since, until = _asked(query_data)
    expected = _school_days(since, until)
    with here.store().reading() as connection:
        names = _seen(here.actor(), duties.schools(connection))
        rows = duties.counted(connection, since.isoformat(), until.isoformat())
    by_school = {
        code: quarters((row for row in rows if row.school_code == code), expected) for code in names
    }
    return {
        "since": since.isoformat(),
        "until": until.isoformat(),
        "school_days": len(expected),
        "district": [_share(one) for one in together(by_school)],
        "schools": [_school(code, names, [_share(one) for one in four])
                    for code, four in by_school.items()],
        "missing": [code for code, four in by_school.items()
                    if not any(part.days for one in four for part in one.parts)],
    }  # fmt: skip


@api.get("/statistics/four-100/problem-schools")
@api.input(ProblemSchoolsAsked, location="query")
@api.output(ProblemSchoolsOut)
def get_problem_schools(query_data: ProblemSchoolsAsked) -> dict[str, Any]:
    """List the schools with repeated problems, for coaching."""
    agreed = here.settings().coaching
    within = query_data.within_days or agreed.within_days
    least = query_data.problems or agreed.problems
    with here.store().reading() as connection:
        names = _seen(here.actor(), duties.schools(connection))
        rows = duties.problems(connection, here.now_ms() - within * DAY_MS)
    by_school: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_school[row["school_code"]].append(row)
    items = [_problems(code, names, found) for code, found in by_school.items() if code in names]
    listed = [one for one in items if one["problems"] >= least]
    return {
        "within_days": within,
        "problems": least,
        "items": sorted(listed, key=lambda one: (-one["problems"], one["school_code"])),
    }


def _seen(actor: Actor, names: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """Give the schools whose figures are somebody's to see: a school's its own, a department's all.

    Raises:
        Forbidden: neither.
    """
    if actor.role not in ON_THE_SPOT:
        raise Forbidden
    kind, _, _ = actor.unit_code.partition(":")
    if kind == actor.unit_code:
        return dict(names)
    if kind != "school":
        raise Forbidden
    return {code: words for code, words in names.items() if code == actor.unit_code}


def _asked(asked: SharesAsked) -> tuple[date, date]:
    today = from_ms(here.now_ms()).astimezone(ZONE).date()
    until = asked.until or today
    since = asked.since or until - timedelta(min(SINCE_DAYS, until.toordinal() - 1))
    if not since <= until or (until - since).days >= MOST_DAYS:
        raise DaysError(*NOT_DAYS)
    return since, until


def _school_days(since: date, until: date) -> set[str]:
    """Give the days on which a figure is expected: school days that have come."""
    is_school_day = calendars.current().is_school_day
    today = from_ms(here.now_ms()).astimezone(ZONE).date()
    count = (min(until, today) - since).days + 1
    days = (since + timedelta(number) for number in range(count))
    return {day.isoformat() for day in days if is_school_day(day)}


def _share(one: Quarter) -> dict[str, Any]:
    zh, en = FOUR_WORDS[one.code]
    return {
        "code": one.code, "name_zh": zh, "name_en": en, "share": one.share,
        "is_complete": one.is_complete, "is_met": one.is_met,
        "parts": [_part(part) for part in one.parts],
    }  # fmt: skip


def _part(part: Part) -> dict[str, Any]:
    return {
        "duty": part.duty.value, "numerator": part.numerator, "denominator": part.denominator,
        "share": part.share, "days": part.days, "days_expected": part.days_expected,
    }  # fmt: skip


def _school(
    code: str, names: Mapping[str, tuple[str, str]], shares: list[dict[str, Any]]
) -> dict[str, Any]:
    zh, en = names[code]
    return {"school_code": code, "name_zh": zh, "name_en": en, "shares": shares}


def _problems(
    code: str, names: Mapping[str, tuple[str, str]], rows: list[dict[str, Any]]
) -> dict[str, Any]:
    by_kind: dict[str, int] = defaultdict(int)
    for row in rows:
        by_kind[row["kind"]] += row["count"]
    zh, en = names[code]
    return {
        "school_code": code, "name_zh": zh, "name_en": en, "problems": sum(by_kind.values()),
        "by_kind": dict(by_kind), "last_at": rfc3339(max(row["last_at"] for row in rows)),
    }  # fmt: skip
