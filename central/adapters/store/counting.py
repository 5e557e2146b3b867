"""Keeps the figures: whatever changes a case changes them in the same transaction.

`touched` notes that a case has changed; `settle` at the end of the transaction takes back what each
had added before and adds what it adds now, as a part of its own. `central.adapters.store.adding`
adds the parts up.
"""

import hashlib
import json
import secrets
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, delete, insert, select

from central.adapters.store import counted, incidents, reach, touched
from central.adapters.store.schema.statistics import (
    STATISTICS_CASE,
    STATISTICS_CLOSING,
    STATISTICS_HOUR,
    STATISTICS_KIND,
    STATISTICS_PLACE,
    STATISTICS_PLACE_HOUR,
    STATISTICS_SEEN,
    STATISTICS_UNIT,
)
from central.core.counting import Closing, Key, Sums, Told, add, month_of, seen_by, state_of
from central.core.sham import MOST_HANDLED_S, MOST_NOTE_CHARS
from central.core.timeliness import MEASURES

AT_A_TIME = 500
"""So many cases are read in one query."""
CELLS: Mapping[str, Table] = {
    "kinds": STATISTICS_KIND,
    "hours": STATISTICS_HOUR,
    "places": STATISTICS_PLACE,
    "place_hours": STATISTICS_PLACE_HOUR,
}
"""The tables whose cells count cases, by their field of `Sums`."""


class Added(NamedTuple):
    """What one case adds."""

    month: int
    sums: Sums
    seen: tuple[str, frozenset[str]]
    closing: Closing | None


def settle(connection: Connection) -> None:
    """Bring the figures to where the cases touched in this transaction stand now."""
    changed = touched.taken(connection)
    for at in range(0, len(changed), AT_A_TIME):
        bring_up(connection, changed[at : at + AT_A_TIME])


def bring_up(connection: Connection, incident_ids: Collection[str]) -> int:
    """Bring the figures to where cases stand now; give how many stood otherwise."""
    before = _kept(connection, incident_ids)
    parents = reach.parents(connection)
    now = {one: added(told, parents) for one, told in counted.told(connection, incident_ids)}
    body = {one: _written(found.sums) for one, found in now.items()}
    changed = [one for one in sorted({*before, *now}) if before.get(one) != body.get(one, "[]")]
    changes = Sums()
    for one in changed:
        _sum_up(changes, _read(before.get(one, "[]")), -1)
        if one in now:
            _sum_up(changes, now[one].sums, 1)
    put(connection, changes, secrets.randbits(62) + 1)
    keep(connection, {one: (now[one], body[one]) for one in changed if one in now})
    return len(changed)


def added(told: Told, parents: Mapping[str, str | None]) -> Added:
    """Give what a case adds."""
    seen = seen_by(told, parents)
    seen_id = hashlib.sha256("\n".join(sorted(seen)).encode()).hexdigest()[:32]
    sums = Sums()
    add(sums, told, seen, seen_id)
    closing = told.closing if state_of(told) == "counted" else None
    return Added(month_of(told.occurred_at), sums, (seen_id, seen), closing)


def put(connection: Connection, sums: Sums, part: int) -> None:
    """Add cells as a part of their own; 0 is the whole."""
    for name, table in CELLS.items():
        keys = [column.name for column in table.primary_key.columns if column.name != "part"]
        cells: Counter[Key] = getattr(sums, name)
        rows = [dict(zip(keys, key, strict=True)) | {"part": part, "cases": count}
                for key, count in sorted(cells.items()) if count]  # fmt: skip
        if rows:
            connection.execute(insert(table), rows)
    if rows := unit_rows(sums.units, part):
        connection.execute(insert(STATISTICS_UNIT), rows)


def unit_rows(units: Mapping[Key, int], part: int) -> list[dict[str, Any]]:
    """Turn measures of units into rows, one for each unit, month and scenario."""
    found: dict[Key, dict[str, Any]] = defaultdict(lambda: dict.fromkeys(MEASURES, 0))
    for (unit_code, month, scenario, measure), count in units.items():
        found[month, unit_code, scenario][str(measure)] += count
    return [
        {"month": month, "unit_code": unit_code, "scenario": scenario, "part": part, **measures}
        for (month, unit_code, scenario), measures in sorted(found.items())
        if any(measures.values())
    ]


def keep(connection: Connection, found: Mapping[str, tuple[Added, str]]) -> None:
    """Keep what cases have added, to be taken back when they change."""
    if not found:
        return
    upsert = incidents.upsert(connection)
    rows = [{"incident_id": one, "month": new.month, "body": body}
            for one, (new, body) in found.items()]  # fmt: skip
    statement = upsert(STATISTICS_CASE)
    again = {name: statement.excluded[name] for name in ("month", "body")}
    connection.execute(
        statement.on_conflict_do_update(index_elements=["incident_id"], set_=again), rows
    )
    sets = {seen_id: seen for new, _ in found.values() for seen_id, seen in [new.seen]}
    members = [{"seen_id": seen_id, "unit_code": one}
               for seen_id, seen in sorted(sets.items()) for one in sorted(seen)]  # fmt: skip
    if members:
        connection.execute(upsert(STATISTICS_SEEN).on_conflict_do_nothing(), members)
    _keep_closings(connection, {one: new.closing for one, (new, _) in found.items()})


def _keep_closings(connection: Connection, found: Mapping[str, Closing | None]) -> None:
    connection.execute(
        delete(STATISTICS_CLOSING).where(STATISTICS_CLOSING.c.incident_id.in_(sorted(found)))
    )
    rows = [
        {"incident_id": one, "closed_at": closing.closed_at, "handled_s": closing.handled_s,
         "note_chars": closing.note_chars, "reopened": closing.reopened}
        for one, closing in found.items()
        if closing and _is_worth_a_look(closing)
    ]  # fmt: skip
    if rows:
        connection.execute(insert(STATISTICS_CLOSING), rows)


def _is_worth_a_look(closing: Closing) -> bool:
    """Tell whether a district could ever set its limits so that this is listed."""
    quick = closing.handled_s is not None and closing.handled_s <= MOST_HANDLED_S
    bare = closing.note_chars is not None and closing.note_chars <= MOST_NOTE_CHARS
    return quick or bare or closing.reopened > 0


def _kept(connection: Connection, incident_ids: Collection[str]) -> dict[str, str]:
    columns = STATISTICS_CASE.c
    query = select(columns.incident_id, columns.body).where(columns.incident_id.in_(incident_ids))
    return {row.incident_id: row.body for row in connection.execute(query.with_for_update())}


def _written(sums: Sums) -> str:
    """Write what a case adds, the same each time."""
    cells = [[name, *key, count] for name in (*CELLS, "units")
             for key, count in sorted(getattr(sums, name).items())]  # fmt: skip
    return json.dumps(cells, ensure_ascii=False, separators=(",", ":"))


def _read(body: str) -> Sums:
    sums = Sums()
    for name, *key, count in json.loads(body):
        getattr(sums, name)[tuple(key)] += count
    return sums


def _sum_up(sums: Sums, more: Sums, sign: int) -> None:
    for name in (*CELLS, "units"):
        cells = getattr(sums, name)
        for key, count in getattr(more, name).items():
            cells[key] += sign * count
