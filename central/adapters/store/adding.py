"""Adds the parts of the figures up, and makes the figures anew from the cases."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, delete, func, select, text
from sqlalchemy.exc import DBAPIError

from central.adapters.store import counting, incidents
from central.adapters.store.engine import Store
from central.adapters.store.schema.statistics import (
    STATISTICS_CASE,
    STATISTICS_STATE,
    STATISTICS_UNIT,
)
from central.adapters.store.tables import INCIDENT
from central.core.counting import Sums, add
from central.core.timeliness import MEASURES

_ALL = (*counting.CELLS.values(), STATISTICS_UNIT)
_TURN = 4808803
_AGAIN, _MADE = "again", "made"
MOST_TRIES = 5
Says = Callable[[int, int], None]
"""Is told how many cases are done, of how many."""


EVERY_MS = 10_000
DAY_MS = 86_400_000


@dataclass(slots=True)
class Figures:
    """Adds parts up every few seconds, and counts what an older version had left uncounted."""

    store: Store
    _looked_at: int = 0
    _planner_told_at: int = 0

    def look(self, now_ms: int) -> None:
        """Do what is due."""
        if now_ms - self._looked_at < EVERY_MS:
            return
        self._looked_at = now_ms
        if is_asked_again(self.store):
            bring_all_up(self.store)
        add_up(self.store)
        if now_ms - self._planner_told_at >= DAY_MS:
            self._planner_told_at = now_ms
            self.store.tell_planner()


def add_up(store: Store) -> int:
    """Add all parts into the whole; give how many there were. One process at a time does."""
    with store.transaction() as connection:
        if not _is_my_turn(connection):
            return 0
        return sum(_add_up(connection, table) for table in _ALL)


def rebuild(store: Store, now_ms: int, say: Says | None = None) -> int:
    """Make all figures anew from the cases, while work goes on; give how many cases were wrong.

    Each case is brought up in turn, then each month's cells are summed from what its cases add.
    """
    changed = bring_all_up(store, say)
    for month in _months(store):
        _in_one_go(store, month)
    with store.transaction() as connection:
        _note(connection, _MADE, now_ms)
    return changed


def bring_all_up(store: Store, say: Says | None = None) -> int:
    """Bring the figures to where every case stands now; give how many stood otherwise."""
    with store.transaction() as connection:
        gone = delete(STATISTICS_STATE).where(STATISTICS_STATE.c.name == _AGAIN)
        connection.execute(gone)
    with store.reading() as connection:
        count = int(connection.execute(select(func.count()).select_from(INCIDENT)).scalar_one())
    changed = done = 0
    for ids in _in_turn(store):
        with store.transaction() as connection:
            held = select(INCIDENT.c.incident_id).where(INCIDENT.c.incident_id.in_(ids))
            held = held.order_by(INCIDENT.c.incident_id).with_for_update(key_share=True)
            changed += counting.bring_up(connection, connection.execute(held).scalars().all())
        done += len(ids)
        if say:
            say(done, max(count, done))
    return changed


def ask_again(connection: Connection, now_ms: int = 0) -> None:
    """Note that the figures must be brought up: who stands above whom has changed."""
    _note(connection, _AGAIN, now_ms)


def is_asked_again(store: Store) -> bool:
    """Tell whether the figures must be brought up."""
    query = select(STATISTICS_STATE.c.at).where(STATISTICS_STATE.c.name == _AGAIN)
    with store.reading() as connection:
        return connection.execute(query).first() is not None


def _note(connection: Connection, name: str, at: int) -> None:
    row = incidents.upsert(connection)(STATISTICS_STATE).values(name=name, at=at)
    connection.execute(row.on_conflict_do_update(index_elements=["name"], set_={"at": at}))


def _in_turn(store: Store) -> Iterator[list[str]]:
    after = ""
    columns = INCIDENT.c
    while True:
        query = select(columns.incident_id).where(columns.incident_id > after)
        query = query.order_by(columns.incident_id).limit(counting.AT_A_TIME)
        with store.reading() as connection:
            ids = list(connection.execute(query).scalars())
        if not ids:
            return
        yield ids
        after = ids[-1]


def _months(store: Store) -> list[int]:
    with store.reading() as connection:
        found = {
            month
            for table in (STATISTICS_CASE, *_ALL)
            for month in connection.execute(select(table.c.month).distinct()).scalars()
        }
    return sorted(found)  # fmt: skip


def _in_one_go(store: Store, month: int) -> None:
    """Sum a month up; on PostgreSQL it may have to begin again where the worker came between."""
    for left in reversed(range(MOST_TRIES)):
        try:
            with store.transaction() as connection:
                _sum_month(connection, month)
        except DBAPIError:
            if not left:
                raise
        else:
            return


def _sum_month(connection: Connection, month: int) -> None:
    """Put what cases add in the place of a month's cells; what others add meanwhile stays."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_TURN})"))
    sums = Sums()
    bodies = select(STATISTICS_CASE.c.body).where(STATISTICS_CASE.c.month == month)
    for body in connection.execute(bodies).scalars():
        add(sums, counting.read(body))
    for table in _ALL:
        connection.execute(delete(table).where(table.c.month == month))
    counting.put(connection, sums, 0)


def _is_my_turn(connection: Connection) -> bool:
    if connection.dialect.name != "postgresql":
        return True  # SQLite's writer is alone already
    turn = connection.execute(text(f"SELECT pg_try_advisory_xact_lock({_TURN})")).scalar_one()
    return bool(turn)


def _add_up(connection: Connection, table: Table) -> int:
    if connection.execute(select(table.c.part).where(table.c.part > 0).limit(1)).first() is None:
        return 0
    keys = [column.name for column in table.primary_key.columns if column.name != "part"]
    counts = list(MEASURES) if table is STATISTICS_UNIT else ["cases"]
    gone = delete(table).where(table.c.part > 0).returning(*table.c)
    found: dict[tuple[Any, ...], Counter[str]] = {}
    parts = set()
    for row in connection.execute(gone).mappings():
        cell = found.setdefault(tuple(row[key] for key in keys), Counter())
        cell.update({name: row[name] for name in counts})
        parts.add(row["part"])
    rows = [
        dict(zip(keys, key, strict=True)) | {"part": 0} | {name: cell[name] for name in counts}
        for key, cell in sorted(found.items())
        if any(cell.values())
    ]
    if rows:
        statement = incidents.upsert(connection)(table)
        more = {name: table.c[name] + statement.excluded[name] for name in counts}
        index = [*keys, "part"]
        connection.execute(statement.on_conflict_do_update(index_elements=index, set_=more), rows)
    return len(parts)
