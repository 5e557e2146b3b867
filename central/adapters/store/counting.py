"""Keeps the figures: whatever changes a case changes them in the same transaction.

`touched` notes that a case has changed; `settle` at the end of the transaction takes back what each
had added before and adds what it adds now, as a part of its own. `central.adapters.store.adding`
adds the parts up.
"""

import json
import secrets
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import astuple
from typing import Any

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
from central.core.counting import Adds, Closing, Key, Sums, add, adds
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


def settle(connection: Connection) -> None:
    """Bring the figures to where the cases touched in this transaction stand now."""
    changed = touched.taken(connection)
    for at in range(0, len(changed), AT_A_TIME):
        bring_up(connection, changed[at : at + AT_A_TIME])


def bring_up(connection: Connection, incident_ids: Collection[str]) -> int:
    """Bring the figures to where cases stand now; give how many stood otherwise."""
    before = {one: read(body) for one, body in _kept(connection, incident_ids).items()}
    parents = reach.parents(connection)
    now = {one: more for one, told in counted.told(connection, incident_ids)
           if (more := adds(told, parents))}  # fmt: skip
    changed = [one for one in sorted({*before, *now}) if before.get(one) != now.get(one)]
    changes = Sums()
    for one in changed:
        if one in before:
            add(changes, before[one], -1)
        if one in now:
            add(changes, now[one])
    put(connection, changes, secrets.randbits(62) + 1)
    keep(connection, {one: now.get(one) for one in changed})
    return len(changed)


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


def keep(connection: Connection, found: Mapping[str, Adds | None]) -> None:
    """Keep what cases have added, to be taken back when they change."""
    nothing = [one for one, more in found.items() if more is None]
    if nothing:
        connection.execute(
            delete(STATISTICS_CASE).where(STATISTICS_CASE.c.incident_id.in_(nothing))
        )
    rows = [case_row(one, more) for one, more in found.items() if more]
    if rows:
        statement = incidents.upsert(connection)(STATISTICS_CASE)
        again = {name: statement.excluded[name] for name in ("month", "body")}
        connection.execute(
            statement.on_conflict_do_update(index_elements=["incident_id"], set_=again), rows
        )
    keep_sets(connection, {more.seen_id: more.seen for more in found.values() if more})
    _keep_closings(connection, {one: more.closing if more else None for one, more in found.items()})


def case_row(incident_id: str, more: Adds) -> dict[str, Any]:
    """Give what is kept of what a case adds."""
    fields = [getattr(more, name) for name in Adds.__slots__]
    closing = more.closing and astuple(more.closing)
    body = json.dumps([*fields[:-1], closing], ensure_ascii=False, separators=(",", ":"))
    return {"incident_id": incident_id, "month": more.month, "body": body}


def read(body: str) -> Adds:
    """Read what a case has added."""
    month, hour, site_id, scenario, kind, state, seen, units, closing = json.loads(body)
    return Adds(month, hour, site_id, scenario, kind, state, tuple(seen),
                tuple((unit_code, one) for unit_code, one in units),
                Closing(*closing) if closing else None)  # fmt: skip


def keep_sets(connection: Connection, sets: Mapping[str, Collection[str]]) -> None:
    """Keep which units are in a set; one that is kept already is left alone."""
    members = [{"seen_id": seen_id, "unit_code": one}
               for seen_id, seen in sorted(sets.items()) for one in sorted(seen)]  # fmt: skip
    if members:
        statement = incidents.upsert(connection)(STATISTICS_SEEN)
        connection.execute(statement.on_conflict_do_nothing(), members)


def _keep_closings(connection: Connection, found: Mapping[str, Closing | None]) -> None:
    connection.execute(
        delete(STATISTICS_CLOSING).where(STATISTICS_CLOSING.c.incident_id.in_(sorted(found)))
    )
    rows = [row for one, closing in found.items() if (row := closing_row(one, closing))]
    if rows:
        connection.execute(insert(STATISTICS_CLOSING), rows)


def closing_row(incident_id: str, closing: Closing | None) -> dict[str, Any] | None:
    """Give what is kept of how a case was closed; None where nobody need look again."""
    if closing is None or not _is_worth_a_look(closing):
        return None
    return {
        "incident_id": incident_id,
        "closed_at": closing.closed_at,
        "handled_s": closing.handled_s,
        "note_chars": closing.note_chars,
        "reopened": closing.reopened,
    }


def _is_worth_a_look(closing: Closing) -> bool:
    """Tell whether a district could ever set its limits so that this is listed."""
    quick = closing.handled_s is not None and closing.handled_s <= MOST_HANDLED_S
    bare = closing.note_chars is not None and closing.note_chars <= MOST_NOTE_CHARS
    return quick or bare or closing.reopened > 0


def _kept(connection: Connection, incident_ids: Collection[str]) -> dict[str, str]:
    columns = STATISTICS_CASE.c
    query = select(columns.incident_id, columns.body).where(columns.incident_id.in_(incident_ids))
    return {row.incident_id: row.body for row in connection.execute(query.with_for_update())}
