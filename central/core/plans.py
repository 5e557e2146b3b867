"""一校一策: each school's own plan against congestion, in measures that can be checked."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from central.core.naming import Words
from central.core.people import Actor, Role


class Measure(StrEnum):
    """What a plan can be made of."""

    STAGGERED = "staggered"
    PARKING = "parking"
    CROSSING = "crossing"
    WARDENS = "wardens"
    ROUTES = "routes"
    OTHER = "other"


MEASURES: dict[Measure, Words] = {
    Measure.STAGGERED: ("错时上放学", "staggered hours"),
    Measure.PARKING: ("临时停车场", "parking for a time"),
    Measure.CROSSING: ("路口改造", "the crossing rebuilt"),
    Measure.WARDENS: ("保安及警力劝导", "guards and police on the spot"),
    Measure.ROUTES: ("分流路线", "separate ways"),
    Measure.OTHER: ("其他", "other"),
}


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PlannedMeasure(_Strict):
    """One measure: what, how, who sees to it."""

    measure: Measure
    how: Annotated[str, Field(min_length=2, max_length=500)]
    who: Annotated[str, Field(min_length=1, max_length=100)]


class Plan(_Strict):
    """A version of a school's plan."""

    problem: Annotated[str, Field(min_length=4, max_length=1000)]
    measures: Annotated[tuple[PlannedMeasure, ...], Field(min_length=1, max_length=12)]


WRITES = frozenset({Role.SCHOOL_SAFETY_LEAD, Role.STATION_OFFICER})


def may_write(actor: Actor, unit_code: str, stations: frozenset[str]) -> bool:
    """Tell whether somebody may write a plan: the school, its station, police, the district."""
    if actor.is_district_wide:
        return True
    if actor.role is Role.UNIT_OFFICER:
        return actor.unit_code == "police"
    return actor.role in WRITES and actor.unit_code in {unit_code, *stations}
