"""What a map shows, each read under the condition of whoever looks.

Of mind care and of where boarders are nothing is ever on a map, for nobody.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select, true

from central.adapters.store.board import is_overdue
from central.adapters.store.open_cases import IS_OPEN
from central.adapters.store.reach import may_know, may_know_site
from central.adapters.store.schema.dispositions import SCHOOL_BOUNDARY, SITE_POINT
from central.adapters.store.statistics import Asked, place_hours, spots
from central.adapters.store.tables import DEVICE, INCIDENT, ORG_UNIT, SITE
from central.core import access
from central.core.counting import month_of, months_from, scope_of
from central.core.people import Actor
from contract.scenarios import Scenario

NEVER = access.HEALTH | {Scenario.BOARDING_ABSENCE}
"""Scenarios of which no map shows anything."""
PATROLLED = Scenario.DROWNING_RISK
"""The scenario whose hours and places make a patrol's plan."""
MOST_INCIDENTS = 1000

Rows = list[dict[str, Any]]


def sites(connection: Connection, actor: Actor) -> Rows:
    """List the places that somebody may know, with `lat`, `lon` or None where nobody placed them.

    A dormitory is no place for a map.
    """
    query = (
        select(SITE, SITE_POINT.c.lat, SITE_POINT.c.lon)
        .outerjoin(SITE_POINT, SITE_POINT.c.site_id == SITE.c.site_id)
        .where(may_know_site(actor), SITE.c.kind != "dormitory")
        .order_by(SITE.c.site_id)
    )
    return _rows(connection, query)


def devices(connection: Connection, actor: Actor) -> Rows:
    """List the devices in use with their places; nobody's but those who see devices."""
    if actor.role not in access.SEES_DEVICES:
        return []
    query = (
        select(
            DEVICE,
            SITE.c.name_zh.label("site_zh"),
            SITE.c.name_en.label("site_en"),
            SITE_POINT.c.lat,
            SITE_POINT.c.lon,
        )
        .join(SITE, SITE.c.site_id == DEVICE.c.site_id)
        .outerjoin(SITE_POINT, SITE_POINT.c.site_id == DEVICE.c.site_id)
        .where(DEVICE.c.is_revoked.is_(False), SITE.c.kind != "dormitory")
        .order_by(DEVICE.c.device_id)
    )
    return _rows(connection, query)


def incidents(connection: Connection, actor: Actor, now_ms: int) -> Rows:
    """List the open incidents that somebody may know of, the newest first, at their places.

    The places are looked up for what was found: joined, a planner asks each place for its cases.
    """
    columns = INCIDENT.c
    query = (
        select(
            columns.incident_id, columns.number, columns.scenario, columns.kind, columns.severity,
            columns.status, columns.site_id, columns.zone_id, columns.occurred_at, columns.is_drill,
            is_overdue(now_ms).label("is_overdue"),
        )
        .where(
            may_know(actor),
            IS_OPEN,
            columns.merged_into.is_(None),
            columns.scenario.not_in(sorted(NEVER)),
        )
        .order_by(columns.opened_at.desc(), columns.incident_id.desc())
        .limit(MOST_INCIDENTS)
    )  # fmt: skip
    found = _rows(connection, query)
    there = _places(connection, {row["site_id"] for row in found})
    return [row | there[row["site_id"]] for row in found if row["site_id"] in there]


def _places(connection: Connection, site_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Give names and coordinates of places, but of no dormitory."""
    query = (
        select(
            SITE.c.site_id,
            SITE.c.name_zh.label("site_zh"),
            SITE.c.name_en.label("site_en"),
            SITE_POINT.c.lat,
            SITE_POINT.c.lon,
        )
        .outerjoin(SITE_POINT, SITE_POINT.c.site_id == SITE.c.site_id)
        .where(SITE.c.site_id.in_(site_ids), SITE.c.kind != "dormitory")
    )
    return {row["site_id"]: row for row in _rows(connection, query)}


def schools(connection: Connection, actor: Actor) -> Rows:
    """List the boundaries of the schools that somebody may know: `unit_code`, names, `polygon`.

    Departments and the district know all; a school its own; towns and stations those of the
    places that name them.
    """
    query = (
        select(SCHOOL_BOUNDARY, ORG_UNIT.c.name_zh, ORG_UNIT.c.name_en)
        .join(ORG_UNIT, ORG_UNIT.c.code == SCHOOL_BOUNDARY.c.unit_code)
        .where(_may_know_school(actor))
        .order_by(SCHOOL_BOUNDARY.c.unit_code)
    )
    return _rows(connection, query)


def hot_spots(connection: Connection, actor: Actor, months: int, now_ms: int) -> Rows:
    """Count by place and hour of the district what happened this month and those before, `count`.

    From the figures that are kept: no drill, no false alarm, one of several that were merged, and
    for whoever sees figures at all.
    """
    scope, last = scope_of(actor), month_of(now_ms)
    if scope is None:
        return []
    there = {row["site_id"]: row for row in sites(connection, actor) if row["lat"] is not None}
    asked = Asked(scope, months_from(last, 1 - months), last, PATROLLED)
    counted = place_hours(connection, asked, spots(connection))
    return [
        {
            **{name: there[row["site_id"]][name] for name in ("site_id", "lat", "lon")},
            "site_zh": there[row["site_id"]]["name_zh"],
            "site_en": there[row["site_id"]]["name_en"],
            "hour": row["hour"] % 24,
            "count": row["cases"],
        }
        for row in counted
        if row["site_id"] in there
    ]


def _may_know_school(actor: Actor) -> ColumnElement[bool]:
    own = SCHOOL_BOUNDARY.c.unit_code == actor.unit_code
    kind = access.kind_of(actor.unit_code)
    if actor.role in access.SEES_ALL_SITES or kind == actor.unit_code:
        return true()
    school = SITE.c.relations["school"].as_string()
    near = and_(school == SCHOOL_BOUNDARY.c.unit_code, may_know_site(actor))
    beside = select(SITE.c.site_id).where(near).correlate(SCHOOL_BOUNDARY).exists()
    return or_(own, beside)


def _rows(connection: Connection, query: Select[Any]) -> Rows:
    return [dict(row) for row in connection.execute(query).mappings()]
