"""Unusual access as it is kept."""

from typing import Any

from sqlalchemy import Connection, Select, and_, or_, select, update

from central.adapters.store.schema.unusual import UNUSUAL_ACCESS
from central.adapters.store.tables import ACCOUNT, INCIDENT
from central.adapters.store.tasks import Person
from central.core.people import Role
from central.core.unusual import ASKED_FOR_MS

MOST_SHOWN = 200
_IS = UNUSUAL_ACCESS.c


def grants(connection: Connection, actor_id: str, now_ms: int) -> frozenset[str]:
    """Give the incidents that are open to somebody now, beyond their reach."""
    query = select(_IS.incident_id).where(
        _IS.asked_by == actor_id,
        _IS.is_granted.is_(True),
        _IS.until_at > now_ms,
        _IS.ended_at.is_(None),
    )
    return frozenset(connection.execute(query).scalars())


def incident_numbered(connection: Connection, number: str) -> dict[str, Any] | None:
    """Find the case that somebody asks for by its number: id, number and scenario."""
    columns = INCIDENT.c
    query = select(columns.incident_id, columns.number, columns.scenario)
    row = connection.execute(query.where(columns.number == number)).mappings().one_or_none()
    return dict(row) if row else None


def put(connection: Connection, row: dict[str, Any]) -> None:
    """Keep what is asked for."""
    connection.execute(UNUSUAL_ACCESS.insert().values(row))


def hold(connection: Connection, access_id: str) -> dict[str, Any] | None:
    """Read one, with its case, and keep others from deciding it meanwhile."""
    query = _all().where(_IS.access_id == access_id).with_for_update(of=UNUSUAL_ACCESS)
    row = connection.execute(query).mappings().one_or_none()
    return dict(row) if row else None


def change(connection: Connection, access_id: str, **values: Any) -> None:
    """Keep what was decided."""
    chosen = update(UNUSUAL_ACCESS).where(_IS.access_id == access_id)
    connection.execute(chosen.values(**values))


def listed(connection: Connection, asked_by: str | None = None) -> list[dict[str, Any]]:
    """List all, or somebody's own, the newest first."""
    query = _all().order_by(_IS.asked_at.desc(), _IS.access_id.desc()).limit(MOST_SHOWN)
    if asked_by is not None:
        query = query.where(_IS.asked_by == asked_by)
    return [dict(row) for row in connection.execute(query).mappings()]


def open_for(
    connection: Connection, actor_id: str, incident_id: str, now_ms: int
) -> dict[str, Any] | None:
    """Find what somebody has asked for already and is undecided, or granted and not over."""
    waits = and_(_IS.is_granted.is_(None), _IS.asked_at > now_ms - ASKED_FOR_MS)
    runs = and_(_IS.is_granted.is_(True), _IS.until_at > now_ms)
    query = _all().where(
        _IS.asked_by == actor_id,
        _IS.incident_id == incident_id,
        _IS.ended_at.is_(None),
        or_(waits, runs),
    )
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def officers(connection: Connection) -> list[Person]:
    """List the data protection officers, in whichever unit."""
    columns = ACCOUNT.c
    query = select(ACCOUNT).where(columns.role == Role.DPO, columns.is_active.is_(True))
    return [
        Person(f"account:{row.username}", row.unit_code, Role(row.role), row.email or None)
        for row in connection.execute(query.order_by(columns.username))
    ]


def _all() -> Select[Any]:
    columns = INCIDENT.c
    query = select(UNUSUAL_ACCESS, columns.number, columns.scenario)
    return query.join(INCIDENT, columns.incident_id == _IS.incident_id)
