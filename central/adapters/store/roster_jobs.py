"""Imports of rosters: a row each, taken up by one worker at a time, as often as it takes."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, delete, insert, or_, select, update

from central.adapters.store.schema.registry import ROSTER_JOB, ROSTER_PART

RUNNING = ("checking", "importing")
ENDED = ("done", "faulty", "cancelled", "failed")
GONE_AFTER_MS = 30_000
"""A worker that has said nothing for so long is taken to be gone."""


def put(connection: Connection, row: dict[str, Any], parts: Iterable[bytes]) -> None:
    """Keep a file that has come in, with its sealed parts."""
    connection.execute(insert(ROSTER_JOB).values(**row))
    for number, sealed in enumerate(parts):
        part = {"job_id": row["job_id"], "part": number, "sealed": sealed}
        connection.execute(insert(ROSTER_PART).values(**part))


def parts(connection: Connection, job_id: str) -> Iterator[bytes]:
    """Give a file's sealed parts in their order, one at a time."""
    number = 0
    columns = ROSTER_PART.c
    while True:
        query = select(columns.sealed).where(columns.job_id == job_id, columns.part == number)
        sealed = connection.execute(query).scalar()
        if sealed is None:
            return
        yield bytes(sealed)
        number += 1


def found(connection: Connection, job_id: str) -> RowMapping | None:
    """Give a job."""
    return connection.execute(_chosen(job_id)).mappings().first()


def listed(connection: Connection, unit_code: str | None, limit: int) -> list[RowMapping]:
    """List jobs, the newest first; of one school, or all."""
    query = select(ROSTER_JOB).order_by(ROSTER_JOB.c.created_at.desc()).limit(limit)
    if unit_code is not None:
        query = query.where(ROSTER_JOB.c.unit_code == unit_code)
    return list(connection.execute(query).mappings())


def claim(connection: Connection, now_ms: int) -> RowMapping | None:
    """Take the oldest job that waits, or whose worker is gone."""
    columns = ROSTER_JOB.c
    free = or_(columns.beat_at.is_(None), columns.beat_at < now_ms - GONE_AFTER_MS)
    query = select(ROSTER_JOB).where(columns.state.in_(RUNNING), free)
    row = connection.execute(query.order_by(columns.created_at).limit(1)).mappings().first()
    if row is None:
        return None
    mine = and_(columns.job_id == row["job_id"], columns.state == row["state"], free)
    done = connection.execute(update(ROSTER_JOB).where(mine).values(beat_at=now_ms))
    return row if done.rowcount == 1 else None


def waits(connection: Connection, now_ms: int) -> bool:
    """Tell whether there is a job to take; asked each second, it writes nothing."""
    columns = ROSTER_JOB.c
    free = or_(columns.beat_at.is_(None), columns.beat_at < now_ms - GONE_AFTER_MS)
    query = select(columns.job_id).where(columns.state.in_(RUNNING), free).limit(1)
    return connection.execute(query).first() is not None


def step(connection: Connection, job_id: str, stands: str, /, **values: Any) -> bool:
    """Change a job that still stands in a state; False where somebody has moved it on."""
    mine = and_(ROSTER_JOB.c.job_id == job_id, ROSTER_JOB.c.state == stands)
    done = connection.execute(update(ROSTER_JOB).where(mine).values(**values))
    if done.rowcount == 1 and values.get("state") in ENDED:
        connection.execute(delete(ROSTER_PART).where(ROSTER_PART.c.job_id == job_id))
    return done.rowcount == 1


def forgotten(connection: Connection, before_ms: int) -> list[str]:
    """List jobs that nobody has confirmed since."""
    columns = ROSTER_JOB.c
    query = select(columns.job_id).where(columns.state == "ready", columns.created_at < before_ms)
    return list(connection.execute(query).scalars())


def _chosen(job_id: str) -> Any:
    return select(ROSTER_JOB).where(ROSTER_JOB.c.job_id == job_id)
