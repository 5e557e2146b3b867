"""The figures are kept as cases change, and are what counting all cases anew would give."""

import random
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from central.adapters.store import adding, counting, directory, statistics
from central.adapters.store.engine import Store
from central.adapters.store.reach import may_know
from central.adapters.store.schema.statistics import STATISTICS_CASE, STATISTICS_UNIT
from central.adapters.store.statistics import Asked
from central.adapters.store.tables import INCIDENT, TASK
from central.core.access import HEALTH
from central.core.counting import COUNTED, scope_of
from central.core.people import Actor, Role
from central.core.sham import ShamLimits
from central.core.timeliness import MEASURES
from central.core.workflow import Step
from central.deadlines import sweep
from central.incidents import CaseError, merge, take_alert, take_step, unmerge
from contract.scenarios import Scenario
from tests.benchmarks import district
from tests.integration.case_district import (
    DUTY,
    HOUR,
    MINUTE,
    NOON,
    OTHER_TOWN,
    PEOPLE,
    SCHOOL,
    STATION,
    TOWN,
    an_alert,
    open_one,
    rows,
    settle,
    step,
)

EDU = Actor("account:jiaoyu", "科员 陈立", Role.UNIT_OFFICER, "edu")
POLICE = Actor("account:gongan", "民警 吴越", Role.UNIT_OFFICER, "police")
READERS = (DUTY, TOWN, SCHOOL, STATION, OTHER_TOWN, EDU, POLICE)
DAY = 24 * HOUR
ALL_TIME = (190_001, 299_912)
Cells = dict[str, Counter[tuple[Any, ...]]]


def cells(store: Store) -> Cells:
    """Give all cells that are not nothing, whichever parts they are in."""
    found: Cells = {}
    with store.reading() as connection:
        for table in (*counting.CELLS.values(), STATISTICS_UNIT):
            names = [one.name for one in table.primary_key.columns if one.name != "part"]
            counts = MEASURES if table is STATISTICS_UNIT else ("cases",)
            sums: Counter[tuple[Any, ...]] = Counter()
            for row in connection.execute(select(table)).mappings():
                for name in counts:
                    sums[*(row[key] for key in names), name] += row[name]
            found[table.name] = Counter({key: count for key, count in sums.items() if count})
    return found


def forget(connection: Connection) -> None:
    for table in (*counting.CELLS.values(), STATISTICS_UNIT, STATISTICS_CASE):
        connection.execute(table.delete())


def some_history(store: Store, seed: int, length: int = 60) -> None:
    """Let everybody do anything, in transactions of their own, some of which fail."""
    chance = random.Random(seed)  # noqa: S311 - a test's history
    now_ms = NOON
    with store.transaction() as connection:
        settle(connection)
    for number in range(length):
        now_ms += chance.choice((1000, 9 * MINUTE, 5 * HOUR, 9 * DAY))
        with store.reading() as connection:
            known = [row["incident_id"] for row in rows(connection, INCIDENT)]
            tasks = rows(connection, TASK)
        doing = chance.random()
        try:
            if doing < 0.25 or len(known) < 3:
                device = chance.choice(("water-001", "water-002", "bare-1"))
                alert = an_alert(number + 1, now_ms, device_id=device,
                                 zone_id=f"zone-{chance.randrange(3)}",
                                 is_drill=chance.random() < 0.2)  # fmt: skip
                with store.transaction() as connection:
                    take_alert(connection, alert, now_ms)
            elif doing < 0.35:
                one, other = chance.sample(known, 2)
                with store.transaction() as connection:
                    merge(connection, DUTY, one, other, "同一批孩子", now_ms)
            elif doing < 0.4:
                with store.transaction() as connection:
                    unmerge(connection, DUTY, chance.choice(known), "不是", now_ms)
            elif doing < 0.5:
                sweep(store, now_ms)
            else:
                task, wanted = chance.choice(tasks), chance.choice(list(Step))
                with store.transaction() as connection:
                    take_step(connection, chance.choice(PEOPLE), task["incident_id"],
                              task["task_id"], wanted, now_ms, note="已办",
                              to_unit=chance.choice(("town:jinping", "edu")))  # fmt: skip
        except CaseError:
            continue
        if chance.random() < 0.1:
            adding.add_up(store)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_kept_as_cases_change_is_what_counting_anew_gives(store: Store, seed: int) -> None:
    some_history(store, seed)
    kept = cells(store)
    assert kept["statistics_kind"]
    adding.add_up(store)
    assert cells(store) == kept
    assert adding.rebuild(store, NOON) == 0  # no case stood otherwise
    assert cells(store) == kept
    with store.transaction() as connection:
        forget(connection)
    adding.rebuild(store, NOON)
    assert cells(store) == kept


