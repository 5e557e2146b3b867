"""The duty roster, absences, hand-overs, and the hours in which nobody is on duty."""

from collections.abc import Collection, Iterable
from datetime import time
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, literal, or_, select, update
from uuid_utils import uuid7

from central.adapters.store.open_cases import IS_OPEN_TASK
from central.adapters.store.reach import may_know
from central.adapters.store.schema.duty import ABSENCE, DUTY_GAP, HANDOVER, SHIFT
from central.adapters.store.tables import ACCOUNT, INCIDENT, ORG_UNIT, TASK
from central.core.duty import Absence, Pattern, Shift
from central.core.duty_rights import hears_of
from central.core.people import Actor, Role

PERSON = "account:"
Rows = list[dict[str, Any]]


def put_shift(connection: Connection, shift: Shift, by: str, now_ms: int) -> None:
    """Keep a row of the roster."""
    values = {name: getattr(shift, name) for name in Shift.__slots__}
    values |= {"pattern": _kept(shift.pattern), "created_at": now_ms, "created_by": by}
    connection.execute(SHIFT.insert().values(values))


def drop_shifts(connection: Connection, shift_ids: Collection[str]) -> int:
    """Take rows back, and give how many there were."""
    chosen = SHIFT.c.shift_id.in_(sorted(shift_ids))
    return connection.execute(delete(SHIFT).where(chosen)).rowcount


def drop_roster(connection: Connection, units: Collection[str], since: int) -> int:
    """Take back what units have from a time on, so that a new roster stands in its place.

    A row that has begun before ends then.
    """
    columns = SHIFT.c
    mine = columns.unit_code.in_(sorted(units))
    later = connection.execute(delete(SHIFT).where(mine, columns.from_at >= since)).rowcount
    running = and_(mine, or_(columns.to_at.is_(None), columns.to_at > since))
    ended = connection.execute(update(SHIFT).where(running).values(to_at=since)).rowcount
    return later + ended


def shifts(
    connection: Connection, since: int, unit_code: str | None = None,
    roles: Collection[Role] | None = None,
) -> list[Shift]:  # fmt: skip
    """List the rows that have not ended at a time, of active people; of one unit where named."""
    columns = SHIFT.c
    query = (
        select(SHIFT)
        .join(ACCOUNT, ACCOUNT.c.username == columns.username)
        .where(or_(columns.to_at.is_(None), columns.to_at > since), ACCOUNT.c.is_active.is_(True))
        .order_by(columns.unit_code, columns.from_at, columns.shift_id)
    )
    if unit_code is not None:
        query = query.where(columns.unit_code == unit_code)
    if roles is not None:
        query = query.where(columns.role.in_(sorted(roles)))
    return [_shift(row) for row in connection.execute(query)]


def put_absence(connection: Connection, absence: Absence, by: str, now_ms: int) -> str:
    """Keep that somebody is away, and who stands in."""
    absence_id = str(uuid7())
    values = {name: getattr(absence, name) for name in Absence.__slots__}
    more = {"absence_id": absence_id, "created_at": now_ms, "created_by": by}
    connection.execute(ABSENCE.insert().values(values | more))
    return absence_id


def absence_of(connection: Connection, absence_id: str) -> Absence | None:
    """Read one absence."""
    row = connection.execute(select(ABSENCE).where(ABSENCE.c.absence_id == absence_id)).first()
    return _absence(row) if row else None


def drop_absence(connection: Connection, absence_id: str) -> None:
    """Take an absence back."""
    connection.execute(delete(ABSENCE).where(ABSENCE.c.absence_id == absence_id))


def absences(
    connection: Connection, since: int, usernames: Collection[str] | None = None
) -> list[Absence]:
    """List absences that have not ended at a time, the oldest entry first."""
    query = select(ABSENCE).where(ABSENCE.c.to_at > since).order_by(ABSENCE.c.absence_id)
    if usernames is not None:
        query = query.where(ABSENCE.c.username.in_(sorted(usernames)))
    return [_absence(row) for row in connection.execute(query)]


