"""Escalation goes on until somebody is reached, and stops at once when they are."""

from sqlalchemy import update

from central.adapters.store.engine import Store
from central.adapters.store.tables import NOTIFICATION
from central.core.delivery import State
from central.deadlines import sweep
from central.incidents import Step
from tests.integration.case_district import (
    DUTY,
    HOUR,
    MINUTE,
    NOON,
    SCHOOL,
    TOWN,
    notices,
    open_one,
    settle,
    step,
    task_of,
)


def opened(store: Store) -> str:
    with store.transaction() as connection:
        settle(connection)
        return open_one(connection)


def overdue(store: Store, incident_id: str, unit: str) -> list[State]:
    with store.reading() as connection:
        task_id = task_of(connection, incident_id, unit)
        found = notices(connection, incident_id, moment="overdue", task_id=task_id)
        return [State(one["state"]) for one in found]


def test_it_comes_again_and_again_until_somebody_acknowledges(store: Store) -> None:
    incident_id = opened(store)
    counts = []
    for hours in range(1, 6):
        sweep(store, NOON + hours * 2 * HOUR)
        counts.append(len(overdue(store, incident_id, TOWN.unit_code)))
    assert counts == sorted(set(counts))
    with store.transaction() as connection:
        step(connection, TOWN, incident_id, Step.ACKNOWLEDGE, NOON + 10 * HOUR)
        step(connection, TOWN, incident_id, Step.DISPOSE, NOON + 10 * HOUR)
        step(connection, TOWN, incident_id, Step.REPORT_BACK, NOON + 10 * HOUR)
    sweep(store, NOON + 12 * HOUR)
    assert len(overdue(store, incident_id, TOWN.unit_code)) == counts[-1]


def test_an_acknowledgement_calls_back_letters_that_are_written_and_those_that_failed_for_now(
    store: Store,
) -> None:
    incident_id = opened(store)
    sweep(store, NOON + HOUR)
    with store.transaction() as connection:  # a first try has failed, the next is due later
        later = {"state": State.SENDING, "attempts": 1, "next_try_at": NOON + 2 * HOUR}
        one = notices(connection, incident_id, moment="overdue", recipient=TOWN.actor_id)[0]
        chosen = NOTIFICATION.c.notification_id == one["notification_id"]
        connection.execute(update(NOTIFICATION).where(chosen).values(later))
        step(connection, TOWN, incident_id, Step.ACKNOWLEDGE, NOON + HOUR + MINUTE)
    assert set(overdue(store, incident_id, TOWN.unit_code)) == {State.SUPERSEDED}


def test_one_units_acknowledgement_leaves_the_others_escalation_alone(store: Store) -> None:
    incident_id = opened(store)
    sweep(store, NOON + HOUR)
    with store.transaction() as connection:
        step(connection, TOWN, incident_id, Step.ACKNOWLEDGE, NOON + HOUR + MINUTE)
    assert State.SUPERSEDED not in overdue(store, incident_id, SCHOOL.unit_code)
    before = len(overdue(store, incident_id, SCHOOL.unit_code))
    sweep(store, NOON + 4 * HOUR)
    assert len(overdue(store, incident_id, SCHOOL.unit_code)) > before


def test_what_was_escalated_by_hand_stops_the_same_way(store: Store) -> None:
    incident_id = opened(store)
    with store.transaction() as connection:
        step(connection, DUTY, incident_id, Step.ESCALATE, NOON, unit=TOWN.unit_code)
        step(connection, DUTY, incident_id, Step.URGE, NOON, unit=TOWN.unit_code)
        step(connection, TOWN, incident_id, Step.ACKNOWLEDGE, NOON + MINUTE)
        urged = notices(connection, incident_id, moment="urged")
    assert {State(one["state"]) for one in urged} == {State.SUPERSEDED}
    assert set(overdue(store, incident_id, TOWN.unit_code)) == {State.SUPERSEDED}
