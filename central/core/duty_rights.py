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


def leads_of(unit_code: str) -> tuple[Role, ...]:
    """Give the roles that answer for a unit."""
    return LEADS.get(unit_code.partition(":")[0], (Role.UNIT_OFFICER,))
