"""A whole district: `python -m tests.benchmarks.district --incidents N --tasks M --db URL`.

Fills an empty database with 150 schools, 12 towns, 470 places and years of cases, each with its
tasks, copies, deadlines, alert and what is needed of its story, as the pages would find them: most
are closed, a few hundred are open, some are late. The same seed gives the same district. Figures
are those that counting the cases gives (`huxiao-central statistics rebuild` finds no difference).
"""

import argparse
import random
import sys
import time
from collections.abc import Iterator
from types import SimpleNamespace as Namespace
from typing import Any

from central.adapters.clock import now_ms
from central.adapters.store import counting, directory
from central.adapters.store.counted import facts
from central.adapters.store.engine import Store, open_store
from central.adapters.store.migrating import migrate
from central.core.counting import Sums, add, adds
from tests.benchmarks.cases import Case, Making, cases
from tests.benchmarks.filling import Filling, filling

TOWNS, SCHOOLS, PONDS, VENUES = 12, 150, 200, 120
DAY_MS = 86_400_000
PEOPLE = (
    ("zhiban", "duty_officer", "edu"),
    ("guanli", "district_admin", "edu"),
    ("jiaoyu", "unit_officer", "edu"),
    ("gongan", "unit_officer", "police"),
    ("wenhua", "unit_officer", "culture"),
    ("zhenshui", "water_warden", "town:t01"),
    ("zhenjie", "unit_officer", "town:t02"),
    ("anquan", "school_safety_lead", "school:s001"),
    ("minjing", "station_officer", "station:p01"),
)
"""Whose pages are measured: name, role, unit."""


def main() -> None:
    """Fill a database, saying how far it is."""
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--incidents", type=int, default=1_000_000)
    asked.add_argument("--tasks", type=int, default=3_000_000)
    asked.add_argument("--days", type=int, default=3 * 365)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--db", required=True, help="an empty database's URL")
    given = asked.parse_args()
    began = time.monotonic()
    store = open_store(given.db)
    migrate(store)
    fill(store, given.incidents, given.tasks, given.days, given.seed, now_ms(), say=_say)
    store.close()
    sys.stderr.write(f"\n{time.monotonic() - began:.0f} s\n")


def _say(done: int, of: int) -> None:
    sys.stderr.write(f"\r{done}/{of}")


def fill(  # noqa: PLR0913, PLR0917 - what the command says
    store: Store, incidents: int, tasks: int, days: int, seed: int, at_ms: int, say: Any = None
) -> None:
    """Fill a migrated, empty database."""
    with store.transaction() as connection:
        places = settle(connection)
    making = Making(random.Random(seed), places, incidents, tasks, at_ms - days * DAY_MS, at_ms)  # noqa: S311
    sums, kept = Sums(), Kept()
    with filling(store) as rows:
        for done, case in enumerate(cases(making), 1):
            _put(rows, case)
            kept.note(case, sums, rows)
            if say and done % 5000 == 0:
                say(done, incidents)
    with store.transaction() as connection:
        counting.put(connection, sums, 0)
        kept.finish(connection)


class Kept:
    """What the figures remember of each case; closings and sets of units are few."""

    def __init__(self) -> None:
        self._parents = {
            **{f"school:s{n:03d}": "edu" for n in range(1, SCHOOLS + 1)},
            **{f"station:p{n:02d}": "police" for n in range(1, TOWNS + 1)},
        }
        self._sets: dict[str, Any] = {}

    def note(self, case: Case, sums: Sums, rows: Filling) -> None:
        """Add a case to the figures."""
        incident_id = case.incident["incident_id"]
        lines = [Namespace(**row, note_chars=len(row["note"])) for row in case.lines]
        told = facts(Namespace(**case.incident), _rows(case.tasks), _rows(case.copies),
                     _rows(case.deadlines), lines)  # fmt: skip
        more = adds(told, self._parents)
        if more is None:
            return
        add(sums, more)
        rows.put("statistics_case", counting.case_row(incident_id, more))
        self._sets.setdefault(more.seen_id, more.seen)
        if closing := counting.closing_row(incident_id, more.closing):
            rows.put("statistics_closing", closing)

    def finish(self, connection: Any) -> None:
        """Write the sets of units."""
        counting.keep_sets(connection, self._sets)


def _rows(found: list[dict[str, Any]]) -> list[Namespace]:
    return [Namespace(**row) for row in found]


def _put(rows: Filling, case: Case) -> None:
    rows.put("incident", case.incident)
    for table, many in (
        ("task", case.tasks),
        ("incident_copy", case.copies),
        ("deadline", case.deadlines),
        ("timeline", case.lines),
        ("alert", case.alerts),
    ):
        for row in many:
            rows.put(table, row)


def settle(connection: Any) -> list[dict[str, Any]]:
    """Make units, places, devices and people; give the places."""
    directory.seed_departments(connection)
    for number in range(1, TOWNS + 1):
        directory.add_unit(connection, f"town:t{number:02d}", f"第{number}街道", f"Town {number}")
        directory.add_unit(connection, f"station:p{number:02d}", f"第{number}派出所",
                           f"Station {number}")  # fmt: skip
    for number in range(1, SCHOOLS + 1):
        directory.add_unit(connection, f"school:s{number:03d}", f"第{number}小学",
                           f"School {number}")  # fmt: skip
    places = list(_places())
    for place in places:
        directory.add_site(connection, place)
        device = {"device_id": f"{place['kind']}-{place['site_id']}", "site_id": place["site_id"],
                  "profile": place["kind"], "created_at": 0}  # fmt: skip
        directory.add_device(connection, device)
    for username, role, unit_code in PEOPLE:
        directory.add_account(connection, {
            "username": username, "name": username, "password_hash": "", "role": role,
            "unit_code": unit_code, "email": f"{username}@demo.invalid", "created_at": 0,
        })  # fmt: skip
    return places


def _places() -> Iterator[dict[str, Any]]:
    kinds = (("gate", SCHOOLS, "校门"), ("water", PONDS, "水域"), ("venue", VENUES, "场所"))
    for kind, count, name in kinds:
        for number in range(1, count + 1):
            school = (number - 1) % SCHOOLS + 1
            town = (school - 1) % TOWNS + 1
            relations = {"town": f"town:t{town:02d}", "school": f"school:s{school:03d}",
                         "station": f"station:p{town:02d}"}  # fmt: skip
            yield {"site_id": f"{kind[0]}{number:03d}", "kind": kind,
                   "name_zh": f"第{number}{name}", "name_en": f"{kind} {number}",
                   "relations": relations, "created_at": 0}  # fmt: skip


if __name__ == "__main__":
    main()
