"""Which people are signed in, by a cookie's secret. Only its hash is kept."""

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

from central.adapters.store.schema.identity import AUTHENTICATOR, PASSKEY
from central.adapters.store.tables import ACCOUNT, SIGN_IN, SIGN_IN_FAILURE
from central.core.people import Actor, Role


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at the door, known. `sign_in_id` is empty for a program with a token."""

    actor: Actor
    locale: str
    username: str = ""
    sign_in_id: str = ""
    seen_at: int = 0
    proved_at: int = 0
    """When this person last proved who they are, in this sign-in."""
    proved_twice_at: int = 0
    """When they last proved it by all that they have."""
    has_second: bool = False
    """Whether there is a second factor beside the password."""
    scopes: frozenset[str] = frozenset()
    """A program's own; people have none and need none."""


@dataclass(frozen=True, slots=True)
class From:
    """Where a sign-in comes from, and how it was proved, for its owner to recognise."""

    user_agent: str
    address: str
    how: str = "password"


def hash_of(secret: str) -> str:
    """Give the form in which a secret is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def account(connection: Connection, username: str) -> Row[Any] | None:
    """Read an active account."""
    chosen = select(ACCOUNT).where(ACCOUNT.c.username == username, ACCOUNT.c.is_active.is_(True))
    return connection.execute(chosen).one_or_none()


def start(
    connection: Connection, secret: str, username: str, now_ms: int, expires_at: int, origin: From
) -> None:
    """Keep a new sign-in, and forget the ones that have run out."""
    connection.execute(delete(SIGN_IN).where(SIGN_IN.c.expires_at <= now_ms))
    connection.execute(
        SIGN_IN.insert().values(
            sign_in_id=hash_of(secret),
            username=username,
            created_at=now_ms,
            seen_at=now_ms,
            expires_at=expires_at,
            user_agent=origin.user_agent[:200],
            address=origin.address[:64],
            how=origin.how,
            proved_at=now_ms,
            proved_twice_at=0 if origin.how == "password" else now_ms,
        )
    )


def find(connection: Connection, secret: str, now_ms: int) -> Visitor | None:
    """Tell whose cookie this is, unless it has run out or the account was closed."""
    return whose(connection, hash_of(secret), now_ms)


def whose(connection: Connection, sign_in_id: str, now_ms: int) -> Visitor | None:
    """Tell whose sign-in this is, unless it is over."""
    row = connection.execute(
        select(
            ACCOUNT,
            SIGN_IN.c.sign_in_id,
            SIGN_IN.c.seen_at,
            SIGN_IN.c.proved_at,
            SIGN_IN.c.proved_twice_at,
            _has_second().label("has_second"),
        )
        .join(SIGN_IN, SIGN_IN.c.username == ACCOUNT.c.username)
        .where(
            SIGN_IN.c.sign_in_id == sign_in_id,
            SIGN_IN.c.expires_at > now_ms,
            ACCOUNT.c.is_active.is_(True),
        )
    ).one_or_none()
    if row is None:
        return None
    return Visitor(
        person(row), row.locale, row.username, row.sign_in_id, row.seen_at,
        row.proved_at, row.proved_twice_at, bool(row.has_second),
    )  # fmt: skip


def running(connection: Connection) -> dict[str, int]:
    """Give until when each sign-in of an active account lasts, by its id."""
    query = (
        select(SIGN_IN.c.sign_in_id, SIGN_IN.c.expires_at)
        .join(ACCOUNT, ACCOUNT.c.username == SIGN_IN.c.username)
        .where(ACCOUNT.c.is_active.is_(True))
    )
    return {row.sign_in_id: row.expires_at for row in connection.execute(query)}


def seen(connection: Connection, sign_in_id: str, now_ms: int) -> None:
    """Note that a sign-in is in use."""
    connection.execute(
        update(SIGN_IN).where(SIGN_IN.c.sign_in_id == sign_in_id).values(seen_at=now_ms)
    )


def of_user(connection: Connection, username: str, now_ms: int) -> list[Row[Any]]:
    """List a person's sign-ins, the last used first."""
    chosen = select(SIGN_IN).where(SIGN_IN.c.username == username, SIGN_IN.c.expires_at > now_ms)
    return list(connection.execute(chosen.order_by(SIGN_IN.c.seen_at.desc())))


