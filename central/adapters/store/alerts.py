"""What ingest asks of the kept alerts and their files."""

from collections.abc import Iterable

from sqlalchemy import Connection, insert, select, update

from central.adapters.store.tables import (
    ALERT,
    EVIDENCE,
    INCIDENT_EVIDENCE,
    TIMELINE,
)


def alert_id_of(connection: Connection, device_id: str, seq: int) -> str | None:
    """Give the alert that already has this number, if any."""
    found = select(ALERT.c.alert_id).where(ALERT.c.device_id == device_id, ALERT.c.seq == seq)
    return connection.execute(found).scalar()


def is_announced(connection: Connection, sha256: str, device_id: str) -> bool:
    """Tell whether an alert of this device has named the file."""
    found = select(EVIDENCE.c.sha256).where(
        EVIDENCE.c.sha256 == sha256, EVIDENCE.c.device_id == device_id
    )
    return connection.execute(found).first() is not None


def evidence_arrived(connection: Connection, sha256: str, device_id: str, at_ms: int) -> None:
    """Remember that a file is here, and tell the timeline of each incident it belongs to."""
    arrived = update(EVIDENCE).where(EVIDENCE.c.sha256 == sha256, EVIDENCE.c.received_at.is_(None))
    if connection.execute(arrived.values(received_at=at_ms)).rowcount == 0:
        return
    rows = [
        {
            "incident_id": incident_id,
            "at": at_ms,
            "event": "evidence",
            "actor": f"device:{device_id}",
            "note": "收到现场图片",
            "detail": {"sha256": sha256, "note_en": "picture received"},
        }
        for incident_id in _incidents_of(connection, sha256)
    ]
    if rows:
        connection.execute(insert(TIMELINE), rows)


def _incidents_of(connection: Connection, sha256: str) -> Iterable[str]:
    found = select(INCIDENT_EVIDENCE.c.incident_id).where(INCIDENT_EVIDENCE.c.sha256 == sha256)
    return connection.execute(found).scalars().all()