def test_figures_are_those_of_the_cases_that_somebody_may_know(store: Store) -> None:
    some_history(store, 7, 80)
    ordinary = INCIDENT.c.scenario.not_in(sorted(HEALTH))
    for reader in READERS:
        scope = scope_of(reader)
        assert scope is not None
        with store.reading() as connection:
            asked = Asked(scope, *ALL_TIME)
            there = statistics.spots(connection)
            query = select(func.count()).select_from(INCIDENT).where(
                may_know(reader), ordinary, INCIDENT.c.merged_into.is_(None)
            )  # fmt: skip
            truly = connection.execute(query).scalar_one()
            by_kind = statistics.kinds(connection, asked, there)
            by_place = statistics.places(connection, asked, there)
            by_hour = statistics.hours(connection, asked, there)
        assert sum(row["cases"] for row in by_kind) == truly
        assert sum(row["cases"] for row in by_place) == truly
        counted = sum(row["cases"] for row in by_kind if row["state"] == COUNTED)
        assert sum(by_hour.values()) == counted


def test_a_place_asked_for_gives_the_same_as_counting_there(store: Store) -> None:
    some_history(store, 11, 60)
    scope = scope_of(DUTY)
    assert scope is not None
    with store.reading() as connection:
        there = statistics.spots(connection)
        at_pond = Asked(scope, *ALL_TIME, town="town:yuelin")
        by_kind = statistics.kinds(connection, at_pond, there)
        by_hour = statistics.hours(connection, at_pond, there)
        everywhere = statistics.places(connection, Asked(scope, *ALL_TIME), there)
    of_pond = {row["state"]: row["cases"] for row in everywhere if row["site_id"] == "yuehu"}
    assert Counter({r["state"]: 0 for r in by_kind}) + _by_state(by_kind) == Counter(of_pond)
    assert sum(by_hour.values()) == of_pond.get(COUNTED, 0)


def _by_state(found: statistics.Rows) -> Counter[str]:
    sums: Counter[str] = Counter()
    for row in found:
        sums[row["state"]] += row["cases"]
    return sums


def test_a_transaction_that_fails_leaves_no_figure(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)

    def open_and_fail() -> None:
        with store.transaction() as connection:
            open_one(connection)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        open_and_fail()
    with store.transaction():
        pass
    assert not cells(store)["statistics_kind"]


def test_a_worker_adds_parts_up_and_the_planner_learns_what_lies_where(store: Store) -> None:
    some_history(store, 3, 20)
    kept = cells(store)
    figures = adding.Figures(store)
    figures.look(NOON)
    assert cells(store) == kept
    with store.reading() as connection:
        query = select(func.count()).select_from(STATISTICS_UNIT)
        assert connection.execute(query.where(STATISTICS_UNIT.c.part > 0)).scalar_one() == 0
        if not store.is_postgresql:
            assert connection.exec_driver_sql("SELECT count(*) FROM sqlite_stat1").scalar_one() > 0