def listed_absences(connection: Connection, since: int) -> Rows:
    """List absences with names and units, for a page."""
    query = (
        select(ABSENCE, ACCOUNT.c.name, ACCOUNT.c.unit_code)
        .join(ACCOUNT, ACCOUNT.c.username == ABSENCE.c.username)
        .where(ABSENCE.c.to_at > since)
        .order_by(ABSENCE.c.from_at, ABSENCE.c.absence_id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def account(connection: Connection, username: str) -> Any | None:
    """Read an active account's name, role and unit."""
    query = select(ACCOUNT.c.username, ACCOUNT.c.name, ACCOUNT.c.role, ACCOUNT.c.unit_code)
    active = and_(ACCOUNT.c.username == username, ACCOUNT.c.is_active.is_(True))
    return connection.execute(query.where(active)).one_or_none()


def names(connection: Connection, unit_code: str | None = None) -> dict[str, str]:
    """Give the names of accounts by username, of one unit where named."""
    query = select(ACCOUNT.c.username, ACCOUNT.c.name)
    if unit_code is not None:
        query = query.where(ACCOUNT.c.unit_code == unit_code, ACCOUNT.c.is_active.is_(True))
    return {row.username: row.name for row in connection.execute(query)}


def unit_names(connection: Connection) -> dict[str, tuple[str, str]]:
    """Give the names of units, Chinese and English."""
    rows = connection.execute(select(ORG_UNIT.c.code, ORG_UNIT.c.name_zh, ORG_UNIT.c.name_en))
    return {row.code: (row.name_zh, row.name_en or row.name_zh) for row in rows}


def open_tasks(connection: Connection, actor: Actor, unit_code: str) -> Rows:
    """List a unit's tasks that are not closed, of cases that stand alone, the oldest first.

    Only of those cases that are this person's to see.
    """
    query = (
        select(TASK.c.task_id, TASK.c.incident_id, TASK.c.duty_zh, TASK.c.duty_en, TASK.c.status,
               INCIDENT.c.number)
        .join(INCIDENT, INCIDENT.c.incident_id == TASK.c.incident_id)
        .where(
            TASK.c.unit_code == unit_code,
            IS_OPEN_TASK,
            INCIDENT.c.merged_into.is_(None),
            may_know(actor),
        )
        .order_by(TASK.c.opened_at, TASK.c.task_id)
    )  # fmt: skip
    return [dict(row) for row in connection.execute(query).mappings()]


def put_handover(connection: Connection, values: dict[str, Any]) -> None:
    """Keep a hand-over."""
    connection.execute(HANDOVER.insert().values(values))


def handover(connection: Connection, handover_id: str) -> dict[str, Any] | None:
    """Read and hold a hand-over."""
    query = select(HANDOVER).where(HANDOVER.c.handover_id == handover_id)
    row = connection.execute(query.with_for_update()).mappings().one_or_none()
    return dict(row) if row else None


def take_over(connection: Connection, handover_id: str, by: str, now_ms: int) -> None:
    """Keep that the incoming person has acknowledged."""
    mine = HANDOVER.c.handover_id == handover_id
    values = {"acknowledged_at": now_ms, "acknowledged_by": by}
    connection.execute(update(HANDOVER).where(mine).values(values))


def handovers(
    connection: Connection, reader: Actor, unit_code: str | None, limit: int = 50
) -> Rows:
    """List the hand-overs that are somebody's to read, the newest first."""
    columns = HANDOVER.c
    own = () if reader.is_district_wide else (columns.unit_code == reader.unit_code,)
    heard = and_(ACCOUNT.c.role.in_(sorted(hears_of(reader))), *own)
    mine = columns.to_username == reader.actor_id.removeprefix(PERSON)
    query = (
        select(HANDOVER)
        .outerjoin(ACCOUNT, columns.from_actor == literal(PERSON) + ACCOUNT.c.username)
        .where(or_(columns.from_actor == reader.actor_id, mine, heard))
        .order_by(columns.at.desc(), columns.handover_id.desc())
    )
    if unit_code is not None:
        query = query.where(columns.unit_code == unit_code)
    return [dict(row) for row in connection.execute(query.limit(limit)).mappings()]


def known_gaps(connection: Connection, unit_code: str | None = None) -> Rows:
    """List the gaps that were found and are not gone, the first first."""
    query = select(DUTY_GAP).where(DUTY_GAP.c.gone_at.is_(None))
    if unit_code is not None:
        query = query.where(DUTY_GAP.c.unit_code == unit_code)
    ordered = query.order_by(DUTY_GAP.c.from_at, DUTY_GAP.c.unit_code)
    return [dict(row) for row in connection.execute(ordered).mappings()]


def put_gap(connection: Connection, unit_code: str, from_at: int, to_at: int, now_ms: int) -> None:
    """Keep a gap that was found."""
    values = {"gap_id": str(uuid7()), "unit_code": unit_code, "from_at": from_at, "to_at": to_at,
              "found_at": now_ms}  # fmt: skip
    connection.execute(DUTY_GAP.insert().values(values))


def change_gaps(connection: Connection, gap_ids: Iterable[str], **values: Any) -> None:
    """Change gaps: told, gone, or now longer."""
    chosen = DUTY_GAP.c.gap_id.in_(sorted(gap_ids))
    connection.execute(update(DUTY_GAP).where(chosen).values(**values))


def units_with_roster(connection: Connection, since: int) -> list[str]:
    """List the units that have a roster which has not ended."""
    columns = SHIFT.c
    query = select(columns.unit_code).where(or_(columns.to_at.is_(None), columns.to_at > since))
    return sorted(connection.execute(query.distinct()).scalars())


def count_of(connection: Connection) -> tuple[int, int]:
    """Count rows of roster and absences, for noticing a change."""
    count = (select(func.count()).select_from(table) for table in (SHIFT, ABSENCE))
    shifts_, absences_ = (int(connection.execute(one).scalar_one()) for one in count)
    return shifts_, absences_


def _kept(pattern: Pattern | None) -> dict[str, Any] | None:
    if pattern is None:
        return None
    return {"weekdays": sorted(pattern.weekdays), "days": pattern.days,
            "starts": f"{pattern.starts:%H:%M}", "ends": f"{pattern.ends:%H:%M}"}  # fmt: skip


def _shift(row: Row[Any]) -> Shift:
    kept = row.pattern
    pattern = kept and Pattern(
        frozenset(kept["weekdays"]), kept["days"], time.fromisoformat(kept["starts"]),
        time.fromisoformat(kept["ends"]),
    )  # fmt: skip
    return Shift(row.shift_id, row.unit_code, Role(row.role), row.username, row.from_at,
                 row.to_at, pattern or None)  # fmt: skip


def _absence(row: Row[Any]) -> Absence:
    return Absence(row.username, row.from_at, row.to_at, row.stand_in)
