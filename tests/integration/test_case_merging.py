"""Cases are merged and parted again: nothing is lost, nothing runs twice."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine

from central.adapters.store import audit, linking
from central.adapters.store.engine import Store
from central.adapters.store.schema import METADATA
from central.adapters.store.tables import DEADLINE, DOWN_MESSAGE, INCIDENT_COPY, TASK
from central.core.people import Actor
from central.core.workflow import Status
from central.incidents import (
    CaseError,
    MergeRefusedError,
    MissingNoteError,
    NotAllowedError,
    Step,
    merge,
    steps_for,
    take_alert,
    take_step,
    unmerge,
)
from central.incidents.suggesting import dismiss
from contract.scenarios import Scenario
from tests.integration.case_district import (
    DUTY,
    HOUR,
    MINUTE,
    NOON,
    OTHER_TOWN,
    PEOPLE,
    SCHOOL,
    TOWN,
    an_alert,
    close_all,
    incident,
    notices,
    open_one,
    rows,
    settle,
    step,
    story,
)

WHY = "同一批孩子"


def two(connection: Connection) -> tuple[str, str]:
    """Open two cases at the pond: the second at the jetty."""
    settle(connection)
    first = open_one(connection)
    second = take_alert(connection, an_alert(2, NOON + MINUTE, zone_id="jetty"), NOON + MINUTE)
    return first, second.incident_id


def stands(connection: Connection, *cases: str) -> list[Any]:
    """Give all that a merge and its undoing must leave alike."""
    found: list[Any] = []
    for one in cases:
        kept = incident(connection, one)
        found += [{name: value for name, value in kept.items() if name != "version"}]
        found += rows(connection, TASK, incident_id=one)
        found += [
            {name: value for name, value in row.items() if name != "id"}
            for row in sorted(rows(connection, DEADLINE, incident_id=one),
                              key=lambda row: (row["task_id"], row["waits_for"]))
        ]  # fmt: skip
        found += rows(connection, INCIDENT_COPY, incident_id=one)
    return found


def test_a_merged_case_takes_no_steps_and_its_clocks_stop(store: Store) -> None:
    with store.transaction() as connection:
        main, side = two(connection)
        step(connection, TOWN, side, Step.ACKNOWLEDGE, NOON + MINUTE)
        merge(connection, DUTY, side, main, WHY, NOON + 2 * MINUTE)
        kept = incident(connection, side)
        assert kept["merged_into"] == main
        assert {d["next_due_at"] for d in rows(connection, DEADLINE, incident_id=side)} == {None}
        with pytest.raises(MergeRefusedError, match="is merged into"):
            step(connection, TOWN, side, Step.DISPOSE, NOON)
        town = rows(connection, TASK, incident_id=main, unit_code="town:yuelin")
        assert [(t["status"], t["acknowledged_by"]) for t in town] == [
            ("acknowledged", TOWN.actor_id)
        ]
        waits = {
            d["waits_for"] for d in rows(connection, DEADLINE, task_id=town[0]["task_id"])
            if d["next_due_at"] is not None
        }  # fmt: skip
        assert "acknowledge" not in waits
        assert "report_back" in waits


def test_both_stories_tell_of_it_and_the_units_hear(store: Store) -> None:
    with store.transaction() as connection:
        main, side = two(connection)
        merge(connection, DUTY, side, main, WHY, NOON + 2 * MINUTE)
        numbers = incident(connection, main)["number"], incident(connection, side)["number"]
        away, into = story(connection, side)[-1], story(connection, main)[-1]
        assert (away["event"], into["event"]) == ("merged_away", "merged_in")
        assert numbers[0] in away["note"]
        assert WHY in away["note"]
        assert numbers[1] in into["note"]
        told = notices(connection, side, moment="merged")
        assert {n["recipient"] for n in told} == {TOWN.actor_id, SCHOOL.actor_id}
        assert f"{numbers[1]} 已并入 {numbers[0]}" in told[0]["text"]
        waiting = notices(connection, side, moment="dispatched", recipient=TOWN.actor_id)
        assert {n["state"] for n in waiting} == {"superseded"}
        assert audit.verify(connection) is None


def test_a_task_that_only_one_had_moves_and_is_worked_through_there(store: Store) -> None:
    with store.transaction() as connection:
        main, side = two(connection)
        step(connection, TOWN, side, Step.TRANSFER, NOON, to_unit="town:jinping")
        merge(connection, DUTY, side, main, WHY, NOON + 2 * MINUTE)
        assert {(t["unit_code"], t["part"]) for t in rows(connection, TASK, incident_id=main)} == {
            ("town:yuelin", "lead"),
            ("school:shiyan", "joint"),
            ("town:jinping", "joint"),
        }
        for wanted in (Step.ACKNOWLEDGE, Step.DISPOSE, Step.REPORT_BACK):
            step(connection, OTHER_TOWN, main, wanted, NOON + 3 * MINUTE)
        task = rows(connection, TASK, unit_code="town:jinping")[0]
        assert task["status"] == "reported"


def test_new_alerts_of_either_go_to_the_one_that_goes_on(store: Store) -> None:
    with store.transaction() as connection:
        main, side = two(connection)
        merge(connection, DUTY, side, main, WHY, NOON + 2 * MINUTE)
        at = NOON + 3 * MINUTE
        again = take_alert(connection, an_alert(3, at, zone_id="jetty"), at)
        assert (again.incident_id, again.opened) == (main, False)
        end = an_alert(4, at, phase="end", alert_id="alert-water-001-2", zone_id="jetty")
        assert take_alert(connection, end, at).incident_id == main


def test_when_it_is_over_both_are_closed_and_all_devices_hear(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        main = open_one(connection)
        other = an_alert(1, NOON, device_id="water-002", zone_id="far")
        side = take_alert(connection, other, NOON).incident_id
        merge(connection, DUTY, side, main, WHY, NOON + MINUTE)
        close_all(connection, main, NOON + 2 * MINUTE)
        assert incident(connection, side)["status"] == "closed"
        assert incident(connection, side)["closed_at"] == incident(connection, main)["closed_at"]
        sent = [(row["device_id"], '"closed"' in row["body"])
                for row in rows(connection, DOWN_MESSAGE)]  # fmt: skip
        assert sent == [
            ("water-001", False), ("water-002", False), ("water-001", True), ("water-002", True),
        ]  # fmt: skip


def test_merging_is_for_the_district_and_the_unit_that_leads_both(store: Store) -> None:
    with store.transaction() as connection:
        main, side = two(connection)
        for actor in (SCHOOL, OTHER_TOWN):
            with pytest.raises(NotAllowedError):
                merge(connection, actor, side, main, WHY, NOON)
        with pytest.raises(MissingNoteError):
            merge(connection, DUTY, side, main, "  ", NOON)
        merge(connection, TOWN, side, main, WHY, NOON)
        with pytest.raises(NotAllowedError):
            unmerge(connection, SCHOOL, side, "误并", NOON)


def test_chains_circles_and_closed_cases_are_refused(store: Store) -> None:
    with store.transaction() as connection:
        main, side = two(connection)
        third = take_alert(connection, an_alert(5, zone_id="far"), NOON).incident_id
        with pytest.raises(MergeRefusedError):
            merge(connection, DUTY, main, main, WHY, NOON)
        merge(connection, DUTY, side, main, WHY, NOON)
        for refused in ((side, third), (main, side), (main, third), (third, side)):
            with pytest.raises(MergeRefusedError):
                merge(connection, DUTY, *refused, WHY, NOON)
        merge(connection, DUTY, third, main, WHY, NOON)
        close_all(connection, main, NOON + MINUTE)
        last = take_alert(connection, an_alert(6, NOON + HOUR), NOON + HOUR).incident_id
        with pytest.raises(MergeRefusedError):
            merge(connection, DUTY, last, main, WHY, NOON + HOUR)
        with pytest.raises(MergeRefusedError):
            unmerge(connection, DUTY, last, "误并", NOON)


def test_what_was_done_meanwhile_stands_and_is_explained(store: Store) -> None:
    with store.transaction() as connection:
        main, side = two(connection)
        step(connection, TOWN, side, Step.TRANSFER, NOON, to_unit="town:jinping")
        merge(connection, DUTY, side, main, WHY, NOON + MINUTE)
        step(connection, OTHER_TOWN, main, Step.ACKNOWLEDGE, NOON + 2 * MINUTE)
        step(connection, SCHOOL, main, Step.ACKNOWLEDGE, NOON + 2 * MINUTE)
        unmerge(connection, DUTY, side, "不是同一批", NOON + 3 * MINUTE)
        back = rows(connection, TASK, incident_id=side, unit_code="town:jinping")[0]
        assert (back["status"], back["part"]) == ("acknowledged", "lead")
        of_school = {t["incident_id"]: t["status"]
                     for t in rows(connection, TASK, unit_code="school:shiyan")}  # fmt: skip
        assert of_school == {main: "acknowledged", side: "dispatched"}
        for case in (main, side):
            line = story(connection, case)[-1]
            assert line["event"] == "unmerged"
            assert "并案期间的进展保留" in line["note"]


def test_suggested_merges_are_kept_and_turned_down_for_good(store: Store) -> None:
    with store.transaction() as connection:
        main, side = two(connection)
        (link,) = linking.of_case(connection, side, "suggested")
        assert (link.other_id, link.rule) == (main, "same_site")
        assert story(connection, side)[-1]["event"] == "suggested_merge"
        with pytest.raises(NotAllowedError):
            dismiss(connection, SCHOOL, side, main, NOON)
        dismiss(connection, DUTY, side, main, NOON)
        assert linking.of_case(connection, side, "suggested") == []


def test_a_case_after_a_closed_one_refers_to_it(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        old = open_one(connection)
        close_all(connection, old, NOON + MINUTE)
        new = open_one(connection, NOON + 2 * MINUTE, 3)
        assert new != old
        (link,) = linking.of_case(connection, new, "refers")
        assert link.other_id == old
        assert incident(connection, old)["number"] in link.reason_zh


def test_cameras_named_as_neighbours_make_one_case_and_say_why(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        linking.put_neighbours(connection, ("water-001", "cam1"), ("water-002", "cam1"))
        first = open_one(connection)
        at = NOON + MINUTE
        seen = an_alert(2, at, device_id="water-002", zone_id="far")
        assert take_alert(connection, seen, at).incident_id == first
        assert "并入原因：同一场所的相邻摄像头" in story(connection, first)[-1]["note"]


def test_the_same_entry_at_the_same_place_makes_one_case(store: Store) -> None:
    match = {"entry_id": "e-1", "similarity": 0.93, "votes": 3, "frames": 7}
    with store.transaction() as connection:
        settle(connection)
        first = take_alert(connection, an_alert(1, matches=[match]), NOON).incident_id
        seen = an_alert(2, device_id="water-002", zone_id="far", matches=[match])
        assert take_alert(connection, seen, NOON).incident_id == first
        assert "疑似同一人" in story(connection, first)[-1]["note"]


moves = st.lists(
    st.tuples(st.sampled_from(PEOPLE), st.integers(0, 3), st.integers(0, 6)), max_size=8
)


def play(connection: Connection, cases: Sequence[str], wanted: list[Any]) -> None:
    """Let people do what the page offers them."""
    for number, (actor, which, choice) in enumerate(wanted):
        tasks = [t for one in cases for t in rows(connection, TASK, incident_id=one)]
        task = tasks[which % len(tasks)]
        offered = steps_for(
            actor, task["unit_code"], Status(task["status"]), Scenario.DROWNING_RISK
        )
        if offered:
            taken = offered[choice % len(offered)]
            try:
                with connection.begin_nested():
                    take_step(connection, actor, task["incident_id"], task["task_id"], taken,
                              NOON + number * MINUTE, "已办", "town:jinping")  # fmt: skip
            except CaseError:
                continue


def fresh() -> Connection:
    engine = create_engine("sqlite://")
    connection = engine.connect()
    METADATA.create_all(connection)
    return connection


def try_to_merge(connection: Connection, actor: Actor, side: str, main: str, at: int) -> bool:
    try:
        with connection.begin_nested():
            merge(connection, actor, side, main, WHY, at)
    except CaseError:
        return False
    return True


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(moves)
def test_a_merge_and_its_undoing_leave_tasks_deadlines_and_status_as_they_were(
    before: list[Any],
) -> None:
    with fresh() as connection:
        cases = two(connection)
        play(connection, cases, before)
        stood = stands(connection, *cases)
        if try_to_merge(connection, DUTY, cases[1], cases[0], NOON + HOUR):
            assert stands(connection, *cases) != stood
            unmerge(connection, DUTY, cases[1], "误并", NOON + 2 * HOUR)
        assert stands(connection, *cases) == stood


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(moves, moves, st.booleans())
def test_whatever_is_done_in_between_no_task_is_lost_and_what_is_open_is_waited_for(
    before: list[Any], between: list[Any], with_third: bool
) -> None:
    with fresh() as connection:
        cases = list(two(connection))
        cases.append(take_alert(connection, an_alert(9, zone_id="far"), NOON).incident_id)
        play(connection, cases[:2], before)
        duties = {one: duties_of(connection, one) for one in cases}
        if not try_to_merge(connection, DUTY, cases[1], cases[0], NOON + HOUR):
            return
        third = with_third and try_to_merge(connection, DUTY, cases[2], cases[0], NOON + HOUR + 1)
        play(connection, [cases[0]], between)
        holds(connection, cases)
        unmerge(connection, DUTY, cases[1], "误并", NOON + 2 * HOUR)
        holds(connection, cases)
        if third:
            unmerge(connection, DUTY, cases[2], "误并", NOON + 3 * HOUR)
            holds(connection, cases)
        for one in cases[: 3 if third or not with_third else 2]:
            now = duties_of(connection, one)
            assert set(now) >= set(duties[one])
            assert len(now) == len(set(now))


def duties_of(connection: Connection, incident_id: str) -> list[str]:
    return [task["duty_zh"] for task in rows(connection, TASK, incident_id=incident_id)]


def holds(connection: Connection, cases: Sequence[str]) -> None:
    for one in cases:
        kept = incident(connection, one)
        tasks = rows(connection, TASK, incident_id=one)
        if kept["merged_into"]:
            assert kept["status"] == incident(connection, kept["merged_into"])["status"]
            continue
        assert [t["part"] for t in tasks].count("lead") == 1
        for task in tasks:
            waits = rows(connection, DEADLINE, task_id=task["task_id"])
            running = {row["waits_for"] for row in waits if row["next_due_at"] is not None}
            assert bool(running) == (task["status"] != Status.CLOSED)
            assert {row["incident_id"] for row in waits} == {one}
    assert audit.verify(connection) is None
