"""Which devices have not been heard of, since when, and for which of them a case is open."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, update

from central.adapters.store.incidents import upsert
from central.adapters.store.schema.fleet import DEVICE_SILENCE
from central.adapters.store.tables import DEVICE


@dataclass(frozen=True, slots=True)
class Heard:
    """A device in use, and when it was last heard of (ms UTC, by central's own clock)."""

    device_id: str
    site_id: str
    profile: str
    heard_at: int


def heard(connection: Connection) -> list[Heard]:
    """List the devices that were there once; a door's gateway has no heartbeat."""
    columns = DEVICE.c
    query = (
        select(columns.device_id, columns.site_id, columns.profile, columns.availability_at,
               columns.heartbeat_at)
        .where(columns.is_revoked.is_(False), columns.availability_at.is_not(None))
        .order_by(columns.device_id)
    )  # fmt: skip
    return [
        Heard(row.device_id, row.site_id, row.profile,
              max(row.availability_at, row.heartbeat_at or 0))
        for row in connection.execute(query)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Raised:
    """A silence that is known, since when, and the case that was opened for it."""

    incident_id: str | None
    raised_at: int


def raised(connection: Connection) -> dict[str, Raised]:
    """Give what is known of each device that is silent."""
    rows = connection.execute(select(DEVICE_SILENCE))
    return {row.device_id: Raised(row.incident_id, row.raised_at) for row in rows}


def claim(connection: Connection, device_id: str, heard_at: int, now_ms: int) -> bool:
    """Note that a device is silent; False where another worker has done so."""
    row = {"device_id": device_id, "heard_at": heard_at, "raised_at": now_ms}
    statement = upsert(connection)(DEVICE_SILENCE).values(row)
    kept = statement.on_conflict_do_nothing(index_elements=["device_id"])
    return connection.execute(kept.returning(DEVICE_SILENCE.c.device_id)).first() is not None


def put_case(connection: Connection, device_id: str, incident_id: str) -> None:
    """Note which case was opened for it."""
    chosen = DEVICE_SILENCE.c.device_id == device_id
    connection.execute(update(DEVICE_SILENCE).where(chosen).values(incident_id=incident_id))


def drop(connection: Connection, device_id: str) -> bool:
    """Note that it is heard again; False where another worker has done so."""
    chosen = DEVICE_SILENCE.c.device_id == device_id
    return bool(connection.execute(delete(DEVICE_SILENCE).where(chosen)).rowcount)
