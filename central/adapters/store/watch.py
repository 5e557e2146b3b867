"""What the board shows: what waits for somebody, what has changed, and the list of cases.

Nothing here reads a case's frozen playbook or a device's message whole: a board is asked for at
every change.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    or_,
    select,
)

from central.adapters.store.board import Rows, is_overdue
from central.adapters.store.open_cases import IS_OPEN, IS_OPEN_TASK
from central.adapters.store.reach import may_know
from central.adapters.store.tables import DEADLINE, INCIDENT, ORG_UNIT, SITE, TASK
from central.core.board_filter import BoardFilter, Cursor
from central.core.needs import OFFICE, Reach, reach_of
from central.core.people import Actor
from central.core.workflow import Status
from contract.scenarios import Severity

RINGS_FOR_MS = 24 * 3600 * 1000
"""What nobody has taken up for a day rings no more: it has long been escalated."""
MOST_RINGING = 50

_ROW = tuple(
    INCIDENT.c[name]
    for name in ("incident_id", "number", "scenario", "kind", "severity", "status", "site_id",
                 "zone_id", "occurred_at", "opened_at", "closed_at", "alert_count", "is_late",
                 "is_false_alarm", "is_drill", "version")
)  # fmt: skip
_PLACE = (SITE.c.name_zh.label("site_zh"), SITE.c.name_en.label("site_en"))
_UNIT = (ORG_UNIT.c.name_zh.label("unit_zh"), ORG_UNIT.c.name_en.label("unit_en"))
_STANDS_ALONE = INCIDENT.c.merged_into.is_(None)
_WEIGHT = case({Severity.CRITICAL: 0, Severity.WARNING: 1}, value=INCIDENT.c.severity, else_=2)


def listed(
    connection: Connection, actor: Actor, chosen: BoardFilter, now_ms: int, limit: int
) -> tuple[Rows, Cursor | None]:
    """List the cases that were chosen; those overdue first while they are open, then the newest.

    Gives also where the next page begins; None on the last.
    """
    columns = INCIDENT.c
    late = is_overdue(now_ms)
    rank = (case((late, 0), else_=1),) if chosen.is_open else ()
    query = (
        select(*_ROW, *_PLACE, late.label("is_overdue"))
        .join(SITE, SITE.c.site_id == columns.site_id)
        .where(may_know(actor), *_wanted(actor, chosen, now_ms))
        .order_by(*rank, columns.opened_at.desc(), columns.incident_id.desc())
        .limit(limit + 1)
    )
    if chosen.cursor:
        query = query.where(_after(chosen.cursor, late if chosen.is_open else None))
    rows = _rows(connection, query)
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    is_late = chosen.is_open and bool(last["is_overdue"])
    return rows[:limit], Cursor(is_late, last["opened_at"], last["incident_id"])


def numbered(connection: Connection, actor: Actor, number: str) -> str | None:
    """Find the case of a number, if it is somebody's to see."""
    query = select(INCIDENT.c.incident_id).where(INCIDENT.c.number == number, may_know(actor))
    return connection.execute(query).scalar()


def needs(connection: Connection, actor: Actor, now_ms: int, limit: int) -> tuple[Rows, int]:
    """List the tasks that wait for somebody, and count them all.

    What is overdue comes first, then what is worse, then what is due sooner.
    """
    reach = reach_of(actor)
    if reach.is_empty:
        return [], 0
    late, due = _is_late_task(now_ms), _due()
    wanted = and_(may_know(actor), _waits_for(reach, late))
    query = (
        select(TASK, *(one for one in _ROW if one.name not in TASK.c),
               INCIDENT.c.status.label("case_status"), *_PLACE, *_UNIT,
               late.label("is_overdue"), due.label("due_at"), _since().label("waits_since"))
        .join(INCIDENT, INCIDENT.c.incident_id == TASK.c.incident_id)
        .join(SITE, SITE.c.site_id == INCIDENT.c.site_id)
        .join(ORG_UNIT, ORG_UNIT.c.code == TASK.c.unit_code)
        .where(wanted)
        .order_by(case((late, 0), else_=1), _WEIGHT, func.coalesce(due, 2**60), TASK.c.since_at,
                  TASK.c.task_id)
        .limit(limit)
    )  # fmt: skip
    rows = _rows(connection, query)
    if len(rows) < limit:
        return rows, len(rows)
    count = (
        select(func.count())
        .select_from(TASK)
        .join(INCIDENT, INCIDENT.c.incident_id == TASK.c.incident_id)
        .where(wanted)
    )
    return rows, int(connection.execute(count).scalar_one())


