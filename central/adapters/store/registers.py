"""The registers: cameras with their signs, filings, of how many persons face data are kept."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, func, insert, select, update

from central.adapters.store.incidents import upsert
from central.adapters.store.schema.pupils import PUPIL_ENTRY
from central.adapters.store.schema.registry import CAMERA, FILING, HOLDING
from central.adapters.store.tables import DEVICE, ENROLMENT, SITE


def cameras(connection: Connection) -> list[RowMapping]:
    """List cameras with their places, those in use first."""
    query = select(CAMERA, SITE.c.name_zh.label("site_zh"), SITE.c.name_en.label("site_en")).join(
        SITE, SITE.c.site_id == CAMERA.c.site_id
    )
    ordered = query.order_by(CAMERA.c.removed_at.is_not(None), CAMERA.c.site_id, CAMERA.c.lens)
    return list(connection.execute(ordered).mappings())


def camera(connection: Connection, camera_key: str) -> RowMapping | None:
    """Give one camera."""
    query = select(CAMERA).where(CAMERA.c.camera_key == camera_key)
    return connection.execute(query).mappings().first()


def put_camera(connection: Connection, row: Mapping[str, Any]) -> None:
    """Register a camera."""
    connection.execute(insert(CAMERA).values(**row))


def remove_camera(
    connection: Connection, camera_key: str, by: str, now_ms: int, reason: str
) -> bool:
    """Take a camera out of the register; what was there stays to be read."""
    mine = and_(CAMERA.c.camera_key == camera_key, CAMERA.c.removed_at.is_(None))
    values = {"removed_at": now_ms, "removed_by": by, "remove_reason": reason[:200]}
    return connection.execute(update(CAMERA).where(mine).values(values)).rowcount == 1


def unregistered(connection: Connection) -> list[tuple[str, str]]:
    """List lenses that devices report and nobody has registered: `device/camera`, and the place."""
    known = set(
        connection.execute(select(CAMERA.c.lens).where(CAMERA.c.removed_at.is_(None))).scalars()
    )
    query = select(DEVICE.c.device_id, DEVICE.c.site_id, DEVICE.c.reported)
    rows = connection.execute(query.where(DEVICE.c.is_revoked.is_(False)))
    there = [
        (f"{row.device_id}/{name}", row.site_id)
        for row in rows
        for name in (row.reported or {}).get("cameras", ())
    ]
    return sorted(one for one in there if one[0] not in known)


def persons_held(connection: Connection, now_ms: int) -> int:
    """Count the persons of whom face data are kept; several entries of one pupil are one."""
    whose = func.coalesce(PUPIL_ENTRY.c.pupil_id, ENROLMENT.c.entry_id)
    query = (
        select(func.count(whose.distinct()))
        .select_from(ENROLMENT)
        .outerjoin(PUPIL_ENTRY, PUPIL_ENTRY.c.entry_id == ENROLMENT.c.entry_id)
        .where(ENROLMENT.c.likeness.is_not(None), ENROLMENT.c.withdrawn_at.is_(None))
        .where(ENROLMENT.c.expires_at > now_ms)
    )
    return int(connection.execute(query).scalar_one())


def keep_holding(connection: Connection, day: date, persons: int) -> None:
    """Keep the day's count: the highest of the day."""
    row = {"day": day.isoformat(), "persons": persons}
    put = upsert(connection)(HOLDING).values(row)
    higher = HOLDING.c.persons < persons
    connection.execute(
        put.on_conflict_do_update(index_elements=["day"], set_={"persons": persons}, where=higher)
    )


def holdings(connection: Connection) -> dict[date, int]:
    """Give of how many persons data were kept, by day."""
    rows = connection.execute(select(HOLDING).order_by(HOLDING.c.day))
    return {date.fromisoformat(row.day): int(row.persons) for row in rows}


def filings(connection: Connection) -> list[RowMapping]:
    """List filings, the newest first."""
    return list(connection.execute(select(FILING).order_by(FILING.c.filed_on.desc())).mappings())


def put_filing(connection: Connection, row: Mapping[str, Any]) -> None:
    """Keep a filing."""
    connection.execute(insert(FILING).values(**row))


def unlinked_consents(connection: Connection, unit_code: str | None) -> int:
    """Count living pupils' enrolments whose consent is on paper at the school only."""
    columns = ENROLMENT.c
    linked = select(PUPIL_ENTRY.c.entry_id)
    query = select(func.count()).select_from(ENROLMENT).where(
        columns.kind == "pupil", columns.withdrawn_at.is_(None),
        columns.entry_id.not_in(linked),
    )  # fmt: skip
    if unit_code is not None:
        query = query.where(columns.unit_code == unit_code)
    return int(connection.execute(query).scalar_one())
