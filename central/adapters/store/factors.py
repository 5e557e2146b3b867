"""What people have beside a password: an authenticator's secret, recovery codes, passkeys."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, select, update

from central.adapters.store.schema.identity import AUTHENTICATOR, PASSKEY, RECOVERY_CODE
from central.core.sign_in_policy import Factors


def of(connection: Connection, username: str) -> Factors:
    """Tell what a person has."""
    app = authenticator(connection, username)
    mine = select(func.count()).select_from(PASSKEY).where(PASSKEY.c.username == username)
    count = int(connection.execute(mine).scalar_one())
    return Factors(app is not None and app.confirmed_at is not None, count)


def of_all(connection: Connection) -> dict[str, Factors]:
    """Tell what everybody has who has anything."""
    confirmed = AUTHENTICATOR.c.confirmed_at.is_not(None)
    apps = set(connection.execute(select(AUTHENTICATOR.c.username).where(confirmed)).scalars())
    counted = select(PASSKEY.c.username, func.count()).group_by(PASSKEY.c.username)
    keys = {str(name): int(count) for name, count in connection.execute(counted)}
    return {name: Factors(name in apps, keys.get(name, 0)) for name in apps | keys.keys()}


def authenticator(connection: Connection, username: str) -> Row[Any] | None:
    """Read a person's authenticator, confirmed or not."""
    chosen = select(AUTHENTICATOR).where(AUTHENTICATOR.c.username == username)
    return connection.execute(chosen).one_or_none()


def offer(connection: Connection, username: str, sealed: bytes, now_ms: int) -> bool:
    """Keep a secret that is being set up; False where a confirmed one stands, which stays."""
    columns = AUTHENTICATOR.c
    mine = columns.username == username
    connection.execute(delete(AUTHENTICATOR).where(mine, columns.confirmed_at.is_(None)))
    if authenticator(connection, username) is not None:
        return False
    row = {"username": username, "secret": sealed, "created_at": now_ms, "last_step": 0}
    connection.execute(AUTHENTICATOR.insert().values(row))
    return True


def confirm(connection: Connection, username: str, step: int, now_ms: int) -> bool:
    """Keep that a first code was right; False where there was nothing to confirm."""
    columns = AUTHENTICATOR.c
    mine = and_(columns.username == username, columns.confirmed_at.is_(None))
    values = {"confirmed_at": now_ms, "last_step": step}
    return connection.execute(update(AUTHENTICATOR).where(mine).values(values)).rowcount == 1


def spend(connection: Connection, username: str, step: int) -> bool:
    """Take a time step's code; False where it, or a later one, was taken already."""
    columns = AUTHENTICATOR.c
    fresh = and_(
        columns.username == username, columns.confirmed_at.is_not(None), columns.last_step < step
    )
    return (
        connection.execute(update(AUTHENTICATOR).where(fresh).values(last_step=step)).rowcount == 1
    )


def remove_app(connection: Connection, username: str) -> bool:
    """Forget a person's authenticator."""
    mine = delete(AUTHENTICATOR).where(AUTHENTICATOR.c.username == username)
    return connection.execute(mine).rowcount > 0


def put_recovery(connection: Connection, username: str, hashes: Iterable[str], now_ms: int) -> None:
    """Keep new recovery codes in the place of all that were."""
    connection.execute(delete(RECOVERY_CODE).where(RECOVERY_CODE.c.username == username))
    rows = [{"code_hash": one, "username": username, "created_at": now_ms} for one in hashes]
    connection.execute(RECOVERY_CODE.insert(), rows)


def spend_recovery(connection: Connection, username: str, code_hash: str, now_ms: int) -> bool:
    """Take a recovery code; False where there is none such, or it was taken already."""
    columns = RECOVERY_CODE.c
    mine = and_(
        columns.code_hash == code_hash, columns.username == username, columns.used_at.is_(None)
    )
    return (
        connection.execute(update(RECOVERY_CODE).where(mine).values(used_at=now_ms)).rowcount == 1
    )


def count_recovery(connection: Connection, username: str) -> int:
    """Count the recovery codes that are left."""
    columns = RECOVERY_CODE.c
    mine = and_(columns.username == username, columns.used_at.is_(None))
    query = select(func.count()).select_from(RECOVERY_CODE).where(mine)
    return int(connection.execute(query).scalar_one())


def passkeys(connection: Connection, username: str) -> list[Row[Any]]:
    """List a person's passkeys, the oldest first."""
    chosen = select(PASSKEY).where(PASSKEY.c.username == username)
    return list(connection.execute(chosen.order_by(PASSKEY.c.created_at, PASSKEY.c.credential_id)))


def passkey(connection: Connection, credential_id: str) -> Row[Any] | None:
    """Find a passkey by its id."""
    chosen = select(PASSKEY).where(PASSKEY.c.credential_id == credential_id)
    return connection.execute(chosen).one_or_none()


def add_passkey(connection: Connection, row: dict[str, Any]) -> None:
    """Keep a new passkey."""
    connection.execute(PASSKEY.insert().values(row))


def use_passkey(connection: Connection, row: Row[Any], sign_count: int, now_ms: int) -> bool:
    """Keep a passkey's new count; False where somebody has used it in the meantime."""
    columns = PASSKEY.c
    same = and_(columns.credential_id == row.credential_id, columns.sign_count == row.sign_count)
    values = {"sign_count": sign_count, "used_at": now_ms}
    return connection.execute(update(PASSKEY).where(same).values(values)).rowcount == 1


def remove_passkey(connection: Connection, username: str, credential_id: str) -> bool:
    """Forget one of a person's own passkeys."""
    mine = and_(PASSKEY.c.username == username, PASSKEY.c.credential_id == credential_id)
    return connection.execute(delete(PASSKEY).where(mine)).rowcount > 0


def reset(connection: Connection, username: str) -> Factors:
    """Forget all that a person has beside a password, and tell what that was."""
    had = of(connection, username)
    for table in (AUTHENTICATOR, RECOVERY_CODE, PASSKEY):
        connection.execute(delete(table).where(table.c.username == username))
    return had
