"""Families that are asked for their consent, each by a code that only their paper shows."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, insert, update

from central.adapters.store.schema.registry import CONSENT_ASK
from central.adapters.store.sign_ins import hash_of

DAY_MS = 24 * 3600 * 1000
GOOD_FOR_MS = 21 * DAY_MS
MOST_TRIES = 5


def put(connection: Connection, tokens: Iterable[tuple[str, str]], by: str, now_ms: int) -> None:
    """Ask families: `tokens` are pairs of a pupil and the code on its paper. Older papers end."""
    pairs = list(tokens)
    old = delete(CONSENT_ASK).where(CONSENT_ASK.c.pupil_id.in_([pupil for pupil, _t in pairs]))
    connection.execute(old)
    rows = [
        {"token_hash": hash_of(token), "pupil_id": pupil_id, "created_at": now_ms,
         "created_by": by, "expires_at": now_ms + GOOD_FOR_MS, "tries": 0}
        for pupil_id, token in pairs
    ]  # fmt: skip
    if rows:
        connection.execute(insert(CONSENT_ASK), rows)


def found(connection: Connection, token: str, now_ms: int) -> Row[Any] | None:
    """Give what a code asks, unless it is over, answered, or was tried too often."""
    columns = CONSENT_ASK.c
    query = CONSENT_ASK.select().where(
        columns.token_hash == hash_of(token), columns.expires_at > now_ms,
        columns.answered_at.is_(None), columns.tries < MOST_TRIES,
    )  # fmt: skip
    return connection.execute(query).one_or_none()


def tried(connection: Connection, token: str) -> None:
    """Count a try that was wrong."""
    mine = update(CONSENT_ASK).where(CONSENT_ASK.c.token_hash == hash_of(token))
    connection.execute(mine.values(tries=CONSENT_ASK.c.tries + 1))


def answered(connection: Connection, token: str, now_ms: int) -> bool:
    """Say that a family has answered; False where it had before."""
    columns = CONSENT_ASK.c
    mine = and_(columns.token_hash == hash_of(token), columns.answered_at.is_(None))
    done = connection.execute(update(CONSENT_ASK).where(mine).values(answered_at=now_ms))
    return done.rowcount == 1
