"""Who is signed in: people by a cookie's secret, programs by a token. Only hashes are kept."""

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, or_, select, update

from central.adapters.store.tables import ACCOUNT, API_TOKEN, SIGN_IN, SIGN_IN_FAILURE
from central.core.people import Actor, Role


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at the door, known. `sign_in_id` is empty for a program with a token."""

    actor: Actor
    locale: str
    username: str = ""
    sign_in_id: str = ""
    seen_at: int = 0


@dataclass(frozen=True, slots=True)
class From:
    """Where a sign-in comes from, for its owner to recognise."""

    user_agent: str
    address: str


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
        )
    )


def find(connection: Connection, secret: str, now_ms: int) -> Visitor | None:
    """Tell whose cookie this is, unless it has run out or the account was closed."""
    return whose(connection, hash_of(secret), now_ms)


def whose(connection: Connection, sign_in_id: str, now_ms: int) -> Visitor | None:
    """Tell whose sign-in this is, unless it is over."""
    row = connection.execute(
        select(ACCOUNT, SIGN_IN.c.sign_in_id, SIGN_IN.c.seen_at)
        .join(SIGN_IN, SIGN_IN.c.username == ACCOUNT.c.username)
        .where(
            SIGN_IN.c.sign_in_id == sign_in_id,
            SIGN_IN.c.expires_at > now_ms,
            ACCOUNT.c.is_active.is_(True),
        )
    ).one_or_none()
    if row is None:
        return None
    return Visitor(_person(row), row.locale, row.username, row.sign_in_id, row.seen_at)


def find_token(connection: Connection, token: str, now_ms: int) -> Visitor | None:
    """Tell which program this is, unless its token has run out or was revoked."""
    columns = API_TOKEN.c
    row = connection.execute(
        select(API_TOKEN).where(
            columns.token_hash == hash_of(token),
            columns.is_revoked.is_(False),
            or_(columns.expires_at.is_(None), columns.expires_at > now_ms),
        )
    ).one_or_none()
    if row is None:
        return None
    actor = Actor(f"token:{row.name}", row.name, Role(row.role), row.unit_code)
    return Visitor(actor, "zh_Hans_CN")


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


def set_locale(connection: Connection, username: str, locale: str) -> None:
    """Keep the language that a person wants."""
    connection.execute(update(ACCOUNT).where(ACCOUNT.c.username == username).values(locale=locale))


def fail(connection: Connection, username: str, address: str, now_ms: int) -> None:
    """Count a wrong password."""
    row = {"username": username[:64], "address": address[:64], "at": now_ms}
    connection.execute(SIGN_IN_FAILURE.insert().values(row))


def failures(connection: Connection, username: str, address: str, since: int) -> tuple[int, int]:
    """Count wrong passwords since a time: for this name from this address, and from the address."""
    columns = SIGN_IN_FAILURE.c
    here = and_(columns.address == address[:64], columns.at > since)
    query = select(func.count()).select_from(SIGN_IN_FAILURE).where(here)
    named = connection.execute(query.where(columns.username == username[:64])).scalar_one()
    return int(named), int(connection.execute(query).scalar_one())


def forgive(connection: Connection, username: str, address: str, before: int) -> None:
    """Forget the failures of a name that has now signed in, and all that are old."""
    columns = SIGN_IN_FAILURE.c
    mine = and_(columns.username == username[:64], columns.address == address[:64])
    connection.execute(delete(SIGN_IN_FAILURE).where(or_(mine, columns.at <= before)))


def _person(row: Row[Any]) -> Actor:
    return Actor(f"account:{row.username}", row.name, Role(row.role), row.unit_code)
