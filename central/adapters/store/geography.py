"""Where places are and how far schools reach, in WGS-84 degrees."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from central.adapters.store.incidents import Place, upsert
from central.adapters.store.schema.dispositions import SCHOOL_BOUNDARY, SITE_POINT
from central.core.geometry import Corner, Distance, ring_of


def put_point(connection: Connection, site_id: str, lat: float, lon: float) -> None:
    """Keep where a place is."""
    where = {"lat": lat, "lon": lon}
    statement = upsert(connection)(SITE_POINT).values(site_id=site_id, **where)
    connection.execute(statement.on_conflict_do_update(index_elements=["site_id"], set_=where))


def put_boundary(
    connection: Connection, unit_code: str, polygon: Sequence[Corner], now_ms: int
) -> None:
    """Keep a school's boundary."""
    values = {"polygon": [list(corner) for corner in polygon], "changed_at": now_ms}
    statement = upsert(connection)(SCHOOL_BOUNDARY).values(unit_code=unit_code, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["unit_code"], set_=values))


def with_boundary(connection: Connection) -> set[str]:
    """Give the schools whose boundary is known."""
    return set(connection.execute(select(SCHOOL_BOUNDARY.c.unit_code)).scalars())


def points(connection: Connection) -> dict[str, Corner]:
    """Give where places are, longitude first, by their id."""
    rows = connection.execute(select(SITE_POINT))
    return {row.site_id: (float(row.lon), float(row.lat)) for row in rows}


def point_of(connection: Connection, site_id: str) -> Corner | None:
    """Give where one place is, longitude first; None where nobody has said."""
    row = connection.execute(select(SITE_POINT).where(SITE_POINT.c.site_id == site_id)).first()
    return (float(row.lon), float(row.lat)) if row else None


def ring(connection: Connection, place: Place) -> Distance:
    """Tell whether a place is within 100 m of its school."""
    school = place.relations.get("school", "")
    point = connection.execute(
        select(SITE_POINT).where(SITE_POINT.c.site_id == place.site_id)
    ).first()
    polygon = connection.execute(
        select(SCHOOL_BOUNDARY.c.polygon).where(SCHOOL_BOUNDARY.c.unit_code == school)
    ).scalar()
    boundaries = [[(float(lon), float(lat)) for lon, lat in polygon]] if polygon else []
    return ring_of((point.lon, point.lat) if point else None, boundaries)
