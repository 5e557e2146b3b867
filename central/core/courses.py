"""普法护苗: categories, bookings, terms and coverage."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from central.core.local_time import ZONE, from_ms
from central.core.naming import Words
from central.core.people import Actor, Role

AHEAD_MS = 370 * 24 * 3600 * 1000
"""So far ahead may a course be booked: a school year."""


class Category(StrEnum):
    """The five of the 片羽 courses."""

    IDEALS = "ideals"
    RED = "red"
    HEALTH = "health"
    MIND = "mind"
    LAW = "law"


CATEGORIES: dict[Category, Words] = {
    Category.IDEALS: ("思政", "ideals and civics"),
    Category.RED: ("红色", "revolutionary history"),
    Category.HEALTH: ("卫生健康", "health"),
    Category.MIND: ("心理", "mind"),
    Category.LAW: ("法治", "law"),
}

CODE = r"^[A-Z]{2,8}-[0-9]{2,4}$"


_YEARS = re.compile(r"^(小学|初中|高中)(\d{1,2})[-—–~至](\d{1,2})年级$")
_STAGES = {"小学": "primary", "初中": "middle school", "高中": "high school"}


def years(for_zh: str) -> Words:
    """Say in both languages which years a course is for; other words stay as they are."""
    found = _YEARS.match(for_zh)
    if found is None:
        return for_zh, for_zh
    stage, first, last = found.groups()
    return for_zh, f"{_STAGES[stage]}, years {first} to {last}"


class Course(BaseModel):
    """One course on the menu; the code stays, whatever the title becomes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Annotated[str, Field(pattern=CODE)]
    category: Category
    title_zh: Annotated[str, Field(min_length=2, max_length=200)]
    title_en: Annotated[str, Field(max_length=200)] = ""
    for_zh: Annotated[str, Field(max_length=100)] = ""
    minutes: Annotated[int, Field(ge=5, le=600)] = 40


class ServicePoint(BaseModel):
    """百校千站: a place outside school that takes classes in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    point_id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
    name_zh: Annotated[str, Field(min_length=2, max_length=200)]
    town_code: Annotated[str, Field(pattern=r"^town:[a-z0-9][a-z0-9-]{0,50}$")]
    kind: Annotated[str, Field(max_length=64)] = ""
    address: Annotated[str, Field(max_length=200)] = ""


BOOKS = frozenset({Role.SCHOOL_SAFETY_LEAD, Role.CLASS_TEACHER})


def may_book(actor: Actor, unit_code: str) -> bool:
    """Tell whether somebody may book for a school: its own people, youth and the district."""
    own = actor.unit_code == unit_code and actor.role in BOOKS
    youth = actor.unit_code == "youth" and actor.role is Role.UNIT_OFFICER
    return own or youth or actor.is_district_wide


@dataclass(frozen=True, slots=True)
class Term:
    """A school term: autumn from August, spring from February. `name` is `2026-1`, `2026-2`."""

    name: str
    begins: date
    ends: date

    def holds(self, at_ms: int) -> bool:
        """Tell whether a moment falls into it, by the district's day."""
        return self.begins <= from_ms(at_ms).astimezone(ZONE).date() < self.ends


FEBRUARY, AUGUST = 2, 8


def term_of(at_ms: int) -> Term:
    """Give the term of a moment: `2026-1` begins in August 2026, `2026-2` in February 2027."""
    day = from_ms(at_ms).astimezone(ZONE).date()
    year = day.year if day.month >= AUGUST else day.year - 1
    return named_term(f"{year}-{2 if FEBRUARY <= day.month < AUGUST else 1}")


def named_term(name: str) -> Term:
    """Give a term by its name; raises `ValueError` for what is none."""
    year, _, half = name.partition("-")
    if half not in {"1", "2"} or not (year.isdecimal() and len(year) == len("2026")):
        raise ValueError(name)
    first = int(year)
    if half == "1":
        return Term(name, date(first, AUGUST, 1), date(first + 1, FEBRUARY, 1))
    return Term(name, date(first + 1, FEBRUARY, 1), date(first + 1, AUGUST, 1))


@dataclass(frozen=True, slots=True)
class Booked:
    """What of a booking counts for coverage."""

    unit_code: str
    course_code: str
    state: str
    attended: int | None


def coverage(
    schools: Iterable[str], courses: Iterable[str], bookings: Iterable[Booked]
) -> dict[str, Any]:
    """Give shares as numerator and denominator: nobody is counted who only booked.

    By school: different courses held, of those on the menu. By course: schools that held it, of
    all schools. Over all: schools that held any, courses that were held anywhere.
    """
    all_schools, menu = sorted(set(schools)), sorted(set(courses))
    live = [one for one in bookings if one.state != "cancelled"]
    held = [one for one in live if one.state == "held"]
    return {
        "schools": _share({one.unit_code for one in held} & set(all_schools), all_schools),
        "courses": _share({one.course_code for one in held} & set(menu), menu),
        "pupils": sum(one.attended or 0 for one in held),
        "by_school": {
            school: _row([o for o in live if o.unit_code == school])
            | _share({o.course_code for o in held if o.unit_code == school} & set(menu), menu)
            for school in all_schools
        },
        "by_course": {
            course: _row([o for o in live if o.course_code == course])
            | _share({o.unit_code for o in held if o.course_code == course} & set(all_schools),
                     all_schools)
            for course in menu
        },
    }  # fmt: skip


def _share(counted: set[str], of_all: list[str]) -> dict[str, int]:
    return {"numerator": len(counted), "denominator": len(of_all)}


def _row(live: list[Booked]) -> dict[str, int]:
    held = [one for one in live if one.state == "held"]
    return {"booked": len(live), "held": len(held),
            "pupils": sum(one.attended or 0 for one in held)}  # fmt: skip
