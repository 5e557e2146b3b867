"""Dormitories and their nights: when a check is due, what it found, whom a case was opened for."""

from dataclasses import dataclass

from sqlalchemy import Connection, Row, and_, delete, select, update

from central.adapters.store.incidents import place, upsert
from central.adapters.store.open_cases import IS_OPEN
from central.adapters.store.schema.boarding import (
    BOARDING_HOUSE,
    BOARDING_MISSING,
    BOARDING_NIGHT,
)
from central.adapters.store.schema.pupils import PUPIL
from central.adapters.store.tables import INCIDENT
from central.core.curfew import House

_NIGHT = BOARDING_NIGHT.c
_MISSING = BOARDING_MISSING.c
WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Home:
    """A school's dormitory: where it is and how it is run."""

    unit_code: str
    site_id: str
    rules: House


@dataclass(frozen=True, slots=True)
class Night:
    """One night of one dormitory. Times in ms UTC."""

    unit_code: str
    night: str
    curfew_at: int
    due_at: int
    state: str


def put_home(connection: Connection, home: Home, now_ms: int) -> None:
    """Keep how a dormitory is run; nights to come are planned anew."""
    values = {"site_id": home.site_id, "rules": home.rules.model_dump(mode="json"),
              "changed_at": now_ms}  # fmt: skip
    statement = upsert(connection)(BOARDING_HOUSE).values(unit_code=home.unit_code, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["unit_code"], set_=values))
    connection.execute(
        delete(BOARDING_NIGHT).where(
            _NIGHT.unit_code == home.unit_code, _NIGHT.state == WAITING, _NIGHT.due_at > now_ms
        )
    )


def is_of(connection: Connection, site_id: str, unit_code: str) -> bool:
    """Tell whether a place is one of a school's."""
    found = place(connection, site_id)
    return found is not None and found.relations.get("school") == unit_code


def homes(connection: Connection) -> list[Home]:
    """List the dormitories."""
    query = select(BOARDING_HOUSE).order_by(BOARDING_HOUSE.c.unit_code)
    return [_home(row) for row in connection.execute(query)]


def home(connection: Connection, unit_code: str) -> Home | None:
    """Read a school's dormitory."""
    query = select(BOARDING_HOUSE).where(BOARDING_HOUSE.c.unit_code == unit_code)
    row = connection.execute(query).one_or_none()
    return _home(row) if row else None


def known(connection: Connection, since_night: str) -> set[tuple[str, str]]:
    """Give the nights from a day on that are planned or checked already."""
    query = select(_NIGHT.unit_code, _NIGHT.night).where(_NIGHT.night >= since_night)
    return {(row.unit_code, row.night) for row in connection.execute(query)}


def plan(connection: Connection, night: Night) -> None:
    """Keep that a night's check is due; one that is there stays."""
    row = {name: getattr(night, name) for name in Night.__slots__}
    connection.execute(upsert(connection)(BOARDING_NIGHT).values(row).on_conflict_do_nothing())


def due(connection: Connection, now_ms: int, limit: int) -> list[tuple[str, str]]:
    """List the nights whose check is due."""
    chosen = and_(_NIGHT.state == WAITING, _NIGHT.due_at <= now_ms)
    query = select(_NIGHT.unit_code, _NIGHT.night).where(chosen).order_by(_NIGHT.due_at)
    return [(row.unit_code, row.night) for row in connection.execute(query.limit(limit))]


def claim(connection: Connection, unit_code: str, night: str) -> Night | None:
    """Take a night's check: None where somebody else has it, or has done it."""
    query = select(BOARDING_NIGHT).where(
        _NIGHT.unit_code == unit_code, _NIGHT.night == night, _NIGHT.state == WAITING
    )
    row = connection.execute(query.with_for_update(skip_locked=True)).one_or_none()
    return _night(row) if row else None


def latest(connection: Connection, unit_code: str, now_ms: int) -> Night | None:
    """Give the last night whose grace is over."""
    query = (
        select(BOARDING_NIGHT)
        .where(_NIGHT.unit_code == unit_code, _NIGHT.due_at <= now_ms)
        .order_by(_NIGHT.night.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return _night(row) if row else None


def checked(
    connection: Connection, night: Night, state: str, counts: tuple[int, int], now_ms: int,
    incident_id: str | None = None,
) -> None:  # fmt: skip
    """Keep what a night's check has found."""
    mine = and_(_NIGHT.unit_code == night.unit_code, _NIGHT.night == night.night)
    connection.execute(
        update(BOARDING_NIGHT)
        .where(mine)
        .values(state=state, checked_at=now_ms, absent=counts[0], expected=counts[1],
                incident_id=incident_id)
    )  # fmt: skip


def boarders(connection: Connection, unit_code: str) -> list[str]:
    """List the boarders of a school by id."""
    chosen = and_(PUPIL.c.unit_code == unit_code, PUPIL.c.is_boarder.is_(True),
                  PUPIL.c.withdrawn_at.is_(None))  # fmt: skip
    query = select(PUPIL.c.pupil_id).where(chosen).order_by(PUPIL.c.pupil_id)
    return list(connection.execute(query).scalars())


def raised(connection: Connection, night: str, unit_code: str) -> set[str]:
    """Give those for whom a case was opened that night."""
    query = select(_MISSING.pupil_id).where(
        _MISSING.night == night, _MISSING.unit_code == unit_code
    )
    return set(connection.execute(query).scalars())


def put_missing(connection: Connection, pupil_id: str, night: Night, incident_id: str) -> None:
    """Keep that a case was opened for a pupil's night; a second one is an error."""
    row = {"pupil_id": pupil_id, "night": night.night, "unit_code": night.unit_code,
           "incident_id": incident_id}  # fmt: skip
    connection.execute(BOARDING_MISSING.insert().values(row))


def searched(connection: Connection, pupil_id: str) -> tuple[str, str] | None:
    """Give night and case of a pupil who is still looked for."""
    query = (
        select(_MISSING.night, _MISSING.incident_id)
        .join(INCIDENT, INCIDENT.c.incident_id == _MISSING.incident_id)
        .where(
            _MISSING.pupil_id == pupil_id,
            _MISSING.returned_at.is_(None),
            IS_OPEN,
        )
        .order_by(_MISSING.night.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return (row.night, row.incident_id) if row else None


def returned(connection: Connection, pupil_id: str, night: str, at: int) -> None:
    """Keep that a missing pupil has come."""
    mine = and_(_MISSING.pupil_id == pupil_id, _MISSING.night == night)
    connection.execute(update(BOARDING_MISSING).where(mine).values(returned_at=at))


def _home(row: Row[tuple[object, ...]]) -> Home:
    return Home(row.unit_code, row.site_id, House.model_validate(row.rules))


def _night(row: Row[tuple[object, ...]]) -> Night:
    return Night(**{name: getattr(row, name) for name in Night.__slots__})
