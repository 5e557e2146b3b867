"""The story of an incident: who did what, when, and what central said and why."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, select

from central.adapters.store.tables import INCIDENT, TIMELINE
from central.core.report_back import Report
from central.core.workflow import Status, Step
from contract.scenarios import Severity

CENTRAL = "central"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the story. `event` is a step, or a word of what happened."""

    event: str
    actor: str = CENTRAL
    actor_name: str = ""
    note: str = ""
    task_id: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)


def tell(connection: Connection, incident_id: str, at_ms: int, entry: Entry) -> None:
    """Add a line; lines are never changed or taken away."""
    connection.execute(
        TIMELINE.insert().values(
            incident_id=incident_id,
            task_id=entry.task_id,
            at=at_ms,
            event=entry.event,
            actor=entry.actor,
            actor_name=entry.actor_name,
            note=entry.note,
            detail=entry.detail,
        )
    )


def newest(connection: Connection) -> int:
    """Give the id of the newest line."""
    return int(connection.execute(select(func.max(TIMELINE.c.id))).scalar() or 0)


def incidents_after(connection: Connection, line_id: int) -> dict[int, str]:
    """Give the lines after one: which incident each belongs to, and nothing of what it says."""
    chosen = select(TIMELINE.c.id, TIMELINE.c.incident_id).where(TIMELINE.c.id > line_id)
    return {int(row.id): row.incident_id for row in connection.execute(chosen)}


def calling(connection: Connection, incident_ids: Collection[str]) -> set[str]:
    """Give those of the cases that are critical and not taken up; nothing else of them."""
    columns = INCIDENT.c
    query = select(columns.incident_id).where(
        columns.incident_id.in_(incident_ids),
        columns.severity == Severity.CRITICAL,
        columns.status.in_([Status.OPEN, Status.DISPATCHED]),
        columns.is_drill.is_(False),
    )
    return set(connection.execute(query).scalars())


@dataclass(frozen=True, slots=True)
class LastReport:
    """What was last reported back on a task, and by whom."""

    actor: str
    report: Report


def last_report(connection: Connection, task_id: str) -> LastReport | None:
    """Read what was last reported back on a task."""
    columns = TIMELINE.c
    query = (
        select(columns.actor, columns.detail)
        .where(columns.task_id == task_id, columns.event == Step.REPORT_BACK)
        .order_by(columns.id.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    return LastReport(row.actor, Report.model_validate(row.detail.get("report", {})))


def spoken(event: str, note_zh: str, note_en: str, **detail: Any) -> Entry:
    """Give a line in central's own words, in both languages."""
    return Entry(event=event, note=note_zh, detail={"note_en": note_en, **detail})
