"""Who may do what at the enrolment desk: a school its own, the district all, others look."""

from central.core.people import Actor, Role

_ANY = frozenset({Role.DISTRICT_ADMIN})
_OWN = frozenset({Role.SCHOOL_SAFETY_LEAD})
_LOOKS = frozenset({Role.DPO, Role.AUDITOR})


def sees_desk(actor: Actor) -> bool:
    """Tell whether somebody sees the enrolment desk at all."""
    return actor.role in _LOOKS or imports(actor)


def imports(actor: Actor) -> bool:
    """Tell whether somebody brings rosters in."""
    return actor.role in _ANY or is_school(actor)


def is_school(actor: Actor) -> bool:
    """Tell whether somebody keeps one school's pupils."""
    return actor.role in _OWN and actor.unit_code.startswith("school:")


def own_school(actor: Actor) -> str | None:
    """Give the one school whose rows somebody may bring; None: any."""
    return None if actor.role in _ANY else actor.unit_code


def may_see_of(actor: Actor, unit_code: str | None) -> bool:
    """Tell whether somebody may see what concerns one school, or all of them (None)."""
    if is_school(actor):
        return actor.unit_code == unit_code
    return sees_desk(actor)
