"""What goes out within another letter: chosen when that one is claimed, the same at each try."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, func, or_, select, update

from central.adapters.store import deliveries
from central.adapters.store.tables import NOTIFICATION
from central.core.bundles import MOST_LINES, carrying, carrying_data, fitting
from central.core.delivery import Hold, State
from central.ports import Limits


class Bundle(NamedTuple):
    """The words and facts of a letter with all that it carries."""

    text: str
    data: str
    carried: tuple[str, ...] = ()


def gather(connection: Connection, row: Row[Any], limits: Limits, now_ms: int) -> Bundle:
    """Give what a letter carries: at its first try all that would have to wait behind it.

    Words for machines are facts: nothing is put among them.
    """
    carried = _carried(connection, row.notification_id) if row.attempts else ()
    is_for_people = row.text != row.data
    if not carried and row.attempts == 0 and limits != Limits() and is_for_people:
        carried = _waiting(connection, row, limits, now_ms)
        _bundle(connection, row.notification_id, carried)
    facts = [one.data for one in carried]
    ids = tuple(one.notification_id for one in carried)
    data = carrying_data(row.data, facts, is_list=limits.takes_lists)
    return Bundle(carrying(row.text, facts), data, ids)


def carried_by(connection: Connection, notification_id: str) -> list[Row[Any]]:
    """List the letters that go out within one."""
    return list(_carried(connection, notification_id))


def _carried(connection: Connection, notification_id: str) -> Sequence[Row[Any]]:
    columns = NOTIFICATION.c
    query = select(NOTIFICATION).where(columns.bundle_id == notification_id)
    return connection.execute(query.order_by(columns.created_at, columns.notification_id)).all()


def _waiting(
    connection: Connection, row: Row[Any], limits: Limits, now_ms: int
) -> Sequence[Row[Any]]:
    """Choose what else waits for the same address, where there is no room for all of it."""
    columns = NOTIFICATION.c
    query = (
        select(NOTIFICATION)
        .where(
            columns.channel == row.channel,
            columns.address == row.address,
            columns.state == State.PENDING,
            columns.notification_id != row.notification_id,
            or_(columns.next_try_at <= now_ms, columns.held_for == Hold.QUOTA),
        )
        .order_by(columns.is_life_safety.desc(), columns.created_at, columns.notification_id)
        .limit(MOST_LINES)
        .with_for_update(skip_locked=True)
    )
    others = connection.execute(query).all()
    if not others or not _is_crowded(connection, row, others, limits, now_ms):
        return ()
    facts = [one.data for one in others]
    count = fitting(row.text, facts, limits.most_bytes) if limits.takes_lists else len(facts)
    chosen = others[:count]
    return sorted(chosen, key=lambda one: (one.created_at, one.notification_id))


def _is_crowded(
    connection: Connection, row: Row[Any], others: Sequence[Row[Any]], limits: Limits, now_ms: int
) -> bool:
    if any(one.held_for == Hold.QUOTA for one in (row, *others)):
        return True
    life, columns = bool(others[0].is_life_safety), NOTIFICATION.c
    everybody = select(func.count()).where(
        columns.channel == row.channel,
        columns.state == State.PENDING,
        columns.next_try_at <= now_ms,
    )
    spare = int(connection.execute(everybody).scalar_one())
    channel_at = deliveries.free_at(
        connection, row.channel, limits, is_life_safety=life, spare=spare
    )
    address_at = deliveries.address_free_at(
        connection, row.channel, row.address, limits, is_life_safety=life, spare=len(others)
    )
    return max(channel_at, address_at) > now_ms


def _bundle(connection: Connection, carrier: str, carried: Sequence[Row[Any]]) -> None:
    ids = [one.notification_id for one in carried]
    if ids:
        values = {"state": State.BUNDLED, "bundle_id": carrier, "next_try_at": None}
        chosen = and_(NOTIFICATION.c.notification_id.in_(ids), NOTIFICATION.c.bundle_id.is_(None))
        connection.execute(update(NOTIFICATION).where(chosen).values(**values, held_for=None))
