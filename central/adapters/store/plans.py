"""Each school's plan: every version stays."""

from typing import Any

from sqlalchemy import Connection, func, select

from central.adapters.store.incidents import Incident
from central.adapters.store.schema.reporting import SCHOOL_PLAN
from central.adapters.store.tables import ORG_UNIT, SITE

Rows = list[dict[str, Any]]


def versions(connection: Connection, unit_code: str) -> Rows:
    """List a school's versions, the newest first."""
    columns = SCHOOL_PLAN.c
    query = select(SCHOOL_PLAN).where(columns.unit_code == unit_code)
    found = connection.execute(query.order_by(columns.version.desc())).mappings()
    return [dict(row) for row in found]


def newest_version(connection: Connection, unit_code: str) -> int:
    """Give the number of a school's newest version; 0 where there is none."""
    query = select(func.max(SCHOOL_PLAN.c.version)).where(SCHOOL_PLAN.c.unit_code == unit_code)
    return int(connection.execute(query).scalar() or 0)


def add(connection: Connection, row: dict[str, Any]) -> None:
    """Keep a version."""
    connection.execute(SCHOOL_PLAN.insert().values(**row))


def schools(connection: Connection) -> Rows:
    """List the schools with the newest version of each, and when it was made."""
    newest = (
        select(SCHOOL_PLAN.c.unit_code, func.max(SCHOOL_PLAN.c.version).label("version"),
               func.max(SCHOOL_PLAN.c.created_at).label("created_at"))
        .group_by(SCHOOL_PLAN.c.unit_code)
        .subquery()
    )  # fmt: skip
    query = (
        select(ORG_UNIT.c.code, ORG_UNIT.c.name_zh, ORG_UNIT.c.name_en, newest.c.version,
               newest.c.created_at)
        .outerjoin(newest, newest.c.unit_code == ORG_UNIT.c.code)
        .where(ORG_UNIT.c.kind == "school")
        .order_by(ORG_UNIT.c.code)
    )  # fmt: skip
    return [dict(row) for row in connection.execute(query).mappings()]


def stations(connection: Connection, unit_code: str) -> frozenset[str]:
    """Give the stations of a school's places."""
    rows = connection.execute(select(SITE.c.relations)).scalars()
    return frozenset(
        relations["station"]
        for relations in rows
        if relations.get("school") == unit_code and "station" in relations
    )


def is_renewed(connection: Connection, incident: Incident) -> bool:
    """Tell whether the school of an incident's place has a version made since it opened."""
    relations = connection.execute(
        select(SITE.c.relations).where(SITE.c.site_id == incident.site_id)
    ).scalar_one()
    query = select(SCHOOL_PLAN.c.version).where(
        SCHOOL_PLAN.c.unit_code == relations.get("school", ""),
        SCHOOL_PLAN.c.created_at >= incident.opened_at,
    )
    return connection.execute(query.limit(1)).first() is not None