def test_timeliness_says_how_soon_a_unit_did_it(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        case = open_one(connection)
    with store.transaction() as connection:
        step(connection, TOWN, case, Step.ACKNOWLEDGE, NOON + 40 * 1000)
        step(connection, TOWN, case, Step.DISPOSE, NOON + 10 * MINUTE)
    sweep(store, NOON + 3 * HOUR)
    scope = scope_of(DUTY)
    assert scope is not None
    with store.reading() as connection:
        found = {
            one.unit_code: one for one in statistics.units(connection, Asked(scope, *ALL_TIME))
        }
    town, school = found[TOWN.unit_code], found[SCHOOL.unit_code]
    assert town.share("acknowledged_in_time", "acknowledge_judged") == 1.0
    assert 30 <= (town.took_s("a", 0.5) or 0) <= 45
    assert school["acknowledged"] == 0
    assert school.share("acknowledged_in_time", "acknowledge_judged") == 0.0
    assert school["overdue"] == 1


def test_a_unit_sees_how_itself_worked_and_those_below_it(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        open_one(connection)
    for reader, seen in ((TOWN, {"town:yuelin"}), (OTHER_TOWN, set()), (EDU, {"school:shiyan"})):
        scope = scope_of(reader)
        assert scope is not None
        with store.reading() as connection:
            found = statistics.units(connection, Asked(scope, *ALL_TIME))
        assert {one.unit_code for one in found} == seen


def test_a_unit_that_is_moved_moves_the_figures_once_all_is_brought_up(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        open_one(connection)
    with store.transaction() as connection:
        directory.move_unit(connection, "school:shiyan", "town:jinping")
    assert adding.is_asked_again(store)
    adding.bring_all_up(store)
    assert not adding.is_asked_again(store)
    scope = scope_of(OTHER_TOWN)
    assert scope is not None
    with store.reading() as connection:
        there = statistics.spots(connection)
        assert statistics.kinds(connection, Asked(scope, *ALL_TIME), there)


def test_what_is_closed_within_seconds_is_listed_with_its_reason(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        case = open_one(connection)
    for wanted in (Step.ACKNOWLEDGE, Step.DISPOSE, Step.REPORT_BACK, Step.VERIFY, Step.CLOSE):
        for actor in (TOWN, SCHOOL):
            doer = DUTY if wanted in {Step.VERIFY, Step.CLOSE} else actor
            with store.transaction() as connection:
                step(connection, doer, case, wanted, NOON + 9000, unit=actor.unit_code)
    scope = scope_of(DUTY)
    assert scope is not None
    asked = Asked(scope, *ALL_TIME)
    for reader, count in ((DUTY, 1), (TOWN, 1), (OTHER_TOWN, 0)):
        with store.reading() as connection:
            found = statistics.closings(connection, reader, asked, ShamLimits(), 0, NOON + DAY)
        assert len(found) == count
    assert {row["handled_s"] for row in found} <= {0}


@pytest.mark.parametrize(
    ("role", "unit_code"),
    [
        (Role.CLASS_TEACHER, "school:shiyan"), (Role.GUARD, "school:shiyan"), (Role.DPO, "edu"),
        (Role.AUDITOR, "edu"), (Role.PSYCHOLOGIST, "edu"), (Role.INSTALLER, "edu"),
    ],
)  # fmt: skip
def test_who_sees_single_cases_only_sees_no_figures(role: Role, unit_code: str) -> None:
    assert scope_of(Actor("account:a", "甲", role, unit_code)) is None


def test_health_is_never_counted() -> None:
    assert Scenario.MIND_CARE in HEALTH
    for reader in READERS:
        scope = scope_of(reader)
        assert scope is not None
        assert not scope.scenarios & HEALTH


def test_the_figures_of_a_made_up_district_are_those_of_its_cases(store: Store) -> None:
    district.fill(store, 150, 450, 300, 5, NOON)
    made = cells(store)
    assert made["statistics_hour"]
    assert adding.rebuild(store, NOON) == 0
    assert cells(store) == made
