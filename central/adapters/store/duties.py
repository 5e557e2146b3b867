"""The shares of the plan's four times 100 %, as gates report them."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, and_, func, select

from central.adapters.store.incidents import upsert
from central.adapters.store.schema.duties import DUTY_DAY
from central.adapters.store.tables import DEVICE, INCIDENT, ORG_UNIT, SITE
from central.core.four_hundred import Counted
from central.core.local_time import ZONE, from_ms
from contract.messages import DutyShare
from contract.scenarios import Duty, Kind, Scenario

_PROBLEMS = (
    Kind.GATE_OPEN, Kind.GUARD_ABSENT, Kind.ESCORT_ABSENT, Kind.ALARM_FAULT, Kind.VIDEO_FAULT,
)  # fmt: skip
"""What is a problem of a school's; a pressed button is none."""
_DUTIES = frozenset(duty.value for duty in Duty)
DAY_MS = 24 * 3600 * 1000


MOST_DAYS_AGO = 35
"""What a gate says of earlier days is old news, or a wrong clock."""


def keep(connection: Connection, device_id: str, said_at: int, shares: Iterable[DutyShare]) -> None:
    """Keep what a heartbeat says of each duty and day; an older heartbeat changes nothing.

    A day that stands as it was is not written again: heartbeats come every minute.
    """
    first, last = (_day(said_at + days * DAY_MS) for days in (-MOST_DAYS_AGO, 1))
    said = {
        (one.day, one.duty): one
        for one in shares
        if one.duty in _DUTIES and first <= one.day <= last
    }
    school_code = _school_of(connection, device_id) if said else None
    if school_code is None:
        return
    columns = DUTY_DAY.c
    kept = connection.execute(
        select(DUTY_DAY).where(columns.device_id == device_id, columns.day >= first)
    )
    for row in kept:
        one = said.get((row.day, row.duty))
        same = one and (one.numerator, one.denominator) == (row.numerator, row.denominator)
        if same or row.said_at > said_at:
            said.pop((row.day, row.duty), None)
    for one in said.values():
        _put(connection, device_id, school_code, said_at, one)


def _put(
    connection: Connection, device_id: str, school_code: str, said_at: int, share: DutyShare
) -> None:
    values = {
        "numerator": share.numerator, "denominator": share.denominator, "unit": share.unit,
        "said_at": said_at, "school_code": school_code,
    }  # fmt: skip
    key = {"device_id": device_id, "day": share.day, "duty": share.duty}
    statement = upsert(connection)(DUTY_DAY).values(**key, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))


def counted(connection: Connection, since_day: str, until_day: str) -> list[Counted]:
    """List what was counted on days, both included."""
    columns = DUTY_DAY.c
    query = select(DUTY_DAY).where(columns.day >= since_day, columns.day <= until_day)
    return [
        Counted(row.school_code, row.day, Duty(row.duty), row.numerator, row.denominator)
        for row in connection.execute(query.order_by(columns.school_code, columns.day))
    ]


def by_month(
    connection: Connection, since_day: str, until_day: str, schools: Collection[str] | None
) -> list[dict[str, Any]]:
    """Sum up what was counted on days by month and duty, of some schools or of all."""
    columns = DUTY_DAY.c
    month = func.substr(columns.day, 1, 7).label("month")
    query = (
        select(month, columns.duty, func.sum(columns.numerator).label("numerator"),
               func.sum(columns.denominator).label("denominator"))
        .where(columns.day >= since_day, columns.day <= until_day)
        .group_by(month, columns.duty)
        .order_by(month, columns.duty)
    )  # fmt: skip
    if schools is not None:
        query = query.where(columns.school_code.in_(sorted(schools)))
    return [dict(row) for row in connection.execute(query).mappings()]


def schools(connection: Connection) -> dict[str, tuple[str, str]]:
    """Give the schools that have a gate, by code, with their names."""
    gates = select(SITE.c.relations).where(SITE.c.kind == "gate")
    codes = {one.get("school") for one in connection.execute(gates).scalars()}
    query = select(ORG_UNIT).where(ORG_UNIT.c.kind == "school").order_by(ORG_UNIT.c.code)
    return {
        row.code: (row.name_zh, row.name_en or row.name_zh)
        for row in connection.execute(query)
        if row.code in codes
    }


def problems(connection: Connection, since: int) -> list[dict[str, Any]]:
    """Count the problems of each school and kind since a time; false alarms and drills are none."""
    columns = INCIDENT.c
    chosen = and_(
        columns.scenario == Scenario.CAMPUS_FOUR_100,
        columns.kind.in_([kind.value for kind in _PROBLEMS]),
        columns.opened_at >= since,
        columns.is_false_alarm.is_(False),
        columns.is_drill.is_(False),
        columns.merged_into.is_(None),
    )
    query = (
        select(SITE.c.relations, columns.kind, func.count().label("count"),
               func.max(columns.opened_at).label("last_at"))
        .join(SITE, SITE.c.site_id == columns.site_id)
        .where(chosen)
        .group_by(SITE.c.site_id, columns.kind)
    )  # fmt: skip
    # SITE.relations is JSON, which PostgreSQL cannot group by: by the site's key it depends on
    return [
        {"school_code": row.relations["school"], "kind": row.kind, "count": row.count,
         "last_at": row.last_at}
        for row in connection.execute(query)
        if row.relations.get("school")
    ]  # fmt: skip


def _school_of(connection: Connection, device_id: str) -> str | None:
    query = select(SITE.c.relations).join(DEVICE, DEVICE.c.site_id == SITE.c.site_id)
    relations = connection.execute(query.where(DEVICE.c.device_id == device_id)).scalar()
    return relations.get("school") if relations else None


def _day(at_ms: int) -> str:
    return from_ms(at_ms).astimezone(ZONE).date().isoformat()
