"""How the channels did lately."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from central.adapters.store.tables import NOTIFICATION
from central.core.delivery import Failure


@dataclass(frozen=True, slots=True)
class Lately:
    """Letters of a channel by state, and the newest trouble that it has had."""

    by_state: Mapping[str, int] = field(default_factory=dict)
    failure: Failure | None = None
    answer: str = ""
    at: int = 0


def lately(connection: Connection, since_ms: int) -> dict[str, Lately]:
    """Give, by channel, what became of the letters since then."""
    columns = NOTIFICATION.c
    counted = (
        select(columns.channel, columns.state, func.count())
        .where(columns.created_at >= since_ms)
        .group_by(columns.channel, columns.state)
    )
    by_state: dict[str, dict[str, int]] = {}
    for channel, state, count in connection.execute(counted):
        by_state.setdefault(channel, {})[state] = int(count)
    return {
        channel: _with_trouble(connection, channel, since_ms, states)
        for channel, states in by_state.items()
    }


def _with_trouble(
    connection: Connection, channel: str, since_ms: int, states: Mapping[str, int]
) -> Lately:
    columns = NOTIFICATION.c
    query = (
        select(columns.failure, columns.answer, columns.created_at)
        .where(
            columns.channel == channel,
            columns.created_at >= since_ms,
            columns.failure.is_not(None),
        )
        .order_by(columns.created_at.desc(), columns.notification_id.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return Lately(states)
    return Lately(states, Failure(row.failure), row.answer or "", row.created_at)
