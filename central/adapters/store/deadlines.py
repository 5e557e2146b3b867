"""What tasks wait for, and until when."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select

from central.adapters.store.incidents import upsert
from central.adapters.store.tables import DEADLINE
from central.core.escalation import Wait
from central.core.playbook import WaitsFor


@dataclass(frozen=True, slots=True)
class Waiting:
    """One task's wait for one step."""

    incident_id: str
    task_id: str
    waits_for: WaitsFor
    wait: Wait


def of_task(connection: Connection, task_id: str) -> dict[WaitsFor, Wait]:
    """Give a task's waits, by what they wait for."""
    query = select(DEADLINE).where(DEADLINE.c.task_id == task_id)
    return {
        row.waits_for: Wait(row.since_at, row.level, row.next_due_at)
        for row in connection.execute(query)
    }


def put(connection: Connection, *waits: Waiting) -> None:
    """Keep waits as they stand now."""
    if not waits:
        return
    rows = [
        {
            "incident_id": one.incident_id,
            "task_id": one.task_id,
            "waits_for": one.waits_for,
            "since_at": one.wait.since_at,
            "level": one.wait.level,
            "next_due_at": one.wait.next_due_at,
        }
        for one in waits
    ]
    statement = upsert(connection)(DEADLINE).values(rows)
    moving = {name: statement.excluded[name] for name in ("since_at", "level", "next_due_at")}
    connection.execute(
        statement.on_conflict_do_update(index_elements=["task_id", "waits_for"], set_=moving)
    )


def replace(connection: Connection, task_id: str, waits: Iterable[Waiting]) -> None:
    """Put these in the place of all waits of a task."""
    connection.execute(delete(DEADLINE).where(DEADLINE.c.task_id == task_id))
    put(connection, *waits)


def due(connection: Connection, now_ms: int, limit: int) -> list[str]:
    """List the incidents in which something is due, longest overdue first."""
    first = func.min(DEADLINE.c.next_due_at)
    query = (
        select(DEADLINE.c.incident_id)
        .where(DEADLINE.c.next_due_at <= now_ms)
        .group_by(DEADLINE.c.incident_id)
        .order_by(first)
        .limit(limit)
    )
    return list(connection.execute(query).scalars())
