"""Results of background checks come in; one that needs action opens a case at the school."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from central.adapters.store import audit, backgrounds, incidents, tasks
from central.core.backgrounds import Check, CheckError, CheckOutcome
from central.core.kinds import HandKind
from central.core.people import Actor
from central.core.playbook import Playbook
from central.incidents.opening import Sighting, open_case
from central.incidents.taking import playbook_for
from contract.scenarios import Scenario, Severity


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a list."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    incidents: tuple[str, ...] = ()


def import_checks(
    connection: Connection,
    actor: Actor,
    checks: Sequence[Check],
    playbooks: tuple[Playbook, ...] | None,
    now_ms: int,
) -> Imported:
    """Keep a list, all of it or nothing; the same list again changes nothing.

    Raises:
        CheckError: a unit that is not there, or a school without a place for its case.
    """
    _must_have_places(connection, checks)
    counts = {"new": 0, "changed": 0, "unchanged": 0}
    opened = []
    for check in checks:
        state = _kept(connection, check, now_ms)
        counts[state] += 1
        if state != "unchanged" and check.outcome is CheckOutcome.NEEDS_ACTION:
            incident_id = _open(connection, check, playbooks, now_ms)
            backgrounds.opened(connection, check, incident_id)
            opened.append(incident_id)
    audit.append(connection, now_ms, actor.actor_id, "background.import", "background", counts)
    return Imported(**counts, incidents=tuple(opened))


def _kept(connection: Connection, check: Check, now_ms: int) -> str:
    before = backgrounds.found(connection, check.unit, check.person)
    said = check.model_dump(mode="json")
    if before is not None and all(
        before[name] == said[name] for name in ("category", "outcome", "checked_on")
    ):
        if before["employed_until"] != said["employed_until"]:
            backgrounds.put(connection, check, now_ms)
        return "unchanged"
    backgrounds.put(connection, check, now_ms)
    return "new" if before is None else "changed"


def _open(
    connection: Connection, check: Check, playbooks: tuple[Playbook, ...] | None, now_ms: int
) -> str:
    scenario, kind = Scenario.PERSON_OF_CONCERN, HandKind.BACKGROUND_FINDING
    site_id = _site_of(connection, check.unit)
    place = incidents.place(connection, site_id) if site_id else None
    if place is None:
        raise LookupError(check.unit)
    playbook = playbook_for(playbooks, scenario, kind)
    seen = Sighting(scenario, kind, Severity.WARNING, occurred_at=now_ms)
    return open_case(connection, place, playbook, seen, now_ms).incident.incident_id


def _site_of(connection: Connection, unit_code: str) -> str | None:
    return backgrounds.site_of_school(connection, unit_code, "gate", "dormitory", "venue", "water")


def _must_have_places(connection: Connection, checks: Sequence[Check]) -> None:
    units = sorted({check.unit for check in checks})
    unknown = [code for code in units if tasks.unit(connection, code) is None]
    if unknown:
        names = ", ".join(unknown)
        zh = f"没有这些学校：{names}"
        raise CheckError(zh, f"no such schools: {names}")
    bare = [code for code in units if _site_of(connection, code) is None]
    if bare:
        names = ", ".join(bare)
        zh = f"这些学校没有场所，无法立案：{names}；请管理员先在“系统管理 › 场所”登记校门"
        raise CheckError(
            zh, f"no place is registered for {names}: add its gate in Settings, Places"
        )
