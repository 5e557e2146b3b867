"""Who acts: a person with a role in a unit."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What one may do; the unit says where."""

    DUTY_OFFICER = "duty_officer"
    DISTRICT_ADMIN = "district_admin"
    WATER_WARDEN = "water_warden"
    SCHOOL_SAFETY_LEAD = "school_safety_lead"
    CLASS_TEACHER = "class_teacher"
    GUARD = "guard"
    STATION_OFFICER = "station_officer"
    UNIT_OFFICER = "unit_officer"
    PSYCHOLOGIST = "psychologist"
    AUDITOR = "auditor"
    DPO = "dpo"
    INSTALLER = "installer"


DISTRICT_WIDE = frozenset({Role.DUTY_OFFICER, Role.DISTRICT_ADMIN})
"""Roles that watch over the loop of every case but those about health."""

ON_THE_SPOT = frozenset(
    {
        Role.WATER_WARDEN,
        Role.SCHOOL_SAFETY_LEAD,
        Role.CLASS_TEACHER,
        Role.GUARD,
        Role.STATION_OFFICER,
        Role.UNIT_OFFICER,
        Role.PSYCHOLOGIST,
        *DISTRICT_WIDE,
    }
)
"""Roles that carry out a task of their own unit."""


REFERS = frozenset(
    {
        Role.CLASS_TEACHER,
        Role.SCHOOL_SAFETY_LEAD,
        Role.PSYCHOLOGIST,
        Role.STATION_OFFICER,
    }
)
"""Roles whose menu leads to mind care; who may do what there is `central.core.care`."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who looks or acts. `actor_id` is what timeline and audit keep: `account:wang`."""

    actor_id: str
    name: str
    role: Role
    unit_code: str
    grants: frozenset[str] = frozenset()
    """Incidents that unusual access has opened to them, at the time of asking."""

    @property
    def is_district_wide(self) -> bool:
        """Tell whether they are of the district's own office."""
        return self.role in DISTRICT_WIDE

    @property
    def is_on_the_spot(self) -> bool:
        """Tell whether they carry out tasks, and report what they see."""
        return self.role in ON_THE_SPOT

    @property
    def refers(self) -> bool:
        """Tell whether they make or read referrals of mind care."""
        return self.role in REFERS
