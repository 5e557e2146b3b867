"""What the audit log holds of one case: who looked and acted, each entry with its seal."""

from typing import Any

from sqlalchemy import Connection, select

from central.adapters.store.reach import may_know
from central.adapters.store.tables import AUDIT, INCIDENT, INCIDENT_EVIDENCE
from central.core.people import Actor

MOST = 500
LOOKS = frozenset({"look", "look.evidence", "look.file"})
"""Actions that changed nothing: somebody saw something."""


def of_case(connection: Connection, actor: Actor, incident_id: str) -> list[dict[str, Any]]:
    """List the entries about a case that somebody may know of, the newest first."""
    known = select(INCIDENT.c.number).where(INCIDENT.c.incident_id == incident_id, may_know(actor))
    number = connection.execute(known).scalar()
    if number is None:
        return []
    files = select(INCIDENT_EVIDENCE.c.sha256).where(INCIDENT_EVIDENCE.c.incident_id == incident_id)
    of_files = [f"{incident_id}/{one[:12]}" for one in connection.execute(files).scalars()]
    query = select(AUDIT).where(AUDIT.c.subject.in_([number, *of_files]))
    rows = connection.execute(query.order_by(AUDIT.c.id.desc()).limit(MOST)).mappings()
    return [dict(row) for row in rows]
