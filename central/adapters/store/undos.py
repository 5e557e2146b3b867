"""Steps that can be taken back: what was before, kept for a few minutes."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, select

from central.adapters.store.incidents import upsert
from central.adapters.store.reach import may_know
from central.adapters.store.schema.desk import STEP_UNDO
from central.adapters.store.tables import INCIDENT
from central.core.people import Actor
from central.core.workflow import Step


@dataclass(frozen=True, slots=True)
class Kept:
    """A step on a task; `before` and `after` hold the tasks that it changed, and their waits."""

    task_id: str
    incident_id: str
    step: Step
    by: str
    at: int
    before: list[dict[str, Any]]
    after: list[dict[str, Any]]


def put(connection: Connection, kept: Kept) -> None:
    """Keep a step in the place of the one before it on its task."""
    values = {name: getattr(kept, name) for name in Kept.__slots__}
    statement = upsert(connection)(STEP_UNDO).values(values)
    connection.execute(statement.on_conflict_do_update(index_elements=["task_id"], set_=values))


def forget(connection: Connection, task_id: str) -> None:
    """Let a task's last step stand."""
    connection.execute(delete(STEP_UNDO).where(STEP_UNDO.c.task_id == task_id))


def read(connection: Connection, task_id: str) -> Kept | None:
    """Read the last step on a task, if it can be taken back."""
    row = connection.execute(select(STEP_UNDO).where(STEP_UNDO.c.task_id == task_id)).first()
    return _kept(row) if row else None


def of_incident(connection: Connection, actor: Actor, incident_id: str) -> list[Kept]:
    """List what could be taken back in a case that is somebody's to see."""
    query = select(STEP_UNDO).join(INCIDENT, INCIDENT.c.incident_id == STEP_UNDO.c.incident_id)
    mine = query.where(INCIDENT.c.incident_id == incident_id, may_know(actor))
    return [_kept(row) for row in connection.execute(mine)]


def _kept(row: Any) -> Kept:
    values = {name: getattr(row, name) for name in Kept.__slots__}
    return Kept(**values | {"step": Step(row.step)})
