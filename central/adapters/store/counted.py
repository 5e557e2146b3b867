"""Reads of cases what figures are made of."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, Table, func, select

from central.adapters.store.tables import (
    DEADLINE,
    INCIDENT,
    INCIDENT_COPY,
    TASK,
    TIMELINE,
)
from central.core.counting import Closing, Told
from central.core.timeliness import Worked
from central.core.workflow import Status, Step
from contract.scenarios import Scenario

_BEGINS_ANEW = (Step.TRANSFER, Step.REOPEN)
_STEPS = (
    Step.DISPOSE, Step.REPORT_BACK, Step.RETURN, Step.URGE, Step.SUPERVISE, *_BEGINS_ANEW,
)  # fmt: skip
_OF_CASE = (
    "scenario", "kind", "site_id", "occurred_at", "is_drill", "is_false_alarm", "merged_into",
    "status", "closed_at",
)  # fmt: skip
_OF_TASK = ("task_id", "unit_code", "opened_at", "acknowledged_at")
Rows = Sequence[Any]
"""Rows of one table, with the columns that are read here as attributes."""


def told(connection: Connection, incident_ids: Collection[str]) -> Iterator[tuple[str, Told]]:
    """Give of each case all that it could add; of one that is not there, nothing."""
    tasks = _by_case(connection, _of(TASK, incident_ids, *_OF_TASK))
    copies = _by_case(connection, _of(INCIDENT_COPY, incident_ids, "unit_code"))
    levels = _by_case(connection, _levels(incident_ids))
    lines = _by_case(connection, _story(incident_ids))
    for row in connection.execute(_of(INCIDENT, incident_ids, *_OF_CASE)):
        one = row.incident_id
        yield one, facts(row, tasks[one], copies[one], levels[one], lines[one])


def _of(table: Table, incident_ids: Collection[str], *names: str) -> Select[Any]:
    columns = table.c
    chosen = select(columns.incident_id, *(columns[name] for name in names))
    return chosen.where(columns.incident_id.in_(incident_ids))


def _levels(incident_ids: Collection[str]) -> Select[Any]:
    """Give a query of waits by way of their tasks: by its case, only those that run are indexed."""
    return (
        select(TASK.c.incident_id, DEADLINE.c.task_id, DEADLINE.c.waits_for, DEADLINE.c.level)
        .join(TASK, TASK.c.task_id == DEADLINE.c.task_id)
        .where(TASK.c.incident_id.in_(incident_ids))
    )


def _story(incident_ids: Collection[str]) -> Select[Any]:
    columns = TIMELINE.c
    return (
        select(columns.incident_id, columns.task_id, columns.event, columns.at, columns.detail,
               func.length(columns.note).label("note_chars"))
        .where(columns.incident_id.in_(incident_ids), columns.event.in_(_STEPS),
               columns.task_id.is_not(None))
        .order_by(columns.id)
    )  # fmt: skip


def _by_case(connection: Connection, query: Select[Any]) -> Mapping[str, Rows]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.incident_id].append(row)
    return found


def facts(row: Any, tasks: Rows, copies: Rows, levels: Rows, lines: Rows) -> Told:
    """Give all that a case could add, from its rows: those of `_OF_CASE`, and so on."""
    level_of = {(one.task_id, one.waits_for): one.level for one in levels}
    of_task: dict[str, list[Any]] = defaultdict(list)
    for line in lines:
        of_task[line.task_id].append(line)
    is_closed = row.status == Status.CLOSED and row.closed_at is not None
    return Told(
        scenario=Scenario(row.scenario),
        kind=row.kind,
        site_id=row.site_id,
        occurred_at=row.occurred_at,
        is_drill=bool(row.is_drill),
        is_false_alarm=bool(row.is_false_alarm),
        is_merged=row.merged_into is not None,
        task_units=frozenset(one.unit_code for one in tasks),
        copy_units=frozenset(one.unit_code for one in copies),
        worked=tuple(
            _worked(one, level_of, of_task[one.task_id])
            for one in sorted(tasks, key=lambda task: str(task.task_id))
        ),
        closing=_closing(row.closed_at, tasks, of_task) if is_closed else None,
    )


def _worked(task: Any, level_of: Mapping[tuple[str, str], int], lines: Rows) -> Worked:
    at = task.acknowledged_at
    begun = max([task.opened_at, *(line.at for line in lines if line.event in _BEGINS_ANEW)])
    steps = Counter(line.event for line in lines)
    disposed = [line.at for line in lines if line.event == Step.DISPOSE and at and line.at >= at]
    return Worked(
        unit_code=task.unit_code,
        acknowledged_s=_seconds(begun, at) if at else None,
        disposed_s=_seconds(at, disposed[0]) if at and disposed else None,
        is_acknowledged=at is not None,
        is_disposed=bool(steps[Step.DISPOSE]),
        is_reported=bool(steps[Step.REPORT_BACK]),
        acknowledge_level=level_of.get((task.task_id, "acknowledge")),
        report_level=level_of.get((task.task_id, "report_back")),
        close_level=level_of.get((task.task_id, "close")),
        returned=steps[Step.RETURN],
        urged=steps[Step.URGE],
        supervised=steps[Step.SUPERVISE],
    )


def _closing(closed_at: int, tasks: Rows, of_task: Mapping[str, Rows]) -> Closing:
    handled, notes, reopened = [], [], 0
    for task in tasks:
        lines = of_task[task.task_id]
        reopened += sum(line.event == Step.REOPEN for line in lines)
        reports = [line for line in lines if line.event == Step.REPORT_BACK]
        if reports and task.acknowledged_at is not None:
            handled.append(_seconds(task.acknowledged_at, reports[-1].at))
        notes += [line.note_chars for line in reports
                  if not (line.detail or {}).get("report", {}).get("photos")]  # fmt: skip
    return Closing(closed_at, min(handled, default=None), min(notes, default=None), reopened)


def _seconds(since_at: int, at: int) -> int:
    return max(0, at - since_at) // 1000
