"""People take steps: who may, what follows, and that one unit silences no other."""

import json

import pytest

from central.adapters.store import audit
from central.adapters.store.engine import Store
from central.adapters.store.tables import AUDIT, DEADLINE, TASK
from central.core.people import Actor
from central.incidents import (
    CaseError,
    MissingNoteError,
    NotAllowedError,
    Step,
    StepRefusedError,
    TooEarlyError,
    UnknownTaskError,
    UnknownUnitError,
    take_step,
)
from tests.integration.case_district import (
    AUDITOR,
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
    story,
    task_of,
)


def test_from_alert_to_closed(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        incident_id = open_one(connection)
        close_all(connection, incident_id, NOON + MINUTE)
        kept = incident(connection, incident_id)
        assert (kept["status"], kept["closed_at"]) == ("closed", NOON + MINUTE)
        assert {t["status"] for t in rows(connection, TASK)} == {"closed"}
        assert {d["next_due_at"] for d in rows(connection, DEADLINE)} == {None}
        assert audit.verify(connection) is None
        assert len(rows(connection, AUDIT)) == 10


def test_the_incident_is_as_far_as_its_slowest_task(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        incident_id = open_one(connection)
        step(connection, TOWN, incident_id, Step.ACKNOWLEDGE, NOON)
        assert incident(connection, incident_id)["status"] == "dispatched"
        step(connection, SCHOOL, incident_id, Step.ACKNOWLEDGE, NOON)
        assert incident(connection, incident_id)["status"] == "acknowledged"


def test_one_units_acknowledgement_silences_nobody_else(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        incident_id = open_one(connection)
        step(connection, TOWN, incident_id, Step.ACKNOWLEDGE, NOON + MINUTE)
        waits = {
            (d["task_id"], d["waits_for"]): d["next_due_at"] for d in rows(connection, DEADLINE)
        }
        assert waits[task_of(connection, incident_id, TOWN.unit_code), "acknowledge"] is None
        assert waits[task_of(connection, incident_id, SCHOOL.unit_code), "acknowledge"] is not None
        assert {n["state"] for n in notices(connection, incident_id)} == {"pending"}


@pytest.mark.parametrize(
    ("actor", "wanted"),
    [
        (SCHOOL, Step.ACKNOWLEDGE),
        (OTHER_TOWN, Step.ACKNOWLEDGE),
        (DUTY, Step.ACKNOWLEDGE),
        (AUDITOR, Step.FALSE_ALARM),
        (TOWN, Step.FALSE_ALARM),
        (TOWN, Step.URGE),
    ],
)
def test_who_may_not_is_told_so_and_changes_nothing(
    store: Store, actor: Actor, wanted: Step
) -> None:
    with store.transaction() as connection:
        settle(connection)
        incident_id = open_one(connection)
        before = (incident(connection, incident_id), story(connection, incident_id))
        with pytest.raises(NotAllowedError) as refused:
            step(connection, actor, incident_id, wanted, NOON, unit=TOWN.unit_code)
        assert "不能" in refused.value.message_zh
        assert (incident(connection, incident_id), story(connection, incident_id)) == before


def test_a_step_out_of_turn_is_refused_in_words(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        incident_id = open_one(connection)
        with pytest.raises(StepRefusedError) as refused:
            step(connection, TOWN, incident_id, Step.REPORT_BACK, NOON)
        assert refused.value.message_zh == "任务现为“待签收”，不能反馈"
        assert refused.value.message_en == "cannot report back a task that is dispatched"


def test_a_report_without_a_word_is_refused(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        incident_id = open_one(connection)
        step(connection, TOWN, incident_id, Step.ACKNOWLEDGE, NOON, note="")
        step(connection, TOWN, incident_id, Step.DISPOSE, NOON, note="")
        with pytest.raises(MissingNoteError):
            step(connection, TOWN, incident_id, Step.REPORT_BACK, NOON, note=" \n")


def test_a_task_of_another_incident_is_unknown_here(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        first = open_one(connection)
        other = open_one(connection, NOON + 10 * MINUTE, seq=2)
        with pytest.raises(UnknownTaskError):
            take_step(
                connection, TOWN, first, task_of(connection, other, TOWN.unit_code),
                Step.ACKNOWLEDGE, NOON,
            )  # fmt: skip
        with pytest.raises(UnknownTaskError):
            take_step(connection, TOWN, "nothing", "nothing", Step.ACKNOWLEDGE, NOON)


@pytest.mark.parametrize("to_unit", [None, "town:nowhere", "town:yuelin"])
def test_a_transfer_must_lead_to_another_unit_that_exists(
    store: Store, to_unit: str | None
) -> None:
    with store.transaction() as connection:
        settle(connection)
        incident_id = open_one(connection)
        with pytest.raises(UnknownUnitError):
            step(connection, TOWN, incident_id, Step.TRANSFER, NOON, to_unit=to_unit)


def test_a_returned_report_must_be_given_again_in_time(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        incident_id = open_one(connection)
        for wanted in (Step.ACKNOWLEDGE, Step.DISPOSE, Step.REPORT_BACK):
            step(connection, TOWN, incident_id, wanted, NOON)
        step(
            connection, DUTY, incident_id, Step.RETURN, NOON + MINUTE,
            unit=TOWN.unit_code, note="请补充照片",
        )  # fmt: skip
        task_id = task_of(connection, incident_id, TOWN.unit_code)
        due = rows(connection, DEADLINE, task_id=task_id, waits_for="report_back")[0]
        assert due["next_due_at"] == NOON + MINUTE + 43_200_000
        told = notices(connection, incident_id, moment="returned")
        assert [n["recipient"] for n in told] == [TOWN.actor_id]


def test_nobody_closes_while_another_units_task_is_not_verified(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        incident_id = open_one(connection)
        for wanted in (Step.ACKNOWLEDGE, Step.DISPOSE, Step.REPORT_BACK):
            step(connection, TOWN, incident_id, wanted, NOON)
        step(connection, DUTY, incident_id, Step.VERIFY, NOON, unit=TOWN.unit_code)
        with pytest.raises(TooEarlyError):
            step(connection, DUTY, incident_id, Step.CLOSE, NOON, unit=TOWN.unit_code)


def test_a_closed_incident_can_only_be_reopened(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        incident_id = open_one(connection)
        close_all(connection, incident_id, NOON)
        for wanted in set(Step) - {Step.REOPEN}:
            for actor in (TOWN, DUTY):
                with pytest.raises(CaseError):
                    step(
                        connection, actor, incident_id, wanted, NOON,
                        unit=TOWN.unit_code, to_unit="town:jinping",
                    )  # fmt: skip
        step(connection, DUTY, incident_id, Step.REOPEN, NOON + MINUTE, unit=TOWN.unit_code)
        kept = incident(connection, incident_id)
        assert (kept["status"], kept["closed_at"]) == ("dispatched", None)


def test_what_a_step_says_and_does_is_in_story_and_audit(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        incident_id = open_one(connection)
        step(connection, TOWN, incident_id, Step.ACKNOWLEDGE, NOON + 1, note="马上到")
        line = story(connection, incident_id)[-1]
        assert (line["event"], line["at"], line["actor"], line["actor_name"], line["note"]) == (
            "acknowledge", NOON + 1, TOWN.actor_id, TOWN.name, "马上到",
        )  # fmt: skip
        entry = rows(connection, AUDIT)[-1]
        assert (entry["actor"], entry["action"]) == (TOWN.actor_id, "step.acknowledge")
        assert json.loads(json.dumps(entry["detail"]))["to"] == "acknowledged"
