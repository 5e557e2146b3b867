"""When boarders have to be in, and what to make of those who are not.

The district's plan says "in time" and names no figure: every time and share here is ours, and a
school's to change.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from central.core.local_time import ZONE, from_ms, to_ms
from central.core.presence import Where

_CURFEW = "^(1[2-9]|2[0-3]):[0-5][0-9]$"
CurfewTime = Annotated[str, Field(pattern=_CURFEW)]
"""`21:30`; from noon to midnight, so that a night has one date."""

Weekday = Literal["1", "2", "3", "4", "5", "6", "7"]
_WEEKDAYS: tuple[Weekday, ...] = ("1", "2", "3", "4", "5", "6", "7")

Curfews = Annotated[
    Mapping[Weekday, CurfewTime],
    WithJsonSchema({
        "type": "object",
        "properties": {day: {"type": "string", "pattern": _CURFEW} for day in _WEEKDAYS},
        "additionalProperties": False,
    }),
]  # fmt: skip
"""By weekday; described key by key, which programs read more surely than names by a pattern."""

MINUTE_MS = 60_000
LATEST_MS = 8 * 60 * MINUTE_MS
"""After so long a night's check that did not run is no longer caught up on: the school is told."""


class House(BaseModel):
    """How one school's dormitory is run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    curfew: CurfewTime = Field(default="21:30", description="on every night that counts")
    curfews: Curfews = Field(
        default_factory=dict, description="by weekday, 1 is Monday; goes before `curfew`"
    )
    nights: Literal["before_school", "every"] = Field(
        default="before_school", description="only nights that a school day follows, or all"
    )
    grace_min: int = Field(default=30, ge=0, le=240)
    silent_after_h: int = Field(default=12, ge=1, le=72, description="no door event: a fault")
    most_absent_percent: int = Field(
        default=30, ge=1, le=100, description="more missing at once: a fault"
    )
    least_absent: int = Field(
        default=5, ge=1, le=1000, description="fewer are looked for one by one, whatever the share"
    )


def curfew_at(house: House, night: date, is_school_day: Callable[[date], bool]) -> int | None:
    """Give when boarders have to be in on a night, in ms UTC; None where nobody has to.

    A night counts when the next day is a school day, so that holidays and make-up days come right
    by themselves.
    """
    if house.nights == "before_school" and not is_school_day(night + timedelta(days=1)):
        return None
    said = house.curfews.get(_WEEKDAYS[night.weekday()], house.curfew)
    return to_ms(datetime.combine(night, time.fromisoformat(said), ZONE))


def nights_at(now_ms: int) -> tuple[date, date]:
    """Give the nights that may be under way: the one that began yesterday, and today's."""
    today = from_ms(now_ms).astimezone(ZONE).date()
    return today - timedelta(days=1), today


@dataclass(frozen=True, slots=True)
class Boarder:
    """One boarder as the check sees them. `is_seen`: a person at the roll call said so."""

    boarder_id: str
    where: Where
    is_on_leave: bool
    is_seen: bool = False


class Fault(StrEnum):
    """Why a whole dormitory's figures are not believed."""

    SILENT = "silent"
    TOO_MANY = "too_many"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a night's check has found: the missing, or a fault and nobody by name."""

    missing: tuple[str, ...] = ()
    fault: Fault | None = None
    absent: int = 0
    expected: int = 0


def check(house: House, boarders: Collection[Boarder], heard_at: int | None, due_at: int
          ) -> Finding:  # fmt: skip
    """Tell who is missing once the grace is over. `heard_at`: the last word of any door.

    Whoever a roll call has said to be absent is missing whatever the doors do; as for the others,
    a silent gateway or an empty house is a fault, not three hundred missing children.
    """
    expected = [one for one in boarders if not one.is_on_leave]
    absent = [one for one in expected if one.where is not Where.PRESENT]
    called = tuple(one.boarder_id for one in absent if one.is_seen)
    unseen = [one for one in absent if not one.is_seen]
    if not unseen:
        return Finding(called, absent=len(absent), expected=len(expected))
    if heard_at is None or due_at - heard_at > house.silent_after_h * 60 * MINUTE_MS:
        return Finding(called, Fault.SILENT, absent=len(absent), expected=len(expected))
    many = len(unseen) * 100 > house.most_absent_percent * len(expected)
    if many and len(unseen) >= house.least_absent:
        return Finding(called, Fault.TOO_MANY, absent=len(absent), expected=len(expected))
    return Finding(
        tuple(one.boarder_id for one in absent), absent=len(absent), expected=len(expected)
    )
