"""Letters that are due: claimed by one worker at a time, and what became of each try.

Life safety goes first, the newest first; then the rest as they came. What a provider's rate or
the quiet hours do not let out yet is held, with the reason on its row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, select, text, update

from central.adapters.store import bundles, deliveries
from central.adapters.store.tables import NOTIFICATION
from central.core.delivery import CLAIM_S, WAITING, Failure, Hold, State
from central.core.quiet_hours import DEPARTMENT, NO_DEPARTMENT
from central.ports import Letter, Limits

MOST_HELD_IN_A_ROW = 500
EVERYONE = "*"
"""The address of what goes to all addresses of its channel."""


class Lane(NamedTuple):
    """Letters that are due by one channel, of life safety or not."""

    channel: str
    is_life_safety: bool
    waiting: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What binds a channel now: its provider's limits; whom it leaves alone, and until when."""

    limits: Limits = field(default_factory=Limits)
    quiet: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A letter that this worker tries now; `attempt` tells its try from later ones.

    `carried` are the ids of the letters that go out within it; `broken_off` counts the tries of
    which nobody knows how they ended.
    """

    letter: Letter
    recipient: str
    channel: str
    attempt: int
    carried: tuple[str, ...] = ()
    broken_off: int = 0


def lanes(connection: Connection, now_ms: int) -> list[Lane]:
    """Count what is to be tried now, by channel, life safety first."""
    columns = NOTIFICATION.c
    query = (
        select(columns.channel, columns.is_life_safety, func.count())
        .where(_is_due(now_ms))
        .group_by(columns.channel, columns.is_life_safety)
        .order_by(columns.is_life_safety.desc(), columns.channel)
    )
    return [Lane(row[0], bool(row[1]), int(row[2])) for row in connection.execute(query)]


def waiting(connection: Connection) -> dict[str, int]:
    """Count the letters that have not gone out yet, by channel."""
    columns = NOTIFICATION.c
    query = select(columns.channel, func.count()).where(columns.state.in_(sorted(WAITING)))
    return {row[0]: int(row[1]) for row in connection.execute(query.group_by(columns.channel))}


def oldest_of_life_safety(connection: Connection) -> int | None:
    """Give when the oldest letter of life safety was written that has not gone out yet."""
    columns = NOTIFICATION.c
    query = select(func.min(columns.created_at)).where(
        columns.state.in_(sorted(WAITING)), columns.is_life_safety
    )
    found = connection.execute(query).scalar()
    return None if found is None else int(found)


def claim(
    connection: Connection,
    channel: str,
    now_ms: int,
    terms: Terms | None = None,
    *,
    only_life_safety: bool = False,
) -> Claimed | None:
    """Claim the next letter of a channel for `CLAIM_S`; None: nothing may go out now.

    What a dead worker had claimed comes due again, under the same id.
    """
    terms = terms or Terms()
    is_bound = terms.limits != Limits()
    if is_bound:
        _one_at_a_time(connection, channel)
    _leave_alone(connection, channel, terms.quiet, now_ms)
    _pause(connection, channel, now_ms)
    for _ in range(MOST_HELD_IN_A_ROW):
        row = _next(connection, channel, now_ms, only_life_safety=only_life_safety)
        if row is None:
            return None
        if not is_bound or _has_room(connection, row, terms.limits, now_ms):
            return _take(connection, row, terms.limits, now_ms)
    return None


def renew(connection: Connection, held: Sequence[Claimed], now_ms: int) -> None:
    """Keep what this process has claimed from being taken over while it works on it."""
    until = now_ms + CLAIM_S * 1000
    for claimed in held:
        query = update(NOTIFICATION).where(still_mine(claimed))
        connection.execute(query.values(claimed_until_at=until, next_try_at=until))


def still_mine(claimed: Claimed) -> ColumnElement[bool]:
    """Tell whether a try is still the newest of its letter, and under way."""
    return and_(
        NOTIFICATION.c.notification_id == claimed.letter.letter_id,
        NOTIFICATION.c.attempts == claimed.attempt,
        NOTIFICATION.c.state == State.SENDING,
    )


def settle(
    connection: Connection, claimed: Claimed, at_ms: int, state: State, **values: Any
) -> bool:
    """Write how a letter ended; False where another worker has taken it over meanwhile."""
    ended = {"next_try_at": None, "claimed_until_at": None, "held_for": None}
    query = update(NOTIFICATION).where(still_mine(claimed))
    if connection.execute(query.values(**ended, **values, state=state)).rowcount != 1:
        return False
    failure = values.get("failure")
    deliveries.end(connection, claimed.letter.letter_id, claimed.attempt, at_ms, failure)
    return True


def try_again(  # noqa: PLR0913 - what went wrong, and when next
    connection: Connection,
    claimed: Claimed,
    at_ms: int,
    answer: str,
    failure: Failure,
    next_try_at: int,
    *,
    may_have_arrived: bool = False,
) -> None:
    """Write why a try failed for now, and when the next one is due."""
    is_over_rate = failure is Failure.RATE_LIMITED
    values = {
        "answer": answer,
        "failure": failure,
        "next_try_at": next_try_at,
        "claimed_until_at": None,
        "held_for": Hold.QUOTA if is_over_rate else None,
        "broken_off": NOTIFICATION.c.broken_off + int(may_have_arrived),
    }
    query = update(NOTIFICATION).where(still_mine(claimed)).values(values)
    if connection.execute(query).rowcount == 1:
        again_at = next_try_at if is_over_rate else None
        deliveries.end(
            connection, claimed.letter.letter_id, claimed.attempt, at_ms, failure, again_at
        )


def _is_due(now_ms: int) -> ColumnElement[bool]:
    columns = NOTIFICATION.c
    return and_(
        columns.state.in_(sorted(WAITING)),
        columns.next_try_at <= now_ms,
        columns.address != EVERYONE,  # first written to each
    )


def _one_at_a_time(connection: Connection, channel: str) -> None:
    """Let one worker at a time count a channel's room; SQLite's writer is alone already."""
    if connection.dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(4808803, hashtext(:channel))")
        connection.execute(lock, {"channel": channel})


def _next(
    connection: Connection, channel: str, now_ms: int, *, only_life_safety: bool
) -> Row[Any] | None:
    columns = NOTIFICATION.c
    newest_first = case((columns.is_life_safety, -columns.created_at), else_=columns.created_at)
    query = (
        select(NOTIFICATION)
        .where(_is_due(now_ms), columns.channel == channel)
        .order_by(columns.is_life_safety.desc(), newest_first, columns.notification_id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if only_life_safety:
        query = query.where(columns.is_life_safety)
    return connection.execute(query).one_or_none()


def _hold(
    connection: Connection, where: ColumnElement[bool], until: int, why: Hold, now_ms: int
) -> None:
    """Let letters wait; those in somebody's hands just now are left to them."""
    columns = NOTIFICATION.c
    chosen = select(columns.notification_id).where(_is_due(now_ms), where)
    locked = chosen.with_for_update(skip_locked=True)
    query = update(NOTIFICATION).where(columns.notification_id.in_(locked))
    connection.execute(query.values(next_try_at=until, held_for=why))


