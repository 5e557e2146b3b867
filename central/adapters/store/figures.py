"""Counts for the board's head, statistics and metrics, right whichever process did the work."""

from typing import Any

from sqlalchemy import Connection, Select, and_, case, func, select

from central.adapters.store.board import is_overdue
from central.adapters.store.open_cases import IS_OPEN
from central.adapters.store.reach import may_know, may_know_site
from central.adapters.store.tables import (
    ALERT,
    AUDIT,
    DEVICE,
    DOWN_MESSAGE,
    EVIDENCE,
    INCIDENT,
    NOTIFICATION,
    SITE,
)
from central.core import suppression
from central.core.access import HEALTH
from central.core.people import Actor
from central.core.workflow import Status

HOUR_MS = 3600 * 1000
ZONE_MS = 8 * HOUR_MS
_OPEN = sorted(status for status in Status if status is not Status.CLOSED)
_ORDINARY = INCIDENT.c.scenario.not_in(sorted(HEALTH))

COUNTS = and_(INCIDENT.c.is_drill.is_(False), INCIDENT.c.merged_into.is_(None))
"""What is counted: no drill, and one of several that were merged."""


def board(connection: Connection, actor: Actor, since: int, now_ms: int) -> dict[str, int]:
    """Count what a person may see: open by status, overdue, and since a time opened and closed."""
    mine = and_(may_know(actor), COUNTS)
    still = and_(mine, IS_OPEN, INCIDENT.c.status.in_(_OPEN))  # grouped by an index of all else
    late = func.sum(case((is_overdue(now_ms), 1), else_=0))
    query = select(INCIDENT.c.status, func.count(), late).where(still).group_by(INCIDENT.c.status)
    rows = {row[0]: (int(row[1]), int(row[2])) for row in connection.execute(query)}
    found = {status: count for status, (count, _) in rows.items()}
    count = select(func.count()).select_from(INCIDENT).where(mine)
    return {
        "waiting": found.get(Status.OPEN, 0) + found.get(Status.DISPATCHED, 0),
        "under_way": found.get(Status.ACKNOWLEDGED, 0) + found.get(Status.DISPOSED, 0),
        "to_verify": found.get(Status.REPORTED, 0) + found.get(Status.VERIFIED, 0),
        "overdue": sum(late for _, late in rows.values()),
        "opened_today": _one(connection, count.where(INCIDENT.c.opened_at >= since)),
        "closed_today": _one(connection, count.where(INCIDENT.c.closed_at >= since)),
    }  # fmt: skip


def presence(connection: Connection) -> dict[str, int]:
    """Count the devices in use, and those of them that are there."""
    chosen = select(DEVICE.c.is_online, func.count()).where(DEVICE.c.is_revoked.is_(False))
    found = {
        bool(key): int(n) for key, n in connection.execute(chosen.group_by(DEVICE.c.is_online))
    }
    return {"online": found.get(True, 0), "all": sum(found.values())}


def statistics(connection: Connection, actor: Actor, since: int) -> dict[str, dict[str, int]]:
    """Count incidents since a time by scenario, status, kind, place and hour of the district.

    Those about health are never among them, for nobody: see `of_health`.
    """
    chosen = and_(INCIDENT.c.opened_at >= since, COUNTS, _ORDINARY)
    of_day = (INCIDENT.c.occurred_at + ZONE_MS) % (24 * HOUR_MS)
    columns: dict[str, Any] = {
        "scenario": INCIDENT.c.scenario,
        "status": INCIDENT.c.status,
        "kind": INCIDENT.c.kind,
        "site": func.coalesce(INCIDENT.c.site_id, ""),  # no index by site: it reads all years
        "hour": of_day // HOUR_MS,
    }
    return {
        f"by_{name}": _by(
            connection,
            select(column, func.count()).where(chosen, may_know(actor)).group_by(column),
        )
        for name, column in columns.items()
    }


def of_health(connection: Connection, actor: Actor, since: int, now_ms: int) -> dict[str, str]:
    """Count the cases about health by month, the months that are over; few are not told apart.

    No month is split by place, kind or day, and no sum is given: nothing is left to subtract.
    """
    chosen = and_(~_ORDINARY, INCIDENT.c.is_drill.is_(False), INCIDENT.c.opened_at >= since)
    query = select(INCIDENT.c.opened_at).where(chosen, may_know(actor))
    months = suppression.months_between(since, now_ms)
    counts = dict.fromkeys(months, 0)
    for opened_at in connection.execute(query).scalars():
        month = suppression.month_of(opened_at)
        if month in counts:
            counts[month] += 1
    return {month: suppression.coarse(count) for month, count in counts.items()}


def metrics(connection: Connection) -> dict[str, dict[str, int]]:
    """Count what waits and who is there, each by its label."""
    online = select(DEVICE.c.is_online, func.count()).where(DEVICE.c.is_revoked.is_(False))
    waiting = select(func.count()).select_from(DOWN_MESSAGE)
    absent = select(func.count()).select_from(EVIDENCE).where(EVIDENCE.c.received_at.is_(None))
    return {
        "devices": _by(connection, online.group_by(DEVICE.c.is_online)),
        "down_pending": {
            "": _one(connection, waiting.where(DOWN_MESSAGE.c.published_at.is_(None)))
        },
        "evidence_awaited": {"": _one(connection, absent)},
    }


def totals(connection: Connection) -> dict[str, dict[str, int]]:
    """Count all that has ever come in, each by its label; of health it tells nothing."""
    return {
        "alerts": _by(connection, _counted(ALERT.c.kind)),
        "incidents": _by(connection, _counted(INCIDENT.c.status).where(_ORDINARY, COUNTS)),
        "notifications": _by(
            connection,
            _counted(NOTIFICATION.c.state)
            .join(INCIDENT, INCIDENT.c.incident_id == NOTIFICATION.c.incident_id)
            .where(_ORDINARY),
        ),
    }


def sites(connection: Connection, actor: Actor) -> list[dict[str, Any]]:
    """List the places that somebody may know."""
    query = select(SITE).where(may_know_site(actor)).order_by(SITE.c.site_id)
    return [dict(row) for row in connection.execute(query).mappings()]


def devices(connection: Connection) -> list[dict[str, Any]]:
    """List the devices with their places, those that are away first."""
    query = (
        select(DEVICE, SITE.c.name_zh.label("site_zh"), SITE.c.name_en.label("site_en"))
        .join(SITE, SITE.c.site_id == DEVICE.c.site_id)
        .order_by(DEVICE.c.is_revoked, DEVICE.c.is_online, DEVICE.c.device_id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def audit_entries(connection: Connection, before: int | None, limit: int) -> list[dict[str, Any]]:
    """List the audit log, the newest first."""
    query = select(AUDIT).order_by(AUDIT.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(AUDIT.c.id < before)
    return [dict(row) for row in connection.execute(query).mappings()]


def _counted(column: Any) -> Select[Any]:
    return select(column, func.count()).group_by(column)


def _by(connection: Connection, query: Select[Any]) -> dict[str, int]:
    return {str(label): int(count) for label, count in connection.execute(query)}


def _one(connection: Connection, query: Select[Any]) -> int:
    return int(connection.execute(query).scalar_one())
