"""The letters of one occasion: what else told the same person the same thing."""

from typing import Any

from sqlalchemy import Connection, Row, select

from central.adapters.store.tables import NOTIFICATION
from central.core.letters import Moment


def read(connection: Connection, notification_id: str) -> Row[Any]:
    """Read a notification."""
    chosen = NOTIFICATION.c.notification_id == notification_id
    return connection.execute(select(NOTIFICATION).where(chosen)).one()


def same_words(connection: Connection, row: Row[Any]) -> list[Row[Any]]:
    """List the other letters of a person's on the same occasion, with their carriers' state."""
    columns, carrier = NOTIFICATION.c, NOTIFICATION.alias("carrier")
    query = (
        select(columns.channel, columns.state, carrier.c.state.label("carrier_state"))
        .outerjoin(carrier, carrier.c.notification_id == columns.bundle_id)
        .where(
            columns.round_id == row.round_id,
            columns.recipient == row.recipient,
            columns.moment == row.moment,
            columns.task_id.is_not_distinct_from(row.task_id),
            columns.notification_id != row.notification_id,
        )
    )
    return list(connection.execute(query))


def officers_know(connection: Connection, incident_id: str, who: str) -> bool:
    """Tell whether the district has been told that somebody is not reached."""
    columns = NOTIFICATION.c
    query = select(columns.notification_id).where(
        columns.incident_id == incident_id,
        columns.moment == Moment.UNREACHABLE,
        columns.data.contains(who, autoescape=True),
    )
    return connection.execute(query.limit(1)).first() is not None
