"""The audit log searched by whom, what about, which action and when."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from central.adapters.store.tables import AUDIT, INCIDENT


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for; what is empty fits anything. Times in ms UTC, the end left out."""

    who: str = ""
    about: str = ""
    action: str = ""
    since: int | None = None
    until: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Give it for the audit log's own entry."""
        return asdict(self)


def search(
    connection: Connection, asked: Asked, before: int | None, limit: int
) -> list[dict[str, Any]]:
    """List the entries that fit, the newest first; `about` takes a case's number, too."""
    columns = AUDIT.c
    query = select(AUDIT).order_by(columns.id.desc()).limit(limit)
    if before is not None:
        query = query.where(columns.id < before)
    if asked.who:
        query = query.where(columns.actor.contains(asked.who, autoescape=True))
    if asked.about:
        query = query.where(_about(connection, asked.about))
    if asked.action:
        query = query.where(columns.action == asked.action)
    if asked.since is not None:
        query = query.where(columns.at >= asked.since)
    if asked.until is not None:
        query = query.where(columns.at < asked.until)
    return [dict(row) for row in connection.execute(query).mappings()]


def actions(connection: Connection) -> list[str]:
    """List the kinds of entries that there are, each found by the one before: few among many."""
    found: list[str] = []
    query = select(func.min(AUDIT.c.action))
    while (one := connection.execute(query).scalar()) is not None:
        found.append(str(one))
        query = select(func.min(AUDIT.c.action)).where(AUDIT.c.action > one)
    return found


def _about(connection: Connection, text: str) -> ColumnElement[bool]:
    contains = AUDIT.c.subject.contains(text, autoescape=True)
    by_number = select(INCIDENT.c.incident_id).where(INCIDENT.c.number == text)
    incident_id = connection.execute(by_number).scalar()
    if incident_id is None:
        return contains
    return or_(contains, AUDIT.c.subject.contains(str(incident_id), autoescape=True))
