"""Who may read and who may write a unit's roster, and whom a gap is told to: tables."""

from collections.abc import Mapping

from central.core.people import DISTRICT_WIDE, ON_THE_SPOT, Actor, Role

MAY_WRITE: frozenset[Role] = frozenset(
    {Role.SCHOOL_SAFETY_LEAD, Role.STATION_OFFICER, Role.UNIT_OFFICER}
)
"""Roles that keep their own unit's roster; the district's officers keep any."""

LEADS: Mapping[str, tuple[Role, ...]] = {
    "school": (Role.SCHOOL_SAFETY_LEAD,),
    "station": (Role.STATION_OFFICER,),
    "town": (Role.UNIT_OFFICER, Role.WATER_WARDEN),
    "edu": (Role.DUTY_OFFICER,),
}
"""Who answers for a unit, by its kind; of any other department, its officers."""


def may_read(actor: Actor, unit_code: str) -> bool:
    """Tell whether a unit's roster is this person's to read."""
    own = actor.unit_code == unit_code and actor.role in ON_THE_SPOT
    return actor.role in DISTRICT_WIDE or own


def may_write(actor: Actor, unit_code: str) -> bool:
    """Tell whether a unit's roster is this person's to keep."""
    own = actor.unit_code == unit_code and actor.role in MAY_WRITE
    return actor.role in DISTRICT_WIDE or own


def hears_of(actor: Actor) -> frozenset[Role]:
    """Give the roles whose hand-overs somebody reads without taking part: they may name a child.

    The district's officers, and of their own unit those who keep its roster; what a psychologist
    hands over, and what those of the district do, is for the two of them and their own office.
    """
    if actor.role in DISTRICT_WIDE:
        return ON_THE_SPOT - {Role.PSYCHOLOGIST}
    if actor.role in MAY_WRITE:
        return ON_THE_SPOT - DISTRICT_WIDE - {Role.PSYCHOLOGIST}
    return frozenset()


def leads_of(unit_code: str) -> tuple[Role, ...]:
    """Give the roles that answer for a unit."""
    return LEADS.get(unit_code.partition(":")[0], (Role.UNIT_OFFICER,))
