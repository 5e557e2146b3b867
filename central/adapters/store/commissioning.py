"""The reports of commissioned devices, as their devices signed them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select, update

from central.adapters.store.schema.commissioning import COMMISSIONING

MOST_KEPT = 50


def keep(connection: Connection, row: dict[str, Any]) -> bool:
    """Keep a report; False where it is kept already."""
    known = select(COMMISSIONING.c.sha256).where(COMMISSIONING.c.sha256 == row["sha256"])
    if connection.execute(known).first() is not None:
        return False
    connection.execute(COMMISSIONING.insert().values(row))
    return True


def of_device(connection: Connection, device_id: str) -> list[dict[str, Any]]:
    """Give a device's reports, the newest first."""
    columns = COMMISSIONING.c
    query = (
        select(COMMISSIONING)
        .where(columns.device_id == device_id)
        .order_by(columns.at.desc(), columns.sha256)
        .limit(MOST_KEPT)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def newest(connection: Connection, device_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Give the newest report of each of these devices, without its words."""
    columns = COMMISSIONING.c
    mine = columns.device_id.in_(device_ids)
    chosen = (columns.device_id, columns.sha256, columns.at, columns.passed, columns.is_trusted)
    query = select(*chosen).where(mine).order_by(columns.at, columns.sha256)
    return {row["device_id"]: dict(row) for row in connection.execute(query).mappings()}


def found(connection: Connection, device_id: str, sha256: str) -> dict[str, Any] | None:
    """Give one report of a device."""
    columns = COMMISSIONING.c
    mine = (columns.device_id == device_id) & (columns.sha256 == sha256)
    row = connection.execute(select(COMMISSIONING).where(mine)).mappings().first()
    return dict(row) if row else None


def keep_scan(connection: Connection, sha256: str, scan: str, by: str, now_ms: int) -> None:
    """Put the signed page beside its report, in the place of one before."""
    mine = COMMISSIONING.c.sha256 == sha256
    values = {"scan_sha256": scan, "scan_at": now_ms, "scan_by": by}
    connection.execute(update(COMMISSIONING).where(mine).values(values))


def scan_of(connection: Connection, sha256: str) -> str | None:
    """Name the signed page's file."""
    chosen = select(COMMISSIONING.c.scan_sha256).where(COMMISSIONING.c.sha256 == sha256)
    kept: str | None = connection.execute(chosen).scalar()
    return kept
