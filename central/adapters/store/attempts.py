"""Sign-ins under way: bound to one browser by a secret, over with the first answer or in time."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, and_, delete, func, select

from central.adapters.store.schema.identity import ATTEMPT
from central.adapters.store.sign_ins import hash_of

LASTS_MS = 10 * 60 * 1000
MOST_FROM_ADDRESS = 200


@dataclass(frozen=True, slots=True)
class Attempt:
    """Something that waits for an answer: of which kind, whose if that is known, and what for."""

    kind: str
    username: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)


def start(connection: Connection, secret: str, attempt: Attempt, address: str, now_ms: int) -> bool:
    """Keep an attempt, and forget those that have run out; False where an address has too many."""
    columns = ATTEMPT.c
    connection.execute(delete(ATTEMPT).where(columns.expires_at <= now_ms))
    mine = select(func.count()).select_from(ATTEMPT).where(columns.address == address[:64])
    if int(connection.execute(mine).scalar_one()) >= MOST_FROM_ADDRESS:
        return False
    row = {"attempt_id": hash_of(secret), "kind": attempt.kind, "username": attempt.username,
           "detail": attempt.detail, "address": address[:64], "created_at": now_ms,
           "expires_at": now_ms + LASTS_MS}  # fmt: skip
    connection.execute(ATTEMPT.insert().values(row))
    return True


def find(connection: Connection, secret: str, kind: str, now_ms: int) -> Attempt | None:
    """Find an attempt of this kind that still waits."""
    columns = ATTEMPT.c
    mine = and_(columns.attempt_id == hash_of(secret), columns.kind == kind,
                columns.expires_at > now_ms)  # fmt: skip
    row = connection.execute(select(ATTEMPT).where(mine)).one_or_none()
    return Attempt(row.kind, row.username, row.detail) if row else None


def take(connection: Connection, secret: str, kind: str, now_ms: int) -> Attempt | None:
    """Find an attempt and end it: whoever comes second finds nothing."""
    found = find(connection, secret, kind, now_ms)
    if found is None:
        return None
    ended = delete(ATTEMPT).where(ATTEMPT.c.attempt_id == hash_of(secret))
    return found if connection.execute(ended).rowcount == 1 else None
