"""Each try of a letter; the providers' rates are counted here, so that all workers share them."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, and_, delete, func, select, update

from central.adapters.store.schema.telling import DELIVERY
from central.core.delivery import OF_THE_CHANNEL, Failure
from central.core.quotas import Window, windows
from central.ports import Limits

HOUR_MS = 3600 * 1000
FULL = 1 << 62
"""There is no room for so many, whenever."""


def begin(connection: Connection, row: dict[str, object]) -> None:
    """Keep that a letter is being handed over."""
    connection.execute(DELIVERY.insert().values(row))


def end(
    connection: Connection,
    notification_id: str,
    attempt: int,
    ended_at: int,
    failure: Failure | None = None,
    again_at: int | None = None,
) -> None:
    """Keep how a try ended; one that never ends was broken off with its worker."""
    columns = DELIVERY.c
    mine = and_(columns.notification_id == notification_id, columns.attempt == attempt)
    values = {"ended_at": ended_at, "failure": failure, "again_at": again_at}
    connection.execute(update(DELIVERY).where(mine).values(values))


def free_at(
    connection: Connection, channel: str, limits: Limits, *, is_life_safety: bool, spare: int = 0
) -> int:
    """Tell when the channel's provider takes another letter, after `spare` more; 0: now."""
    bounds = windows(limits.per_minute, limits.per_hour, limits.per_day)
    return _free_at(connection, bounds, DELIVERY.c.channel == channel, is_life_safety, spare)


def address_free_at(
    connection: Connection,
    channel: str,
    address: str,
    limits: Limits,
    *,
    is_life_safety: bool,
    spare: int = 0,
) -> int:
    """Tell when the provider takes another letter to this address; 0: now."""
    bounds = windows(
        limits.per_address_per_minute, limits.per_address_per_hour, limits.per_address_per_day
    )
    here = and_(DELIVERY.c.channel == channel, DELIVERY.c.address == address)
    return _free_at(connection, bounds, here, is_life_safety, spare)


def paused_until(connection: Connection, channel: str, now_ms: int) -> int:
    """Give until when the provider has asked for a pause; 0: it has not."""
    columns = DELIVERY.c
    query = select(func.max(columns.again_at)).where(
        columns.channel == channel,
        columns.at > now_ms - HOUR_MS,
        columns.failure == Failure.RATE_LIMITED,
    )
    until = int(connection.execute(query).scalar() or 0)
    return until if until > now_ms else 0


def troubles(connection: Connection, since: int) -> dict[str, Failure]:
    """Give the channels that are not working, each with its trouble: their last try failed so."""
    columns = DELIVERY.c
    last = (
        select(func.max(columns.id))
        .where(columns.at >= since, columns.ended_at.is_not(None))
        .group_by(columns.channel)
    )
    query = select(columns.channel, columns.failure).where(
        columns.id.in_(last), columns.failure.in_(sorted(OF_THE_CHANNEL))
    )
    found = connection.execute(query.order_by(columns.channel))
    return {row.channel: Failure(row.failure) for row in found}


def prune(connection: Connection, before_ms: int) -> int:
    """Delete tries that no rate is counted by any more."""
    return connection.execute(delete(DELIVERY).where(DELIVERY.c.at < before_ms)).rowcount


def _free_at(
    connection: Connection,
    bounds: Iterable[Window],
    where: ColumnElement[bool],
    is_life_safety: bool,
    spare: int,
) -> int:
    found = 0
    for window in bounds:
        allowed = window.allowed(is_life_safety=is_life_safety) - spare
        if allowed < 1:
            return FULL
        query = select(DELIVERY.c.at).where(where).order_by(DELIVERY.c.at.desc())
        oldest = connection.execute(query.offset(allowed - 1).limit(1)).scalar()
        found = max(found, window.free_at(oldest))
    return found
