"""Presses that browsers send until they hear an answer: each is taken once."""

from sqlalchemy import Connection, delete

from central.adapters.store.incidents import upsert
from central.adapters.store.schema.desk import PRESS

KEPT_MS = 3 * 24 * 3600 * 1000
"""Longer than a phone keeps on trying."""


def is_new(
    connection: Connection, actor_id: str, press_id: str, task_id: str, step: str, now_ms: int
) -> bool:
    """Keep a press in the caller's transaction; tell whether it has not been taken before.

    Two at once wait for each other here, so that one of them is the second.
    """
    connection.execute(delete(PRESS).where(PRESS.c.at < now_ms - KEPT_MS))
    row = {"actor_id": actor_id, "press_id": press_id, "task_id": task_id, "step": step,
           "at": now_ms}  # fmt: skip
    statement = upsert(connection)(PRESS).values(row).on_conflict_do_nothing()
    return connection.execute(statement.returning(PRESS.c.press_id)).first() is not None
