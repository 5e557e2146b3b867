"""What follows a step: people are told or called back, and the device hears of it."""

import pytest

from central.adapters.store.engine import Store
from central.adapters.store.tables import DEADLINE, DOWN_MESSAGE, INCIDENT_COPY, TASK
from central.incidents import (
    NotAllowedError,
    Step,
    report_by_hand,
)
from contract.messages import Receipt
from contract.scenarios import Kind, Scenario
from tests.integration.case_district import (
    DUTY,
    MINUTE,
    NOON,
    OTHER_TOWN,
    SCHOOL,
    TOWN,
    close_all,
    incident,
    notices,
    open_one,
    rows,
    settle,
    step,
)


def test_a_transfer_tells_the_new_unit_and_leaves_the_old_one_a_copy(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        incident_id = open_one(connection)
        step(connection, TOWN, incident_id, Step.ACKNOWLEDGE, NOON)
        step(connection, TOWN, incident_id, Step.TRANSFER, NOON + MINUTE, to_unit="town:jinping")
        moved = rows(connection, TASK, unit_code="town:jinping")[0]
        assert (moved["status"], moved["acknowledged_at"]) == ("dispatched", None)
        told = notices(connection, incident_id, moment="transferred")
        assert [n["recipient"] for n in told] == [OTHER_TOWN.actor_id]
        copies = {c["unit_code"] for c in rows(connection, INCIDENT_COPY)}
        assert "town:yuelin" in copies
        due = rows(connection, DEADLINE, task_id=moved["task_id"], waits_for="acknowledge")[0]
        assert due["next_due_at"] == NOON + MINUTE + 180_000
        step(connection, OTHER_TOWN, incident_id, Step.ACKNOWLEDGE, NOON + 2 * MINUTE)
        with pytest.raises(NotAllowedError):
            step(connection, TOWN, incident_id, Step.DISPOSE, NOON, unit="town:jinping")


def test_a_false_alarm_ends_the_whole_incident_and_calls_back_what_has_not_gone_out(
    store: Store,
) -> None:
    with store.transaction() as connection:
        settle(connection)
        incident_id = open_one(connection)
        step(connection, SCHOOL, incident_id, Step.ACKNOWLEDGE, NOON)
        step(connection, DUTY, incident_id, Step.FALSE_ALARM, NOON, unit=TOWN.unit_code)
        kept = incident(connection, incident_id)
        assert (kept["status"], kept["is_false_alarm"]) == ("closed", True)
        assert {t["status"] for t in rows(connection, TASK)} == {"closed"}
        assert {n["state"] for n in notices(connection, incident_id)} == {"superseded"}
        assert {d["next_due_at"] for d in rows(connection, DEADLINE)} == {None}


def test_the_device_hears_of_the_first_acknowledgement_and_of_the_close(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        incident_id = open_one(connection)
        close_all(connection, incident_id, NOON)
        sent = [
            (row["device_id"], row["leaf"], Receipt.model_validate_json(row["body"]))
            for row in rows(connection, DOWN_MESSAGE)
        ]
        assert [(d, leaf, r.status) for d, leaf, r in sent] == [
            ("water-001", "receipt", "acknowledged"),
            ("water-001", "receipt", "closed"),
        ]
        assert {r.incident_id for *_, r in sent} == {incident_id}
        assert {r.alert_id for *_, r in sent} == {"alert-water-001-1"}


def test_a_case_without_a_device_sends_none_a_receipt(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        incident_id = report_by_hand(
            connection, DUTY, "yuehu", Scenario.DROWNING_RISK, Kind.OVERSTAY, "有", NOON
        )
        close_all(connection, incident_id, NOON)
        assert rows(connection, DOWN_MESSAGE) == []


def test_urging_tells_the_unit_and_escalating_those_whom_the_clock_would_call_next(
    store: Store,
) -> None:
    with store.transaction() as connection:
        settle(connection)
        incident_id = open_one(connection)
        step(connection, DUTY, incident_id, Step.URGE, NOON, unit=SCHOOL.unit_code)
        urged = notices(connection, incident_id, moment="urged")
        assert [n["recipient"] for n in urged] == [SCHOOL.actor_id]
        step(connection, DUTY, incident_id, Step.SUPERVISE, NOON, unit=TOWN.unit_code)
        supervised = notices(connection, incident_id, moment="supervised")
        assert {n["recipient"] for n in supervised} == {TOWN.actor_id, DUTY.actor_id}
        step(connection, TOWN, incident_id, Step.ESCALATE, NOON)
        escalated = notices(connection, incident_id, moment="overdue")
        assert [n["recipient"] for n in escalated] == [TOWN.actor_id]
