"""Who did or saw what, when: a chain in which each entry seals the one before it."""

import hashlib
import json
from typing import Any

from sqlalchemy import Connection, insert, select, text

from central.adapters.store.tables import AUDIT

FIRST = "0" * 64


def append(
    connection: Connection,
    at_ms: int,
    actor: str,
    action: str,
    subject: str,
    detail: dict[str, Any] | None = None,
) -> None:
    """Add an entry in the caller's transaction, so that nothing is done without it."""
    if connection.dialect.name == "postgresql":  # SQLite's writer is alone already
        connection.execute(text("SELECT pg_advisory_xact_lock(4808801)"))
    last = select(AUDIT.c.hash).order_by(AUDIT.c.id.desc()).limit(1)
    previous = connection.execute(last).scalar() or FIRST
    entry = {"at": at_ms, "actor": actor, "action": action, "subject": subject,
             "detail": detail or {}}  # fmt: skip
    connection.execute(
        insert(AUDIT).values(**entry, previous_hash=previous, hash=_seal(previous, entry))
    )


def verify(connection: Connection) -> int | None:
    """Give the id of the first entry that does not fit the chain; None when all do."""
    previous = FIRST
    for row in connection.execute(select(AUDIT).order_by(AUDIT.c.id)).mappings():
        entry = {name: row[name] for name in ("at", "actor", "action", "subject", "detail")}
        if row["previous_hash"] != previous or row["hash"] != _seal(previous, entry):
            return int(row["id"])
        previous = row["hash"]
    return None


def seal_of(connection: Connection, entry_id: int) -> str | None:
    """Give the seal that an entry bears."""
    return connection.execute(select(AUDIT.c.hash).where(AUDIT.c.id == entry_id)).scalar()


def _seal(previous: str, entry: dict[str, Any]) -> str:
    text_of = json.dumps(entry, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{text_of}".encode()).hexdigest()
