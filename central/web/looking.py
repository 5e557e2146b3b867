"""Looks at a case are kept: who, when, at what."""

from typing import Any

from sqlalchemy import Connection
from werkzeug.exceptions import NotFound

from central.adapters.store import audit, board
from central.web import here

PARTS = {
    "alerts": board.alerts,
    "copies": board.copies,
    "timeline": board.timeline,
    "evidence": board.evidence,
}


def case(connection: Connection, incident_id: str) -> tuple[dict[str, Any], dict[str, board.Rows]]:
    """Read an incident and its parts for whoever asks; 404 when it is not theirs to see."""
    row = board.incident(connection, here.actor(), incident_id, here.now_ms())
    if row is None:
        raise NotFound
    parts = {name: read(connection, incident_id) for name, read in PARTS.items()}
    return row, parts | {"tasks": board.tasks(connection, [incident_id])}


def look(incident_id: str) -> tuple[dict[str, Any], dict[str, board.Rows]]:
    """Read an incident for somebody to look at: the look is kept first, and shows."""
    with here.store().reading() as connection:
        row = board.incident(connection, here.actor(), incident_id, here.now_ms())
    if row is None:
        raise NotFound
    note(row["number"], "look", incident_id)
    with here.store().reading() as connection:
        return case(connection, incident_id)


def note(subject: str, action: str, incident_id: str) -> None:
    """Keep a look in the audit log, and a copied unit's first look as its receipt."""
    who, now_ms = here.actor(), here.now_ms()
    if not here.desk().looks.is_new(who.actor_id, f"{action} {subject}", now_ms):
        return
    with here.store().transaction() as connection:
        board.mark_read(connection, incident_id, who, now_ms)
        audit.append(connection, now_ms, who.actor_id, action, subject)
