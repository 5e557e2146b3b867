"""Boarders come and go; a night's check finds who is missing, once, and says who has come."""

from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st
from sqlalchemy import select

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.galleries.keys import GalleryKeys
from central.adapters.registry.roster import Roster
from central.adapters.store import boarding, directory, nights, subjects, tasks
from central.adapters.store.boarding import Origin
from central.adapters.store.engine import Store
from central.adapters.store.schema.boarding import (
    BOARDING_MISSING,
    BOARDING_NIGHT,
    BOARDING_SIGN,
)
from central.adapters.store.tables import INCIDENT, NOTIFICATION, QUARANTINE, TIMELINE
from central.core.presence import Where
from central.core.subjects import Certainty
from central.curfews import watch
from central.incidents.dormitory import FutureError, Mark, take_marks, take_passage
from central.incidents.nightly import after_roll_call
from central.reception import Reception
from contract.doors import DoorEvent
from contract.topics import Up, up
from tests.integration.boarding_kit import (
    CURFEW,
    DOOR,
    DUE,
    NIGHT,
    OTHER_TEACHER,
    SCHOOL_UNIT,
    TEACHER,
    a_boarder,
    a_passage,
    goes,
    settle,
)
from tests.integration.case_district import HOUR, MINUTE, NOON, SCHOOL, rows

DAY = 24 * HOUR
Ids = dict[str, str]


@pytest.fixture
def ids(store: Store, tmp_path: Path) -> Ids:
    return settle(store, tmp_path / "galleries")


def all_in(store: Store, ids: Ids, *but: str, at_ms: int = CURFEW - HOUR) -> None:
    for school_no in ids:
        if school_no not in but:
            goes(store, school_no, at_ms)


def cases(store: Store, kind: str = "boarder_missing") -> list[dict[str, Any]]:
    with store.reading() as connection:
        return rows(connection, INCIDENT, kind=kind)


def where(store: Store, pupil_id: str) -> Where:
    with store.reading() as connection:
        return boarding.where(connection, [pupil_id])[pupil_id].where


def calls_the_roll(store: Store, at_ms: int, marks: dict[str, Where], call_id: str = "r-1") -> int:
    origin = Origin(SCHOOL.actor_id, SCHOOL_UNIT, "roll_call")
    said = [Mark(pupil_id, state) for pupil_id, state in marks.items()]
    with store.transaction() as connection:
        take_marks(connection, origin, call_id, at_ms, said, at_ms)
        return after_roll_call(connection, SCHOOL_UNIT, None, at_ms)


def on_leave(store: Store, pupil_id: str, begins: int, ends: int) -> None:
    row = {"leave_id": f"l-{pupil_id}", "unit_code": SCHOOL_UNIT, "pupil_id": pupil_id,
           "from_at": begins, "to_at": ends, "asked_by": "guardian",
           "approved_by": SCHOOL.actor_id, "created_at": NOON}  # fmt: skip
    with store.transaction() as connection:
        boarding.put_leave(connection, row)


def test_the_same_event_twice_changes_nothing_even_with_other_words(store: Store, ids: Ids) -> None:
    assert goes(store, "B1", CURFEW, "in", event_id="e-1") == "kept"
    assert goes(store, "B1", CURFEW, "out", event_id="e-1") == "repeated"
    assert where(store, ids["B1"]) is Where.PRESENT


def test_a_late_event_is_sorted_in_by_its_own_time(store: Store, ids: Ids) -> None:
    goes(store, "B1", CURFEW, "in")
    goes(store, "B1", CURFEW - HOUR, "out", now_ms=CURFEW + HOUR)
    assert where(store, ids["B1"]) is Where.PRESENT