def _leave_alone(
    connection: Connection, channel: str, quiet: Mapping[str, int], now_ms: int
) -> None:
    columns = NOTIFICATION.c
    for group, until in quiet.items():
        is_other = columns.audience.not_in(sorted(NO_DEPARTMENT))
        who = is_other if group == DEPARTMENT else columns.audience == group
        where = and_(columns.channel == channel, ~columns.is_life_safety, who)
        _hold(connection, where, until, Hold.QUIET_HOURS, now_ms)


def _pause(connection: Connection, channel: str, now_ms: int) -> None:
    """Keep the pause that the provider asked for; a first call for help is tried all the same."""
    columns = NOTIFICATION.c
    until = deliveries.paused_until(connection, channel, now_ms)
    if until:
        first_call = and_(columns.is_life_safety, columns.attempts == 0)
        where = and_(columns.channel == channel, ~first_call)
        _hold(connection, where, until, Hold.QUOTA, now_ms)


def _has_room(connection: Connection, row: Row[Any], limits: Limits, now_ms: int) -> bool:
    """Tell whether a letter may go now; else hold it, and all that wait for the same room."""
    columns, is_life_safety = NOTIFICATION.c, bool(row.is_life_safety)
    alike = [columns.channel == row.channel]
    if is_life_safety is False:
        alike.append(~columns.is_life_safety)
    until = deliveries.free_at(connection, row.channel, limits, is_life_safety=is_life_safety)
    if until <= now_ms:
        alike.append(columns.address == row.address)
        until = deliveries.address_free_at(
            connection, row.channel, row.address, limits, is_life_safety=is_life_safety
        )
    if until <= now_ms:
        return True
    _hold(connection, and_(*alike), until, Hold.QUOTA, now_ms)
    return False


def _take(connection: Connection, row: Row[Any], limits: Limits, now_ms: int) -> Claimed:
    until, attempt = now_ms + CLAIM_S * 1000, row.attempts + 1
    broken_off = row.broken_off + (row.claimed_until_at is not None)
    values = {
        "state": State.SENDING,
        "attempts": attempt,
        "claimed_until_at": until,
        "next_try_at": until,
        "held_for": None,
        "broken_off": broken_off,
    }
    chosen = NOTIFICATION.c.notification_id == row.notification_id
    connection.execute(update(NOTIFICATION).where(chosen).values(values))
    bundle = bundles.gather(connection, row, limits, now_ms)
    deliveries.begin(
        connection,
        {
            "notification_id": row.notification_id,
            "channel": row.channel,
            "address": row.address,
            "attempt": attempt,
            "is_life_safety": row.is_life_safety,
            "at": now_ms,
        },
    )
    letter = Letter(
        row.notification_id,
        row.incident_id,
        row.moment,
        row.address,
        row.subject,
        bundle.text,
        row.created_at,
        bundle.data,
        row.serial,
        is_life_safety=bool(row.is_life_safety),
    )
    return Claimed(letter, row.recipient, row.channel, attempt, bundle.carried, broken_off)
