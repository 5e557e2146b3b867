"""Who sends us hits by GA/T 1400, and which of them have been taken."""

from sqlalchemy import Connection, select, update

from central.adapters.store.incidents import upsert
from central.adapters.store.schema.dispositions import NOTIFIED, VIID_PEER
from central.adapters.store.tables import INCIDENT
from central.core.workflow import Status


def register(connection: Connection, device_id: str, now_ms: int) -> None:
    """Keep that a platform has registered."""
    values = {"registered_at": now_ms, "seen_at": now_ms, "is_registered": True}
    statement = upsert(connection)(VIID_PEER).values(device_id=device_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["device_id"], set_=values))


def seen(connection: Connection, device_id: str, now_ms: int) -> bool:
    """Keep that a platform is alive; False where it has not registered."""
    mine = update(VIID_PEER).where(
        VIID_PEER.c.device_id == device_id, VIID_PEER.c.is_registered.is_(True)
    )
    return connection.execute(mine.values(seen_at=now_ms)).rowcount == 1


def leave(connection: Connection, device_id: str) -> None:
    """Keep that a platform has signed off."""
    mine = update(VIID_PEER).where(VIID_PEER.c.device_id == device_id)
    connection.execute(mine.values(is_registered=False))


def taken(connection: Connection, notification_id: str) -> str | None:
    """Give the incident that a notification has become."""
    query = select(NOTIFIED.c.incident_id).where(NOTIFIED.c.notification_id == notification_id)
    found: str | None = connection.execute(query).scalar()
    return found


def keep(
    connection: Connection, notification_id: str, disposition_id: str, incident_id: str,
    now_ms: int,
) -> None:  # fmt: skip
    """Keep what a notification has become."""
    connection.execute(
        NOTIFIED.insert().values(
            notification_id=notification_id, disposition_id=disposition_id,
            incident_id=incident_id, received_at=now_ms,
        )
    )  # fmt: skip


def open_case(connection: Connection, disposition_id: str, site_id: str, since: int) -> str | None:
    """Give the case of a disposition at a place that is under way, and not older than `since`."""
    columns = INCIDENT.c
    query = (
        select(columns.incident_id)
        .where(
            columns.disposition_id == disposition_id,
            columns.site_id == site_id,
            columns.status != Status.CLOSED,
            columns.last_alert_at >= since,
        )
        .order_by(columns.opened_at.desc())
        .limit(1)
    )
    found: str | None = connection.execute(query).scalar()
    return found
