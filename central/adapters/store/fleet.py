"""The devices as those who look after them see them."""

from typing import Any

from sqlalchemy import Connection, func, select

from central.adapters.store import commissioning
from central.adapters.store.reach import allowed
from central.adapters.store.schema.fleet import DEVICE_DRAWING, DEVICE_SILENCE
from central.adapters.store.tables import DEVICE, SITE
from central.core.people import Actor


def boxes(
    connection: Connection, actor: Actor, device_id: str | None = None
) -> list[dict[str, Any]]:
    """List the devices, or one, by name: with place, hand-over, wanted drawing and silence.

    `silence_case` is the open case of a silent device, where it is this person's to know.
    """
    query = (
        select(
            DEVICE,
            SITE.c.name_zh.label("site_zh"),
            SITE.c.name_en.label("site_en"),
            SITE.c.kind.label("site_kind"),
            DEVICE_SILENCE.c.incident_id.label("silence_case"),
        )
        .join(SITE, SITE.c.site_id == DEVICE.c.site_id)
        .outerjoin(DEVICE_SILENCE, DEVICE_SILENCE.c.device_id == DEVICE.c.device_id)
        .order_by(DEVICE.c.device_id)
    )
    if device_id is not None:
        query = query.where(DEVICE.c.device_id == device_id)
    rows = [dict(row) for row in connection.execute(query).mappings()]
    reports = commissioning.newest(connection, [row["device_id"] for row in rows])
    wanted = _wanted(connection)
    mine = allowed(connection, actor, [row["silence_case"] for row in rows if row["silence_case"]])
    for row in rows:
        report = reports.get(row["device_id"])
        row["report"] = report
        row["has_passed"] = bool(report and report["passed"])
        row["desired_revision"] = wanted.get(row["device_id"])
        row["silence_case"] = row["silence_case"] if row["silence_case"] in mine else None
    return rows


def _wanted(connection: Connection) -> dict[str, int]:
    """Give the last drawing that central has sent each device, those left out that it refused."""
    columns = DEVICE_DRAWING.c
    query = (
        select(columns.device_id, func.max(columns.revision))
        .where(columns.refused == "")
        .group_by(columns.device_id)
    )
    return {device_id: int(revision) for device_id, revision in connection.execute(query)}
