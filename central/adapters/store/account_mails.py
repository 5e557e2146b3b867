"""Mails about an account itself, to its owner; and the browsers that the owner is used to."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, select, update
from uuid_utils import uuid7

from central.adapters.store.schema.identity import ACCOUNT_MAIL, BROWSER
from central.adapters.store.tables import ACCOUNT

CLAIM_MS = 120_000
PAUSES_MS = (30_000, 120_000, 600_000, 3_600_000)


@dataclass(frozen=True, slots=True)
class Mail:
    """What an account's owner is to know."""

    username: str
    subject: str
    text: str


def put(connection: Connection, mail: Mail, now_ms: int) -> bool:
    """Keep a mail to be sent; False where the person has no address."""
    chosen = select(ACCOUNT.c.email).where(ACCOUNT.c.username == mail.username)
    address = connection.execute(chosen).scalar()
    if not address:
        return False
    row = {"mail_id": str(uuid7()), "username": mail.username, "address": address,
           "subject": mail.subject, "text": mail.text, "created_at": now_ms,
           "next_try_at": now_ms}  # fmt: skip
    connection.execute(ACCOUNT_MAIL.insert().values(row))
    return True


def claim(connection: Connection, now_ms: int) -> Row[Any] | None:
    """Claim one that is due; what a worker that died had claimed comes due again."""
    columns = ACCOUNT_MAIL.c
    due = select(ACCOUNT_MAIL).where(columns.next_try_at <= now_ms)
    first = due.order_by(columns.next_try_at).limit(1).with_for_update(skip_locked=True)
    row = connection.execute(first).one_or_none()
    if row is not None:
        _write(connection, row, {"attempts": row.attempts + 1, "next_try_at": now_ms + CLAIM_MS})
    return row


def settle(connection: Connection, row: Row[Any], answer: str, again_at: int | None) -> None:
    """Write how a try ended; `again_at` None: it is sent, or given up."""
    _write(connection, row, {"answer": answer[:500], "next_try_at": again_at})


def next_try_at(attempts: int, now_ms: int) -> int | None:
    """Tell when to try again after so many tries; None: no more."""
    return now_ms + PAUSES_MS[attempts] if attempts < len(PAUSES_MS) else None


def knows(connection: Connection, username: str, browser_id: str, now_ms: int) -> bool:
    """Tell whether a person has signed in with this browser before; from now on, yes."""
    columns = BROWSER.c
    mine = and_(columns.username == username, columns.browser_id == browser_id)
    if connection.execute(update(BROWSER).where(mine).values(last_at=now_ms)).rowcount:
        return True
    row = {"username": username, "browser_id": browser_id, "first_at": now_ms, "last_at": now_ms}
    connection.execute(BROWSER.insert().values(row))
    return False


def _write(connection: Connection, row: Row[Any], values: dict[str, Any]) -> None:
    mine = ACCOUNT_MAIL.c.mail_id == row.mail_id
    connection.execute(update(ACCOUNT_MAIL).where(mine).values(values))
