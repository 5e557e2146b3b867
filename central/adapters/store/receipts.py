"""What providers say later about letters that they had taken: states only move forward."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, delete, func, select, update

from central.adapters.store.schema.telling import RECEIPT_UNKNOWN
from central.adapters.store.tables import NOTIFICATION
from central.core.delivery import FORWARD, HAS_GONE_OUT, Failure, State, next_question_at

MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Word:
    """A provider's word on one letter: `failure` where it could not be delivered after all."""

    channel: str
    provider_id: str
    state: State
    answer: str
    at: int
    failure: Failure | None = None


class Moved(NamedTuple):
    """A letter that a receipt has moved on."""

    notification_id: str
    incident_id: str
    recipient: str
    channel: str
    state: State


def take(connection: Connection, word: Word) -> Moved | None:
    """Write a provider's word to its letter; None where it is old news or nobody's.

    A word on a letter that is not known is kept: it may be ours, and only not yet recorded.
    """
    row = _letter(connection, word)
    if row is None:
        connection.execute(RECEIPT_UNKNOWN.insert().values(
            channel=word.channel, provider_id=word.provider_id, state=word.state,
            failure=word.failure, answer=word.answer, at=word.at,
        ))  # fmt: skip
        return None
    before = State(row.state)
    if word.state not in FORWARD[before]:
        return None
    columns = NOTIFICATION.c
    values: dict[str, Any] = {"state": word.state, "answer": word.answer, "failure": word.failure}
    if word.state in {State.DELIVERED, State.READ}:
        values["delivered_at"] = func.coalesce(columns.delivered_at, word.at)
    if word.state is State.READ:
        values["read_at"] = word.at
    if word.state in {State.READ, State.FAILED}:
        values["receipt_at"] = None
    same = and_(columns.notification_id == row.notification_id, columns.state == before)
    if connection.execute(update(NOTIFICATION).where(same).values(values)).rowcount != 1:
        return None
    return Moved(row.notification_id, row.incident_id, row.recipient, row.channel, word.state)


def early(connection: Connection, channel: str, provider_id: str) -> list[Word]:
    """Give, and forget, what was said of a letter before we had recorded that it went out."""
    columns = RECEIPT_UNKNOWN.c
    same = and_(columns.channel == channel, columns.provider_id == provider_id)
    rows = connection.execute(select(RECEIPT_UNKNOWN).where(same).order_by(columns.id)).all()
    if rows:
        connection.execute(delete(RECEIPT_UNKNOWN).where(same))
    return [
        Word(row.channel, row.provider_id, State(row.state), row.answer, row.at,
             Failure(row.failure) if row.failure else None)
        for row in rows
    ]  # fmt: skip


def to_ask(
    connection: Connection, channels: Sequence[str], now_ms: int
) -> dict[str, dict[str, str]]:
    """Claim the letters to ask about now: by channel, names with addresses as they are kept.

    Each is asked about again later.
    """
    columns = NOTIFICATION.c
    query = (
        select(
            columns.notification_id,
            columns.channel,
            columns.provider_id,
            columns.address,
            columns.sent_at,
        )
        .where(columns.receipt_at <= now_ms, columns.channel.in_(channels))
        .order_by(columns.receipt_at)
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    found: dict[str, dict[str, str]] = {}
    for row in connection.execute(query).all():
        found.setdefault(row.channel, {})[row.provider_id] = row.address
        again = next_question_at(row.sent_at, now_ms)
        chosen = columns.notification_id == row.notification_id
        connection.execute(update(NOTIFICATION).where(chosen).values(receipt_at=again))
    return found


def count_unknown(connection: Connection) -> dict[str, int]:
    """Count the words on letters that nobody knows, by channel."""
    query = select(RECEIPT_UNKNOWN.c.channel, func.count()).group_by(RECEIPT_UNKNOWN.c.channel)
    return {row[0]: int(row[1]) for row in connection.execute(query)}


def prune(connection: Connection, before_ms: int) -> int:
    """Delete old words on letters that nobody knows."""
    old = delete(RECEIPT_UNKNOWN).where(RECEIPT_UNKNOWN.c.at < before_ms)
    return connection.execute(old).rowcount


def _letter(connection: Connection, word: Word) -> Row[Any] | None:
    columns = NOTIFICATION.c
    query = (
        select(NOTIFICATION)
        .where(
            columns.channel == word.channel,
            columns.provider_id == word.provider_id,
            columns.state.in_(sorted({*HAS_GONE_OUT, State.FAILED})),
        )
        .limit(1)
        .with_for_update()
    )
    return connection.execute(query).first()
