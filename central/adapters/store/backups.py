"""Backups as they went: begun, ended, why not."""

from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, text, update
from uuid_utils import uuid7

from central.adapters.store.schema.registry import BACKUP


def ask(connection: Connection, kind: str, by: str, now_ms: int) -> str:
    """Keep that somebody wants one; a worker takes it up."""
    return begin(connection, kind, "", by, now_ms)


def asked(connection: Connection) -> RowMapping | None:
    """Give the oldest that was asked for and nobody has taken up."""
    columns = BACKUP.c
    query = select(BACKUP).where(columns.place == "", columns.ended_at.is_(None))
    return connection.execute(query.order_by(columns.began_at).limit(1)).mappings().first()


def alone(connection: Connection) -> None:
    """Let only one worker at a time decide whether to begin one."""
    if connection.dialect.name == "postgresql":  # SQLite's writer is alone already
        connection.execute(text("SELECT pg_advisory_xact_lock(4808807)"))


def begin(
    connection: Connection, kind: str, place: str, by: str, now_ms: int, backup_id: str = ""
) -> str:
    """Keep that one has begun, or that what was asked for has; give its id."""
    if backup_id:
        mine = update(BACKUP).where(BACKUP.c.backup_id == backup_id)
        connection.execute(mine.values(place=place[:300], began_at=now_ms))
        return backup_id
    backup_id = str(uuid7())
    row = {"backup_id": backup_id, "kind": kind, "began_at": now_ms, "place": place[:300],
           "by": by}  # fmt: skip
    connection.execute(insert(BACKUP).values(**row))
    return backup_id


def end(connection: Connection, backup_id: str, now_ms: int, **values: Any) -> None:
    """Keep how it ended: `size_bytes` and `files`, or `trouble`."""
    mine = update(BACKUP).where(BACKUP.c.backup_id == backup_id)
    connection.execute(mine.values(ended_at=now_ms, **values))


def listed(connection: Connection, limit: int) -> list[RowMapping]:
    """List them, the newest first."""
    query = select(BACKUP).order_by(BACKUP.c.began_at.desc(), BACKUP.c.backup_id.desc())
    return list(connection.execute(query.limit(limit)).mappings())


def last_good(connection: Connection, kind: str) -> RowMapping | None:
    """Give the last one of a kind that ended well."""
    columns = BACKUP.c
    query = select(BACKUP).where(
        columns.kind == kind, columns.ended_at.is_not(None), columns.trouble.is_(None)
    )
    return connection.execute(query.order_by(columns.began_at.desc()).limit(1)).mappings().first()


def last_begun(connection: Connection, kind: str) -> int:
    """Tell when the last of a kind was begun, however it ended; 0: never."""
    query = select(BACKUP.c.began_at).where(BACKUP.c.kind == kind)
    newest = query.order_by(BACKUP.c.began_at.desc()).limit(1)
    return int(connection.execute(newest).scalar() or 0)
