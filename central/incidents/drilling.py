"""A drill of any scenario is started by a person: the loop is played, and marked everywhere."""

from sqlalchemy import Connection

from central.adapters.store import audit, incidents, timeline
from central.adapters.store.timeline import Entry
from central.core.drills import DrillTells
from central.core.kinds import AnyKind
from central.core.people import Actor
from central.core.playbook import Playbook
from central.core.refusals import NotAllowedError, UnknownSiteError
from central.incidents.opening import Sighting, open_case
from central.incidents.taking import playbook_for
from contract.scenarios import Scenario, Severity


def start_drill(  # noqa: PLR0913, PLR0917 - a drill is said in one sentence
    connection: Connection,
    actor: Actor,
    site_id: str,
    scenario: Scenario,
    kind: AnyKind,
    note: str,
    now_ms: int,
    *,
    tells: DrillTells = "nobody",
    waits: bool = False,
    playbooks: tuple[Playbook, ...] | None = None,
) -> str:
    """Open a case that is a drill, and give its id.

    Raises:
        UnknownSiteError, NotAllowedError: nothing was opened.
    """
    if not actor.is_district_wide:
        zh, en = "只有区级值班员和区管理员可以发起演练", "only the district's officers start drills"
        raise NotAllowedError(zh, en)
    place = incidents.place(connection, site_id)
    if place is None:
        zh, en = f"没有场所 {site_id!r}", f"there is no site {site_id!r}"
        raise UnknownSiteError(zh, en)
    playbook = playbook_for(playbooks, scenario, kind)
    seen = Sighting(
        scenario, kind, Severity.WARNING, occurred_at=now_ms,
        is_drill=True, drill_tells=tells, drill_waits=waits,
    )  # fmt: skip
    incident = open_case(connection, place, playbook, seen, now_ms).incident
    entry = Entry("reported", actor.actor_id, actor.name, note.strip() or "演练")
    timeline.tell(connection, incident.incident_id, now_ms, entry)
    detail = {"tells": tells, "waits": waits, "site": site_id}
    audit.append(connection, now_ms, actor.actor_id, "drill.start", incident.number, detail)
    return incident.incident_id
