"""Looks at a case are kept: who, when, at what."""

from collections.abc import Iterator
from contextlib import contextmanager
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
    parts = {name: read(connection, here.actor(), incident_id) for name, read in PARTS.items()}
    return row, parts | {"tasks": board.tasks(connection, here.actor(), [incident_id])}


def look(incident_id: str) -> tuple[dict[str, Any], dict[str, board.Rows]]:
    """Read an incident for somebody to look at; the look is kept, or not had."""
    with here.store().reading() as connection:
        row = board.incident(connection, here.actor(), incident_id, here.now_ms())
    if row is None:
        raise NotFound
    with kept(row["number"], "look", incident_id) as connection:
        return case(connection, incident_id)


@contextmanager
def kept(subject: str, action: str, incident_id: str) -> Iterator[Connection]:
    """Give a connection to look by: a look that begins is in the audit log in its transaction.

    A copied unit's first look is also its receipt.
    """
    who, now_ms, looks = here.actor(), here.now_ms(), here.desk().looks
    if not looks.is_new(who.actor_id, f"{action} {subject}", now_ms):
        with here.store().reading() as connection:
            yield connection
        return
    try:
        with here.store().transaction() as connection:
            board.mark_read(connection, incident_id, who, now_ms)
            detail = {"unusual": True} if incident_id in who.grants else {}
            audit.append(connection, now_ms, who.actor_id, action, subject, detail)
            yield connection
    except BaseException:
        looks.forget(who.actor_id, f"{action} {subject}")
        raise


@contextmanager
def listed(subject: str) -> Iterator[Connection]:
    """Give a connection to read a list by that holds what people wrote: the look is kept."""
    who, now_ms, looks = here.actor(), here.now_ms(), here.desk().looks
    if not looks.is_new(who.actor_id, f"look {subject}", now_ms):
        with here.store().reading() as connection:
            yield connection
        return
    try:
        with here.store().transaction() as connection:
            audit.append(connection, now_ms, who.actor_id, "look", subject, {})
            yield connection
    except BaseException:
        looks.forget(who.actor_id, f"look {subject}")
        raise