@rules(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_presence_is_the_same_whatever_order_and_however_often_events_come(
    store: Store, ids: Ids, data: st.DataObject
) -> None:
    minutes = data.draw(st.lists(st.integers(0, 5), min_size=1, max_size=6))
    passages = [
        a_passage("B1", CURFEW + minute * MINUTE, data.draw(st.sampled_from(["in", "out"])),
                  event_id=f"e-{number}")
        for number, minute in enumerate(minutes)
    ]  # fmt: skip
    found = set()
    for order in (passages, data.draw(st.permutations([*passages, *passages]))):
        with store.transaction() as connection:
            connection.execute(BOARDING_SIGN.delete())
        for one in order:
            goes(store, "B1", CURFEW + HOUR, event_id=one.event_id, at=one.at,
                 direction=one.direction)  # fmt: skip
        found.add(where(store, ids["B1"]))
    assert len(found) == 1


def test_an_event_from_the_future_is_refused_and_says_why(store: Store, ids: Ids) -> None:
    with pytest.raises(FutureError, match="set the gateway's clock"):
        goes(store, "B1", CURFEW + 5 * MINUTE, now_ms=CURFEW)
    assert where(store, ids["B1"]) is Where.UNKNOWN


def test_an_unknown_number_is_counted_and_taken_for_nobody_until_the_roster_knows_it(
    store: Store, ids: Ids, tmp_path: Path
) -> None:
    assert ids
    for minute in range(3):
        assert goes(store, "B99", CURFEW + minute * MINUTE) == "unknown"
    with store.reading() as connection:
        (one,) = boarding.strangers(connection, SCHOOL_UNIT)
    assert (one["named"], one["count"]) == ("no:B99", 3)
    with store.transaction() as connection:
        roster = Roster(GalleryKeys(tmp_path / "galleries").prepare())
        ((pupil_id, _),) = roster.put(connection, [a_boarder(99)], "cli", CURFEW)
        boarding.adopt(connection, SCHOOL_UNIT)
        assert boarding.strangers(connection, SCHOOL_UNIT) == []
    assert where(store, pupil_id) is Where.PRESENT


def test_a_card_stands_for_its_pupil(store: Store, ids: Ids) -> None:
    with store.transaction() as connection:
        boarding.put_card(connection, "a" * 64, ids["B2"])
    shown = [a_passage("", CURFEW, event_id=one, school_no=None, card=one * 64) for one in "ab"]
    with store.transaction() as connection:
        states = [take_passage(connection, DOOR, one, CURFEW) for one in shown]
    assert states == ["kept", "unknown"]
    assert where(store, ids["B2"]) is Where.PRESENT


def test_whoever_is_neither_in_nor_on_leave_has_one_case_and_it_is_opened_once(
    store: Store, ids: Ids
) -> None:
    all_in(store, ids, "B1", "B2")
    on_leave(store, ids["B2"], NOON, NOON + DAY)
    assert watch(store, None, DUE - 1) == 0
    assert [watch(store, None, DUE + n) for n in range(3)] == [1, 0, 0]
    (case,) = cases(store)
    with store.reading() as connection:
        (missing,) = rows(connection, BOARDING_MISSING)
        (night,) = rows(connection, BOARDING_NIGHT)
        lead = tasks.of_incident(connection, case["incident_id"])
    assert (missing["pupil_id"], missing["night"]) == (ids["B1"], NIGHT)
    assert (night["state"], night["absent"], night["expected"]) == ("done", 1, 11)
    assert [one.unit_code for one in lead] == [SCHOOL_UNIT]


def test_no_name_or_number_stands_in_the_story_or_in_a_letter(store: Store, ids: Ids) -> None:
    all_in(store, ids, "B1")
    watch(store, None, DUE)
    with store.reading() as connection:
        said = repr([*rows(connection, TIMELINE), *rows(connection, NOTIFICATION)])
    assert "住宿生1" not in said
    assert "B1" not in said


def test_two_workers_never_open_one_twice(store: Store, ids: Ids) -> None:
    all_in(store, ids, "B1", "B3")
    workers = [Thread(target=watch, args=(store, None, DUE)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert len(cases(store)) == 2


def test_whoever_comes_through_the_door_later_is_said_once_and_the_class_teacher_hears(
    store: Store, ids: Ids
) -> None:
    all_in(store, ids, "B1")
    watch(store, None, DUE)
    (case,) = cases(store)
    for minute in (10, 20):
        goes(store, "B1", DUE + minute * MINUTE)
    with store.reading() as connection:
        story = rows(connection, TIMELINE, incident_id=case["incident_id"], event="boarder_in")
        told = rows(connection, NOTIFICATION, incident_id=case["incident_id"], moment="notice")
    assert [("22:10" in one["note"]) for one in story] == [True]
    assert {one["recipient"] for one in told} == {TEACHER.actor_id}


def test_a_silent_gateway_asks_for_a_roll_call_and_names_nobody(store: Store, ids: Ids) -> None:
    assert ids
    assert watch(store, None, DUE) == 1
    assert cases(store) == []
    (fault,) = cases(store, "door_fault")
    with store.reading() as connection:
        (said,) = rows(connection, TIMELINE, incident_id=fault["incident_id"], event="door_fault")
    assert "人工点名" in said["note"]
    assert "应到 12 人，无归寝记录 12 人" in said["note"]


def test_after_a_fault_the_roll_call_finds_who_is_missing(store: Store, ids: Ids) -> None:
    watch(store, None, DUE)
    marks = dict.fromkeys(ids.values(), Where.PRESENT)
    marks |= {ids["B5"]: Where.ABSENT, ids["B6"]: Where.UNKNOWN}
    assert calls_the_roll(store, DUE + 20 * MINUTE, marks) == 1
    assert calls_the_roll(store, DUE + 20 * MINUTE, marks) == 0
    assert len(cases(store)) == 1
    assert where(store, ids["B6"]) is Where.UNKNOWN


def test_a_roll_call_before_the_grace_is_over_opens_nothing_and_counts_at_the_check(
    store: Store, ids: Ids
) -> None:
    marks = dict.fromkeys(ids.values(), Where.PRESENT) | {ids["B5"]: Where.ABSENT}
    watch(store, None, CURFEW)
    assert calls_the_roll(store, CURFEW + MINUTE, marks) == 0
    assert watch(store, None, DUE) == 1


def test_a_check_that_was_missed_by_hours_tells_the_school_and_opens_no_case_by_name(
    store: Store, ids: Ids
) -> None:
    all_in(store, ids, "B1")
    watch(store, None, CURFEW)
    assert watch(store, None, DUE + 9 * HOUR) == 1
    assert (len(cases(store)), len(cases(store, "door_fault"))) == (0, 1)


def test_a_night_before_a_day_off_has_no_check(store: Store, ids: Ids) -> None:
    assert ids
    friday = 4 * DAY
    assert watch(store, None, DUE + friday) == 0
    with store.reading() as connection:
        assert "2026-11-27" not in {one["night"] for one in rows(connection, BOARDING_NIGHT)}


def test_changed_rules_hold_for_tonight(store: Store, ids: Ids) -> None:
    assert ids
    watch(store, None, NOON)
    with store.transaction() as connection:
        home = nights.home(connection, SCHOOL_UNIT)
        assert home is not None
        later = home.rules.model_copy(update={"curfew": "22:00"})
        nights.put_home(connection, nights.Home(SCHOOL_UNIT, "dorm", later), NOON + HOUR)
    assert watch(store, None, DUE) == 0
    assert watch(store, None, DUE + 30 * MINUTE) == 1


def test_where_somebody_was_is_forgotten_after_some_days(store: Store, ids: Ids) -> None:
    goes(store, "B1", CURFEW)
    with store.transaction() as connection:
        assert boarding.prune(connection, CURFEW - 1) == 0
        assert boarding.prune(connection, CURFEW + 1) == 1
    assert where(store, ids["B1"]) is Where.UNKNOWN


def an_event(school_no: str, at_ms: int, **changes: Any) -> bytes:
    passage = a_passage(school_no, at_ms).model_dump()
    return DoorEvent(device_id="door-001", **passage | changes).model_dump_json().encode()


def test_a_gateway_is_told_which_events_are_kept_and_which_never_can_be(
    store: Store, ids: Ids, tmp_path: Path
) -> None:
    reception = Reception(EvidenceFiles(tmp_path / "evidence"))
    topic = up("door-001", Up.DOOR)
    with store.transaction() as connection:
        kept = reception.take(connection, topic, an_event("B1", CURFEW), CURFEW)
        late = reception.take(connection, topic, an_event("B2", CURFEW + HOUR), CURFEW)
        wrong = reception.take(connection, topic, b'{"school_no": "B3"}', CURFEW)
        put_aside = rows(connection, QUARANTINE)
    assert (kept.event, kept.refused) == (f"B1-{CURFEW}-in", "")
    assert (late.event, late.refused[:6]) == (f"B2-{CURFEW + HOUR}-in", "future")
    assert wrong.event is None
    assert [one["reason"] for one in put_aside] == ["future", "malformed"]
    assert {one["head"] for one in put_aside} == {b""}
    assert where(store, ids["B1"]) is Where.PRESENT


def test_a_gateway_at_a_place_without_a_school_waits_until_there_is_one(
    store: Store, ids: Ids, tmp_path: Path
) -> None:
    assert ids
    reception = Reception(EvidenceFiles(tmp_path / "evidence"))
    with store.transaction() as connection:
        directory.add_site(connection, {
            "site_id": "hall", "kind": "dormitory", "name_zh": "楼", "name_en": "",
            "relations": {}, "created_at": 0,
        })  # fmt: skip
        directory.add_device(connection, {
            "device_id": "door-002", "site_id": "hall", "profile": "door", "created_at": 0,
        })  # fmt: skip
        body = an_event("B1", CURFEW).replace(b"door-001", b"door-002")
        verdict = reception.take(connection, up("door-002", Up.DOOR), body, CURFEW)
        reasons = connection.execute(select(QUARANTINE.c.reason)).scalars().all()
    assert verdict.event is None
    assert reasons == ["no_school"]
    assert DOOR.name == "door-001"


def test_the_case_is_about_the_pupil_and_goes_to_the_own_class_teacher_alone(
    store: Store, ids: Ids
) -> None:
    all_in(store, ids, "B1")
    watch(store, None, DUE)
    (case,) = cases(store)
    with store.reading() as connection:
        (about,) = subjects.of_incident(connection, case["incident_id"])
        told = rows(connection, NOTIFICATION, incident_id=case["incident_id"])
    assert (about.pupil_id, about.certainty) == (ids["B1"], Certainty.CONFIRMED)
    asked = {one["recipient"] for one in told if one["moment"] == "dispatched"}
    assert asked & {TEACHER.actor_id, OTHER_TEACHER.actor_id} == {TEACHER.actor_id}
