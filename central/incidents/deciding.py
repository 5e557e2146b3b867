"""The district looks at a held report: it is taken up as if it had just come, or declined."""

from typing import Any

from sqlalchemy import RowMapping

from central.adapters.store import audit, incidents, reports, timeline
from central.adapters.store.incidents import Incident
from central.adapters.store.timeline import Entry
from central.core.kinds import HandKind
from central.core.people import Actor
from central.core.refusals import MissingNoteError, NotAllowedError, UnknownReportError
from central.incidents.hearing import Desk, Said
from contract.scenarios import Scenario


def decide(desk: Desk, actor: Actor, report_id: str, *, is_taken: bool, why: str) -> str:
    """Take a held report up or decline it, and give the incident that it is part of then.

    A report already decided stays as it is.

    Raises:
        NotAllowedError, UnknownReportError, MissingNoteError: nothing was changed.
    """
    must_be_of_the_district(actor)
    incidents.queue_up(desk.connection)
    row = found(desk, report_id)
    if row["state"] != "held":
        return str(row["incident_id"])
    why = why.strip()
    if not is_taken and not why:
        zh, en = "不予受理时请填写原因", "to decline it, please say why"
        raise MissingNoteError(zh, en)
    decided: dict[str, Any] = {"decided_at": desk.now_ms, "decided_by": actor.actor_id}
    if is_taken:
        decided |= {"state": "taken", "incident_id": _taken_up(desk, row).incident_id}
    else:
        decided |= {"state": "declined", "why": why[:200]}
    reports.change(desk.connection, report_id, **decided)
    words = "已受理，按预案派发" if is_taken else f"不予受理：{why}"
    entry = Entry("decided", actor.actor_id, actor.name, words, detail={"unit": actor.unit_code})
    timeline.tell(desk.connection, row["incident_id"], desk.now_ms, entry)
    action = "report.take" if is_taken else "report.decline"
    audit.append(desk.connection, desk.now_ms, actor.actor_id, action, report_id)
    return str(decided.get("incident_id", row["incident_id"]))


def found(desk: Desk, report_id: str) -> RowMapping:
    """Find a report and hold it, or refuse."""
    row = reports.hold(desk.connection, report_id)
    if row is None or row["source"] != "public":
        zh, en = "没有这份上报", "there is no such report"
        raise UnknownReportError(zh, en)
    return row


def must_be_of_the_district(actor: Actor) -> None:
    """Refuse whoever is not of the district's own office."""
    if not actor.is_district_wide:
        zh, en = "只有区级值班员可以核实公众上报", "only the district's officers see to these"
        raise NotAllowedError(zh, en)


def _taken_up(desk: Desk, row: RowMapping) -> Incident:
    place, scenario = desk.place(row["site_id"]), Scenario(row["scenario"])
    kind = HandKind(row["kind"])
    near = desk.near(scenario, kind, place.site_id)
    incident = near or desk.opened(place, scenario, kind)
    files = reports.files(desk.connection, list(row["photos"]))
    photos = tuple((str(file["sha256"]), int(file["size_bytes"])) for file in files)
    said = Said(row["words"], photos, 0, row["lat"], row["lon"])
    desk.tell(incident, said, "joined" if near else "taken", place)
    return incident
