"""The menu, the service points, and who booked what."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, func, select, update

from central.adapters.store.incidents import upsert
from central.adapters.store.schema.courses import BOOKING, COURSE, SERVICE_POINT
from central.adapters.store.tables import ORG_UNIT, SITE
from central.core.courses import Booked, Course, ServicePoint, Term
from central.core.local_time import ZONE, to_ms

Rows = list[dict[str, Any]]


def own_menu(connection: Connection) -> list[Course]:
    """Give the district's own menu; nothing where it has imported none."""
    columns = COURSE.c
    query = select(COURSE).where(columns.is_active).order_by(columns.category, columns.code)
    names = list(Course.model_fields)
    return [Course(**{name: row[name] for name in names})
            for row in connection.execute(query).mappings()]  # fmt: skip


def replace_menu(connection: Connection, menu: Iterable[Course], now_ms: int) -> int:
    """Take a menu in: codes that are not on it any more can no longer be booked."""
    connection.execute(update(COURSE).values(is_active=False, changed_at=now_ms))
    count = 0
    for course in menu:
        row = course.model_dump(mode="json") | {"is_active": True, "changed_at": now_ms}
        insert = upsert(connection)(COURSE).values(row)
        connection.execute(insert.on_conflict_do_update(index_elements=["code"], set_=row))
        count += 1
    return count


def replace_points(connection: Connection, points: Iterable[ServicePoint], now_ms: int) -> int:
    """Take service points in; those that are not among them can no longer be chosen."""
    connection.execute(update(SERVICE_POINT).values(is_active=False, changed_at=now_ms))
    count = 0
    for point in points:
        row = point.model_dump() | {"is_active": True, "changed_at": now_ms}
        insert = upsert(connection)(SERVICE_POINT).values(row)
        connection.execute(insert.on_conflict_do_update(index_elements=["point_id"], set_=row))
        count += 1
    return count


def points(connection: Connection, town_code: str | None) -> Rows:
    """List the service points in use, by town."""
    columns = SERVICE_POINT.c
    query = (
        select(SERVICE_POINT, ORG_UNIT.c.name_zh.label("town_zh"))
        .join(ORG_UNIT, ORG_UNIT.c.code == columns.town_code)
        .where(columns.is_active)
        .order_by(columns.town_code, columns.point_id)
    )
    if town_code:
        query = query.where(columns.town_code == town_code)
    return [dict(row) for row in connection.execute(query).mappings()]


def point(connection: Connection, point_id: str) -> RowMapping | None:
    """Find a service point in use."""
    chosen = and_(SERVICE_POINT.c.point_id == point_id, SERVICE_POINT.c.is_active)
    return connection.execute(select(SERVICE_POINT).where(chosen)).mappings().first()


def units(connection: Connection, kind: str) -> list[str]:
    """List the units of a kind by code."""
    query = select(ORG_UNIT.c.code).where(ORG_UNIT.c.kind == kind).order_by(ORG_UNIT.c.code)
    return list(connection.execute(query).scalars())


def site_of_school(connection: Connection, unit_code: str) -> str | None:
    """Give the place that stands for a school: its gate, or else any place of its own."""
    query = select(SITE.c.site_id, SITE.c.kind, SITE.c.relations).order_by(SITE.c.site_id)
    mine = [row for row in connection.execute(query) if row.relations.get("school") == unit_code]
    mine.sort(key=lambda row: row.kind != "gate")
    return mine[0].site_id if mine else None


def insert(connection: Connection, row: dict[str, Any]) -> None:
    """Keep a booking."""
    connection.execute(BOOKING.insert().values(**row))


def change(connection: Connection, booking_id: str, **values: Any) -> None:
    """Change a booking."""
    query = update(BOOKING).where(BOOKING.c.booking_id == booking_id)
    connection.execute(query.values(**values))


def hold(connection: Connection, booking_id: str) -> RowMapping | None:
    """Read a booking and keep others from changing it until the transaction ends."""
    query = select(BOOKING).where(BOOKING.c.booking_id == booking_id).with_for_update()
    return connection.execute(query).mappings().first()


def came(connection: Connection, incident_id: str, attended: int, now_ms: int) -> None:
    """Keep that a booked course was held, and how many came."""
    mine = and_(BOOKING.c.incident_id == incident_id, BOOKING.c.state != "cancelled")
    values = {"state": "held", "attended": attended, "changed_at": now_ms}
    connection.execute(update(BOOKING).where(mine).values(values))


def listed(connection: Connection, unit_code: str | None, limit: int) -> Rows:
    """List bookings, those that come last first; of one school, or of all."""
    query = (
        select(BOOKING, ORG_UNIT.c.name_zh.label("unit_zh"), ORG_UNIT.c.name_en.label("unit_en"),
               SERVICE_POINT.c.name_zh.label("point_zh"))
        .join(ORG_UNIT, ORG_UNIT.c.code == BOOKING.c.unit_code)
        .outerjoin(SERVICE_POINT, SERVICE_POINT.c.point_id == BOOKING.c.point_id)
        .order_by(BOOKING.c.starts_at.desc(), BOOKING.c.booking_id)
        .limit(limit)
    )  # fmt: skip
    if unit_code:
        query = query.where(BOOKING.c.unit_code == unit_code)
    return [dict(row) for row in connection.execute(query).mappings()]


def of_term(connection: Connection, term: Term) -> list[Booked]:
    """Give what counts for coverage in a term."""
    begins, ends = (_midnight(day) for day in (term.begins, term.ends))
    columns = BOOKING.c
    query = select(columns.unit_code, columns.course_code, columns.state, columns.attended).where(
        columns.starts_at >= begins, columns.starts_at < ends
    )
    return [Booked(*row) for row in connection.execute(query)]


def clashes(connection: Connection, unit_code: str, class_name: str, starts_at: int) -> bool:
    """Tell whether a class has another course at that very time."""
    columns = BOOKING.c
    query = select(func.count()).where(
        columns.unit_code == unit_code, columns.class_name == class_name,
        columns.starts_at == starts_at, columns.state != "cancelled",
    )  # fmt: skip
    return bool(connection.execute(query).scalar_one())


def _midnight(day: date) -> int:
    return to_ms(datetime.combine(day, time(), ZONE))