def end(connection: Connection, username: str, sign_in_id: str) -> bool:
    """End one of a person's own sign-ins."""
    mine = and_(SIGN_IN.c.sign_in_id == sign_in_id, SIGN_IN.c.username == username)
    return connection.execute(delete(SIGN_IN).where(mine)).rowcount > 0


def end_all(connection: Connection, username: str, but: str = "") -> int:
    """End all of a person's sign-ins, but the one that is named; give how many that were."""
    others = and_(SIGN_IN.c.username == username, SIGN_IN.c.sign_in_id != but)
    return connection.execute(delete(SIGN_IN).where(others)).rowcount


def prove(connection: Connection, sign_in_id: str, now_ms: int, *, twice: bool = False) -> None:
    """Note that a person has proved anew who they are; `twice`: by all that they have."""
    values = {"proved_at": now_ms} | ({"proved_twice_at": now_ms} if twice else {})
    connection.execute(update(SIGN_IN).where(SIGN_IN.c.sign_in_id == sign_in_id).values(values))


def set_password(connection: Connection, username: str, password_hash: str) -> bool:
    """Keep a new password's hash; False where there is no such account."""
    changed = update(ACCOUNT).where(ACCOUNT.c.username == username)
    return connection.execute(changed.values(password_hash=password_hash)).rowcount > 0


def set_locale(connection: Connection, username: str, locale: str) -> None:
    """Keep the language that a person wants."""
    connection.execute(update(ACCOUNT).where(ACCOUNT.c.username == username).values(locale=locale))


def fail(connection: Connection, username: str, address: str, now_ms: int) -> None:
    """Count a try that was wrong, or that has yet to turn out right."""
    row = {"username": username[:64], "address": address[:64], "at": now_ms}
    connection.execute(SIGN_IN_FAILURE.insert().values(row))


def failures(connection: Connection, username: str, address: str, since: int) -> tuple[int, int]:
    """Count wrong tries since a time: for this name from this address, and from the address."""
    columns = SIGN_IN_FAILURE.c
    here = and_(columns.address == address[:64], columns.at > since)
    query = select(func.count()).select_from(SIGN_IN_FAILURE).where(here)
    named = connection.execute(query.where(columns.username == username[:64])).scalar_one()
    return int(named), int(connection.execute(query).scalar_one())


def failures_of(connection: Connection, username: str, since: int) -> int:
    """Count wrong tries for a name since a time, wherever they came from."""
    columns = SIGN_IN_FAILURE.c
    mine = and_(columns.username == username[:64], columns.at > since)
    query = select(func.count()).select_from(SIGN_IN_FAILURE).where(mine)
    return int(connection.execute(query).scalar_one())


def forgive(
    connection: Connection, username: str, address: str, before: int, *, everywhere: bool = False
) -> None:
    """Forget the failures of a name that has now signed in, and all that are old."""
    columns = SIGN_IN_FAILURE.c
    mine = columns.username == username[:64]
    if not everywhere:
        mine = and_(mine, columns.address == address[:64])
    connection.execute(delete(SIGN_IN_FAILURE).where(or_(mine, columns.at <= before)))


def _has_second() -> ColumnElement[bool]:
    app = exists().where(
        AUTHENTICATOR.c.username == ACCOUNT.c.username, AUTHENTICATOR.c.confirmed_at.is_not(None)
    )
    return or_(app, exists().where(PASSKEY.c.username == ACCOUNT.c.username))


def person(row: Row[Any]) -> Actor:
    """Give who an account's row stands for."""
    return Actor(f"account:{row.username}", row.name, Role(row.role), row.unit_code)
