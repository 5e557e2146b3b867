"""Unusual access: a case outside one's reach, for a reason, with a second person, for a time."""

from central.core.access import HEALTH, STANDS
from central.core.people import Actor, Role
from contract.scenarios import Scenario

HOUR_MS = 3600 * 1000
USUAL_HOURS = 4
MOST_HOURS = 24
ASKED_FOR_MS = 24 * HOUR_MS
"""What nobody has decided by then lapses."""

LEAST_REASON, MOST_REASON = 10, 500

MAY_ASK = frozenset(role for role, standings in STANDS.items() if standings)
"""Whoever works on cases may need one of another's; who never sees one has no reason here."""

DECIDES = frozenset({Role.DISTRICT_ADMIN, Role.DPO})
DECIDES_ON_HEALTH = frozenset({Role.PSYCHOLOGIST, Role.DPO})
"""Of the office in `edu`; the data protection officer of any unit."""

SEES_ALL = frozenset({Role.DPO, Role.AUDITOR})


def may_decide(actor: Actor, asked_by: str, scenario: Scenario) -> bool:
    """Tell whether somebody is a fit second person: a person, another one, with the right role."""
    is_person = actor.actor_id.startswith("account:")
    if not is_person or actor.actor_id == asked_by:
        return False
    if scenario not in HEALTH:
        return actor.role in DECIDES
    return actor.role is Role.DPO or (actor.role in DECIDES_ON_HEALTH and actor.unit_code == "edu")


def may_read_reason(actor: Actor, asked_by: str, scenario: Scenario) -> bool:
    """Tell whether somebody may read why: it may name a child."""
    return actor.actor_id == asked_by or may_decide(actor, asked_by, scenario)


def may_end(actor: Actor, asked_by: str, scenario: Scenario) -> bool:
    """Tell whether somebody may end it before its time."""
    return may_read_reason(actor, asked_by, scenario)
