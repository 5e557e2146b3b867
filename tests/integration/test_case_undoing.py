"""A step is taken back within minutes: tasks and clocks stand as before, and who heard hears it."""

import pytest

from central.adapters.store import audit, deadlines
from central.adapters.store.engine import Store
from central.adapters.store.tables import TASK
from central.core.labels import Label
from central.core.people import Actor
from central.core.refusals import TooEarlyError
from central.core.undo import UNDO_WITHIN_MS
from central.incidents import Step, undo
from tests.integration.case_district import (
    ADMIN,
    DUTY,
    MINUTE,
    NOON,
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


@pytest.fixture
def case(store: Store) -> str:
    with store.transaction() as connection:
        settle(connection)
        return open_one(connection)


def take_back(store: Store, who: Actor, case: str, unit: str, now_ms: int) -> Step:
    with store.transaction() as connection:
        return undo(connection, who, case, task_of(connection, case, unit), now_ms)


def stands(store: Store, case: str) -> tuple[object, ...]:
    """Give all that says where a case stands, but what only counts changes."""
    with store.reading() as connection:
        tasks = rows(connection, TASK, incident_id=case)
        waits = [deadlines.of_task(connection, one["task_id"]) for one in tasks]
        whole = incident(connection, case)
    return tasks, waits, {name: value for name, value in whole.items() if name != "version"}


@pytest.mark.parametrize("steps", range(6))
def test_each_step_that_can_be_undone_leaves_nothing_behind(
    store: Store, case: str, steps: int
) -> None:
    loop = (
        (TOWN, Step.ACKNOWLEDGE),
        (TOWN, Step.DISPOSE),
        (TOWN, Step.REPORT_BACK),
        (DUTY, Step.VERIFY),
        (DUTY, Step.FALSE_ALARM),
    )
    before = stands(store, case)
    for at, (who, wanted) in enumerate(loop[:steps]):
        now = NOON + at * MINUTE
        before = stands(store, case)
        with store.transaction() as connection:
            step(connection, who, case, wanted, now, unit=TOWN.unit_code)
    if steps == 0:
        with pytest.raises(TooEarlyError):
            take_back(store, TOWN, case, TOWN.unit_code, NOON)
        return
    who, last = loop[steps - 1]
    if last is Step.REPORT_BACK:  # others act on it at once
        with pytest.raises(TooEarlyError):
            take_back(store, who, case, TOWN.unit_code, now + MINUTE)
        return
    assert take_back(store, who, case, TOWN.unit_code, now + MINUTE) is last
    assert stands(store, case) == before
    with store.reading() as connection:
        assert story(connection, case)[-1]["event"] in {"undone", "notified"}
        assert audit.verify(connection) is None


def test_a_false_alarm_taken_back_opens_every_task_and_tells_their_units(
    store: Store, case: str
) -> None:
    with store.transaction() as connection:
        step(connection, TOWN, case, Step.ACKNOWLEDGE, NOON)
        before = [(one["unit_code"], one["status"]) for one in rows(connection, TASK)]
        step(connection, DUTY, case, Step.FALSE_ALARM, NOON + MINUTE, unit=TOWN.unit_code,
             label=Label.OBJECT)  # fmt: skip
        assert incident(connection, case)["is_false_alarm"]
    take_back(store, ADMIN, case, TOWN.unit_code, NOON + 2 * MINUTE)  # of the same office
    with store.reading() as connection:
        assert [(one["unit_code"], one["status"]) for one in rows(connection, TASK)] == before
        whole = incident(connection, case)
        assert (whole["is_false_alarm"], whole["false_alarm_label"]) == (False, None)
        told = {one["audience"] for one in notices(connection, case, moment="reopened")}
        assert {"town", "school"} <= told


def test_a_step_stands_after_ten_minutes_or_once_the_task_has_gone_on(
    store: Store, case: str
) -> None:
    with store.transaction() as connection:
        step(connection, TOWN, case, Step.ACKNOWLEDGE, NOON)
    with pytest.raises(TooEarlyError):
        take_back(store, TOWN, case, TOWN.unit_code, NOON + UNDO_WITHIN_MS + 1)
    with store.transaction() as connection:
        step(connection, TOWN, case, Step.DISPOSE, NOON + MINUTE)
        step(connection, TOWN, case, Step.REPORT_BACK, NOON + MINUTE)
    with pytest.raises(TooEarlyError):
        take_back(store, TOWN, case, TOWN.unit_code, NOON + MINUTE)


def test_nobody_takes_back_what_another_unit_did(store: Store, case: str) -> None:
    with store.transaction() as connection:
        step(connection, TOWN, case, Step.ACKNOWLEDGE, NOON)
    for who in (SCHOOL, DUTY):
        with pytest.raises(TooEarlyError):
            take_back(store, who, case, TOWN.unit_code, NOON)


def test_what_another_unit_did_meanwhile_stays(store: Store, case: str) -> None:
    with store.transaction() as connection:
        step(connection, TOWN, case, Step.ACKNOWLEDGE, NOON)
        step(connection, SCHOOL, case, Step.ACKNOWLEDGE, NOON + MINUTE)
    take_back(store, TOWN, case, TOWN.unit_code, NOON + 2 * MINUTE)
    with store.reading() as connection:
        found = {one["unit_code"]: one["status"] for one in rows(connection, TASK)}
    assert found == {TOWN.unit_code: "dispatched", SCHOOL.unit_code: "acknowledged"}


def test_a_case_whose_last_task_was_closed_by_mistake_opens_again(store: Store, case: str) -> None:
    with store.transaction() as connection:
        close_all(connection, case, NOON)
        assert incident(connection, case)["closed_at"]
    assert take_back(store, DUTY, case, SCHOOL.unit_code, NOON + MINUTE) is Step.CLOSE
    with store.reading() as connection:
        assert incident(connection, case)["closed_at"] is None
        assert incident(connection, case)["status"] == "verified"
