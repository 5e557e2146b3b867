"""A drill is marked in every word, tells whom it was asked to, and never a family."""

import json
from typing import Any

import pytest
from sqlalchemy import Connection

from central.adapters.store.engine import Store
from central.adapters.store.tables import DEADLINE
from central.core.drills import MARK
from central.core.people import Actor, Role
from central.deadlines import sweep
from central.incidents import NotAllowedError, Step, start_drill, take_alert
from contract.scenarios import Kind, Scenario
from tests.integration.case_district import (
    DUTY,
    HOUR,
    MINUTE,
    NOON,
    SCHOOL,
    TOWN,
    add_person,
    an_alert,
    close_all,
    incident,
    notices,
    rows,
    settle,
    step,
    story,
)


def a_drill(connection: Connection, **how: Any) -> str:
    settle(connection)
    what = Scenario.DROWNING_RISK, Kind.OVERSTAY
    return start_drill(connection, DUTY, "yuehu", *what, "演练", NOON,
                       **how)  # fmt: skip


def test_by_itself_a_drill_tells_nobody_and_no_clock_runs(store: Store) -> None:
    with store.transaction() as connection:
        incident_id = a_drill(connection)
        step(connection, TOWN, incident_id, Step.ACKNOWLEDGE, NOON)
        step(connection, DUTY, incident_id, Step.URGE, NOON, unit="school:shiyan")
        assert notices(connection, incident_id) == []
        assert rows(connection, DEADLINE, incident_id=incident_id) == []
        assert "不通知任何人" in next(e["note"] for e in story(connection, incident_id)
                                 if e["event"] == "drill")  # fmt: skip


def test_a_drill_for_everybody_is_marked_in_subject_text_and_facts(store: Store) -> None:
    with store.transaction() as connection:
        incident_id = a_drill(connection, tells="everybody")
        told = notices(connection, incident_id)
        assert {n["recipient"] for n in told} >= {TOWN.actor_id, SCHOOL.actor_id, "webhook:*"}
        assert "guardian" not in {n["audience"] for n in told}
        for letter in told:
            assert letter["subject"].startswith(MARK[0])
            assert json.loads(letter["data"])["is_drill"] is True
            assert not letter["is_life_safety"]
            if letter["channel"] != "webhook":
                assert letter["text"].startswith(MARK[0])
                assert MARK[1].strip() in letter["text"]
        close_all(connection, incident_id, NOON + MINUTE)
        over = notices(connection, incident_id, moment="over")
        assert all(letter["subject"].startswith(MARK[0]) for letter in over)


def test_a_drill_on_the_page_leaves_no_letter_to_be_sent(store: Store) -> None:
    with store.transaction() as connection:
        incident_id = a_drill(connection, tells="page")
        told = notices(connection, incident_id)
        assert {(n["channel"], n["state"]) for n in told} == {("page", "delivered")}
        assert {n["recipient"] for n in told} >= {TOWN.actor_id, SCHOOL.actor_id}


def test_where_it_was_asked_for_deadlines_escalate_within_the_drill(store: Store) -> None:
    with store.transaction() as connection:
        incident_id = a_drill(connection, tells="everybody", waits=True)
    assert sweep(store, NOON + HOUR) > 0
    with store.reading() as connection:
        late = notices(connection, incident_id, moment="overdue")
        assert late
        assert all(letter["subject"].startswith(MARK[0]) for letter in late)


def test_an_earnest_alert_never_joins_a_drill(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        drill = take_alert(connection, an_alert(1, is_drill=True), NOON)
        earnest = take_alert(connection, an_alert(2), NOON)
        assert earnest.opened
        assert incident(connection, drill.incident_id)["is_drill"]
        assert not incident(connection, earnest.incident_id)["is_drill"]
        assert notices(connection, earnest.incident_id)


def test_a_drill_from_a_device_is_worked_through_as_in_earnest(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        drill = take_alert(connection, an_alert(1, is_drill=True), NOON).incident_id
        close_all(connection, drill, NOON + MINUTE)
        assert incident(connection, drill)["status"] == "closed"
        assert notices(connection, drill) == []


def test_only_the_districts_officers_start_a_drill(store: Store) -> None:
    other = Actor("account:qita", "其他", Role.UNIT_OFFICER, "edu")
    with store.transaction() as connection:
        settle(connection)
        add_person(connection, other)
        for actor in (SCHOOL, TOWN, other):
            with pytest.raises(NotAllowedError):
                start_drill(connection, actor, "yuehu", Scenario.DROWNING_RISK, Kind.OVERSTAY,
                            "", NOON)  # fmt: skip