def ringing(connection: Connection, actor: Actor, now_ms: int) -> Rows:
    """List the life-safety tasks that nobody has taken up: one's own, or as the office any lead."""
    reach = reach_of(actor)
    own = and_(
        TASK.c.unit_code == reach.unit_code,
        INCIDENT.c.scenario.in_(sorted(reach.own[Status.DISPATCHED])),
    )
    office = and_(TASK.c.part == "lead", INCIDENT.c.scenario.in_(sorted(reach.office)))
    of_lives = INCIDENT.c.life_safety
    query = (
        select(TASK.c.task_id, TASK.c.unit_code, INCIDENT.c.incident_id, INCIDENT.c.number,
               INCIDENT.c.kind, *_PLACE)
        .join(INCIDENT, INCIDENT.c.incident_id == TASK.c.incident_id)
        .join(SITE, SITE.c.site_id == INCIDENT.c.site_id)
        .where(
            TASK.c.status == Status.DISPATCHED,
            IS_OPEN_TASK,
            INCIDENT.c.status.in_([Status.OPEN, Status.DISPATCHED]),  # as its slowest task
            TASK.c.since_at > now_ms - RINGS_FOR_MS,
            or_(own, office),
            _STANDS_ALONE,
            INCIDENT.c.is_late.is_(False),
            or_(INCIDENT.c.is_drill.is_(False), INCIDENT.c.drill_tells != "nobody"),
            or_(of_lives == "always",
                and_(of_lives == "when_critical", INCIDENT.c.severity == Severity.CRITICAL)),
            may_know(actor),
        )
        .order_by(TASK.c.since_at.desc())
        .limit(MOST_RINGING)
    )  # fmt: skip
    return _rows(connection, query)


def _wanted(actor: Actor, chosen: BoardFilter, now_ms: int) -> list[ColumnElement[bool]]:
    columns = INCIDENT.c
    found: list[ColumnElement[bool]] = [columns.status.in_(sorted(chosen.statuses)), _STANDS_ALONE]
    if chosen.is_open:  # said both ways, so that either database finds its index
        found.append(IS_OPEN)
    found += [
        columns[name] == value
        for name in ("scenario", "severity")
        if (value := getattr(chosen, name))
    ]
    if chosen.site:
        found.append(columns.site_id == chosen.site)
    if (since := chosen.since(now_ms)) is not None:
        found.append(columns.opened_at >= since)
    if chosen.drills != "with":
        found.append(columns.is_drill.is_(chosen.drills == "only"))
    if chosen.overdue:
        found.append(is_overdue(now_ms))
    if chosen.unit:
        found.append(_has_task(TASK.c.unit_code == chosen.unit))
    if chosen.mine:
        found.append(_has_task(_waits_for(reach_of(actor), _is_late_task(now_ms))))
    if chosen.q:
        named = or_(SITE.c.name_zh.contains(chosen.q, autoescape=True),
                    SITE.c.name_en.icontains(chosen.q, autoescape=True))  # fmt: skip
        found.append(or_(columns.number.contains(chosen.q.upper(), autoescape=True),
                         columns.site_id.in_(select(SITE.c.site_id).where(named))))  # fmt: skip
    return found


def _after(cursor: Cursor, late: ColumnElement[bool] | None) -> ColumnElement[bool]:
    columns = INCIDENT.c
    same = and_(columns.opened_at == cursor.opened_at, columns.incident_id < cursor.incident_id)
    older = or_(columns.opened_at < cursor.opened_at, same)
    if late is None:
        return older
    return or_(and_(late, older), ~late) if cursor.is_late else and_(~late, older)


def _waits_for(reach: Reach, late: ColumnElement[bool]) -> ColumnElement[bool]:
    """Give the condition for a task to wait for somebody."""
    status, scenario = TASK.c.status, INCIDENT.c.scenario
    own = [and_(status == one, scenario.in_(sorted(where))) for one, where in reach.own.items()]
    # the last step is taken once all have come as far
    is_due = or_(status.in_([Status.OPEN, Status.REPORTED]),
                 and_(status == Status.VERIFIED, INCIDENT.c.status == Status.VERIFIED))  # fmt: skip
    under_way = status.in_(sorted(set(Status) - set(OFFICE) - {Status.CLOSED}))
    office = and_(scenario.in_(sorted(reach.office)), or_(is_due, and_(under_way, late)))
    mine = and_(TASK.c.unit_code == reach.unit_code, or_(false(), *own))
    return and_(IS_OPEN, IS_OPEN_TASK, _STANDS_ALONE, or_(mine, office))


def _has_task(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    of_case = and_(TASK.c.incident_id == INCIDENT.c.incident_id, condition)
    return select(TASK.c.task_id).where(of_case).correlate(INCIDENT).exists()


def _is_late_task(now_ms: int) -> ColumnElement[bool]:
    columns = DEADLINE.c
    late = or_(columns.level > 0, columns.next_due_at <= now_ms)
    waits = and_(columns.task_id == TASK.c.task_id, columns.next_due_at.is_not(None))
    return exists().where(waits, late)


def _due() -> Any:
    """Give until when a task's next wait lasts, in ms UTC."""
    columns = DEADLINE.c
    first = select(func.min(columns.next_due_at)).where(columns.task_id == TASK.c.task_id)
    return first.correlate(TASK).scalar_subquery()


def _since() -> Any:
    """Give since when a task's longest wait that goes on lasts, in ms UTC."""
    columns = DEADLINE.c
    waits = and_(columns.task_id == TASK.c.task_id, columns.next_due_at.is_not(None))
    return select(func.min(columns.since_at)).where(waits).correlate(TASK).scalar_subquery()


def _rows(connection: Connection, query: Select[Any]) -> Rows:
    return [dict(row) for row in connection.execute(query).mappings()]
