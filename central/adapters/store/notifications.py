"""Notifications: what is to be told to whom, and what became of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select, update
from uuid_utils import uuid7

from central.adapters.store.tables import NOTIFICATION
from central.core.delivery import CLAIM_S, FORWARD, HAS_GONE_OUT, WAITING, State
from central.ports import Letter

MOST_SPREAD = 50


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


@dataclass(frozen=True, slots=True)
class Claimed:
    """A notification that this worker tries now; `attempt` tells its try from later ones."""

    letter: Letter
    recipient: str
    channel: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody who has been told, and how."""

    audience: str
    recipient: str
    channel: str
    address: str


def put(connection: Connection, notifications: Iterable[Notification]) -> None:
    """Keep new notifications; those that wait are due at once."""
    rows = [
        {
            **{name: getattr(one, name) for name in Notification.__slots__},
            "next_try_at": one.created_at if one.state in WAITING else None,
        }
        for one in notifications
    ]
    if rows:
        connection.execute(NOTIFICATION.insert(), rows)


def count_due(connection: Connection, now_ms: int) -> int:
    """Count what is to be tried now."""
    query = select(func.count()).select_from(NOTIFICATION).where(_is_due(now_ms))
    return int(connection.execute(query).scalar_one())


def claim(connection: Connection, now_ms: int) -> Claimed | None:
    """Claim one that is due for `CLAIM_S`; what a dead worker had claimed comes due again."""
    columns = NOTIFICATION.c
    query = (
        select(NOTIFICATION)
        .where(_is_due(now_ms))
        .order_by(columns.next_try_at, columns.notification_id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    until = now_ms + CLAIM_S * 1000
    attempt = row.attempts + 1
    claimed = {"attempts": attempt, "claimed_until_at": until, "next_try_at": until}
    chosen = columns.notification_id == row.notification_id
    connection.execute(update(NOTIFICATION).where(chosen).values(state=State.SENDING, **claimed))
    letter = Letter(
        row.notification_id,
        row.incident_id,
        row.moment,
        row.address,
        row.subject,
        row.text,
        row.created_at,
    )
    return Claimed(letter, row.recipient, row.channel, attempt)


def _is_due(now_ms: int) -> ColumnElement[bool]:
    columns = NOTIFICATION.c
    return and_(columns.state.in_(sorted(WAITING)), columns.next_try_at <= now_ms)


def spread(
    connection: Connection, everyone: str, addresses: Mapping[str, Sequence[str]], now_ms: int
) -> None:
    """Put one notification for each address in the place of those to `everyone`.

    `addresses` are by channel; where there are none, nobody has asked to be told.
    """
    columns = NOTIFICATION.c
    query = (
        select(NOTIFICATION)
        .where(
            columns.address == everyone,
            columns.state == State.PENDING,
            columns.next_try_at <= now_ms,
        )
        .limit(MOST_SPREAD)
        .with_for_update(skip_locked=True)
    )
    for row in connection.execute(query).all():
        own = addresses.get(row.channel, ())
        put(connection, [_to_one(row, address) for address in own])
        said = ", ".join(own) or "没有配置接收方 / no receiver is configured"
        superseded = {"state": State.SUPERSEDED, "next_try_at": None, "answer": said}
        chosen = columns.notification_id == row.notification_id
        connection.execute(update(NOTIFICATION).where(chosen).values(superseded))


def _to_one(row: Row[Any], address: str) -> Notification:
    same = {name: getattr(row, name) for name in Notification.__slots__}
    own = {
        "notification_id": str(uuid7()),
        "recipient": f"{row.channel}:{address}",
        "address": address,
        "state": State.PENDING,
    }
    return Notification(**same | own)


def _still_mine(claimed: Claimed) -> ColumnElement[bool]:
    return and_(
        NOTIFICATION.c.notification_id == claimed.letter.letter_id,
        NOTIFICATION.c.attempts == claimed.attempt,
        NOTIFICATION.c.state == State.SENDING,
    )


def settle(connection: Connection, claimed: Claimed, state: State, answer: str, at_ms: int) -> bool:
    """Write how a try ended for good; False where another worker has taken it over meanwhile."""
    values = {
        "state": state,
        "answer": answer,
        "next_try_at": None,
        "claimed_until_at": None,
        "sent_at": at_ms if state in HAS_GONE_OUT else None,
    }
    query = update(NOTIFICATION).where(_still_mine(claimed)).values(values)
    return connection.execute(query).rowcount == 1


def try_again(connection: Connection, claimed: Claimed, answer: str, next_try_at: int) -> None:
    """Write why a try failed for now, and when the next one is due."""
    values = {"answer": answer, "next_try_at": next_try_at, "claimed_until_at": None}
    connection.execute(update(NOTIFICATION).where(_still_mine(claimed)).values(values))


def supersede(
    connection: Connection, incident_id: str, task_id: str | None, moments: Collection[str]
) -> None:
    """Call back what has not been tried yet and need no longer be said."""
    columns = NOTIFICATION.c
    before = sorted(state for state, to in FORWARD.items() if State.SUPERSEDED in to)
    idle = or_(columns.claimed_until_at.is_(None), columns.state == State.PENDING)
    query = update(NOTIFICATION).where(
        columns.incident_id == incident_id,
        columns.moment.in_(sorted(moments)),
        columns.state.in_(before),
        idle,
    )
    if task_id is not None:
        query = query.where(columns.task_id == task_id)
    connection.execute(query.values(state=State.SUPERSEDED, next_try_at=None))


def hand_over(connection: Connection, task_id: str, incident_id: str) -> None:
    """Let what is still to be said of a task be said of the case that has it now."""
    columns = NOTIFICATION.c
    waiting = and_(columns.task_id == task_id, columns.state.in_(sorted(WAITING)))
    connection.execute(update(NOTIFICATION).where(waiting).values(incident_id=incident_id))


def told(connection: Connection, incident_id: str) -> list[Told]:
    """List everybody who has been told of an incident, or is being told now, each once."""
    columns = NOTIFICATION.c
    query = (
        select(columns.audience, columns.recipient, columns.channel, columns.address)
        .where(
            columns.incident_id == incident_id,
            columns.state.in_(sorted({State.SENDING, *HAS_GONE_OUT})),
        )
        .distinct()
        .order_by(columns.recipient, columns.channel)
    )
    return [Told(*row) for row in connection.execute(query)]
