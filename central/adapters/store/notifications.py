"""Notifications: what is to be told to whom. `sending` says what becomes of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, func, or_, select, text, update
from uuid_utils import uuid7

from central.adapters.store.tables import NOTIFICATION
from central.core.delivery import FORWARD, HAS_GONE_OUT, WAITING, State

MOST_SPREAD = 50
BELL = "huxiao_letters"
"""What PostgreSQL is listened to by for new letters."""


@dataclass(frozen=True, slots=True)
class Notification:
    """One message to one recipient by one channel."""

    notification_id: str
    incident_id: str
    task_id: str | None
    audience: str
    moment: str
    recipient: str
    channel: str
    address: str
    subject: str
    text: str
    state: State
    created_at: int
    answer: str = ""
    failure: str | None = None
    data: str = "{}"
    serial: int = 1
    is_life_safety: bool = False
    round_id: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody who has been told, and how."""

    audience: str
    recipient: str
    channel: str
    address: str


def put(connection: Connection, notifications: Iterable[Notification]) -> None:
    """Keep new notifications; those that wait are due at once, and whoever sends is woken."""
    rows = [
        {
            **{name: getattr(one, name) for name in Notification.__slots__},
            "next_try_at": one.created_at if one.state in WAITING else None,
        }
        for one in notifications
    ]
    if rows:
        connection.execute(NOTIFICATION.insert(), rows)
        if connection.dialect.name == "postgresql":  # SQLite's file says by itself that it changed
            connection.execute(text(f"NOTIFY {BELL}"))


def serials(connection: Connection, incident_id: str) -> dict[tuple[str, str], int]:
    """Count the letters of an incident so far, by channel and address."""
    columns = NOTIFICATION.c
    query = (
        select(columns.channel, columns.address, func.max(columns.serial))
        .where(columns.incident_id == incident_id)
        .group_by(columns.channel, columns.address)
    )
    return {(row[0], row[1]): int(row[2]) for row in connection.execute(query)}


def has_unspread(connection: Connection, everyone: str, now_ms: int) -> bool:
    """Tell whether anything waits to be written to each address of its channel."""
    query = select(NOTIFICATION.c.notification_id).where(_is_for_all(everyone, now_ms))
    return connection.execute(query.limit(1)).first() is not None


def _is_for_all(everyone: str, now_ms: int) -> Any:
    columns = NOTIFICATION.c
    return and_(
        columns.state == State.PENDING,
        columns.next_try_at <= now_ms,
        columns.address == everyone,
    )


def spread(
    connection: Connection, everyone: str, addresses: Mapping[str, Sequence[str]], now_ms: int
) -> int:
    """Put one notification for each address in the place of those to `everyone`; give how many.

    `addresses` are by channel; where there are none, nobody has asked to be told.
    """
    columns = NOTIFICATION.c
    query = (
        select(NOTIFICATION)
        .where(_is_for_all(everyone, now_ms))
        .limit(MOST_SPREAD)
        .with_for_update(skip_locked=True)
    )
    rows = connection.execute(query).all()
    for row in rows:
        own = addresses.get(row.channel, ())
        put(connection, [_to_one(row, address) for address in own])
        said = ", ".join(own) or "没有配置接收方 / no receiver is configured"
        superseded = {"state": State.SUPERSEDED, "next_try_at": None, "answer": said}
        chosen = columns.notification_id == row.notification_id
        connection.execute(update(NOTIFICATION).where(chosen).values(superseded))
    return len(rows)


def _to_one(row: Row[Any], address: str) -> Notification:
    same = {name: getattr(row, name) for name in Notification.__slots__}
    own = {
        "notification_id": str(uuid7()),
        "recipient": f"{row.channel}:{address}",
        "address": address,
        "state": State.PENDING,
    }
    return Notification(**same | own)


def supersede(
    connection: Connection, incident_id: str, task_id: str | None, moments: Collection[str]
) -> None:
    """Call back what has not been tried yet and need no longer be said."""
    columns = NOTIFICATION.c
    before = sorted(state for state, to in FORWARD.items() if State.SUPERSEDED in to)
    idle = or_(columns.claimed_until_at.is_(None), columns.state == State.PENDING)
    carried = NOTIFICATION.alias("carried")
    carries = exists().where(carried.c.bundle_id == columns.notification_id)
    query = update(NOTIFICATION).where(
        columns.incident_id == incident_id,
        columns.moment.in_(sorted(moments)),
        columns.state.in_(before),
        idle,
        ~carries,  # others go out within it
    )
    if task_id is not None:
        query = query.where(columns.task_id == task_id)
    connection.execute(query.values(state=State.SUPERSEDED, next_try_at=None))


def hand_over(connection: Connection, task_id: str, incident_id: str) -> None:
    """Let what is still to be said of a task be said of the case that has it now."""
    columns = NOTIFICATION.c
    waiting = and_(columns.task_id == task_id, columns.state.in_(sorted(WAITING)))
    connection.execute(update(NOTIFICATION).where(waiting).values(incident_id=incident_id))


def call_back(connection: Connection, incident_id: str, recipients: Collection[str]) -> None:
    """Call back what has not gone out to some recipients, whatever it was about."""
    columns = NOTIFICATION.c
    idle = or_(columns.claimed_until_at.is_(None), columns.state == State.PENDING)
    query = update(NOTIFICATION).where(
        columns.incident_id == incident_id,
        columns.recipient.in_(sorted(recipients)),
        columns.state.in_(sorted(WAITING)),
        idle,
    )
    connection.execute(query.values(state=State.SUPERSEDED, next_try_at=None))


def told(connection: Connection, incident_id: str) -> list[Told]:
    """List everybody who has been told of an incident, or is being told now, each once.

    Whoever was told within another letter has been told where that one has gone out.
    """
    columns, carrier = NOTIFICATION.c, NOTIFICATION.alias("carrier")
    gone_out = sorted({State.SENDING, *HAS_GONE_OUT})
    query = (
        select(columns.audience, columns.recipient, columns.channel, columns.address)
        .outerjoin(carrier, carrier.c.notification_id == columns.bundle_id)
        .where(
            columns.incident_id == incident_id,
            or_(columns.state.in_(gone_out), carrier.c.state.in_(gone_out)),
        )
        .distinct()
        .order_by(columns.recipient, columns.channel)
    )
    return [Told(*row) for row in connection.execute(query)]
