"""Whatever people do in whatever order, a case keeps its promises."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, create_engine

from central.adapters.store import audit, sending
from central.adapters.store.schema import METADATA
from central.adapters.store.tables import DEADLINE, TASK
from central.core.delivery import FORWARD, Failure, State, next_try_at
from central.core.people import Actor
from central.core.workflow import Status, Step, roll_up
from central.incidents import CaseError, steps_for, take_alert, take_step
from contract.scenarios import Scenario
from tests.integration.case_district import (
    MINUTE,
    NOON,
    PEOPLE,
    an_alert,
    incident,
    notices,
    rows,
    settle,
    story,
)

HOW_IT_ENDS = [State.SENT, State.ACCEPTED, State.DELIVERED, State.FAILED]
UNITS = ("town:yuelin", "town:jinping", "school:shiyan", "edu")


class CaseMachine(RuleBasedStateMachine):
    """One incident, everybody's hands on it."""

    def __init__(self) -> None:
        super().__init__()
        self.engine = create_engine("sqlite://")
        self.connection: Connection = self.engine.connect()
        METADATA.create_all(self.connection)
        self.now_ms = NOON
        self.seq = 1
        self.states: dict[str, State] = {}

    def teardown(self) -> None:
        self.connection.close()
        self.engine.dispose()

    @initialize()
    def open(self) -> None:
        settle(self.connection)
        self.incident_id = take_alert(self.connection, an_alert(), NOON).incident_id

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self.connection.begin_nested():
            yield self.connection

    @rule(
        actor=st.sampled_from(PEOPLE),
        wanted=st.sampled_from(Step),
        which=st.integers(0, 1),
        note=st.sampled_from(["", "已办"]),
        to_unit=st.sampled_from([None, *UNITS]),
    )
    def anybody_tries_anything(
        self, actor: Actor, wanted: Step, which: int, note: str, to_unit: str | None
    ) -> None:
        self._try(actor, wanted, which, note, to_unit)

    @rule(actor=st.sampled_from(PEOPLE), which=st.integers(0, 1), data=st.data())
    def somebody_does_what_the_page_offers(
        self, actor: Actor, which: int, data: st.DataObject
    ) -> None:
        task = rows(self.connection, TASK, incident_id=self.incident_id)[which]
        offered = steps_for(
            actor, task["unit_code"], Status(task["status"]), Scenario.DROWNING_RISK
        )
        if offered:
            wanted = data.draw(st.sampled_from(offered))
            self._try(actor, wanted, which, "已办", "town:jinping")

    @rule(minutes=st.integers(1, 10))
    def another_alert_comes(self, minutes: int) -> None:
        self.now_ms += minutes * MINUTE
        self.seq += 1
        before = incident(self.connection, self.incident_id)
        taken = take_alert(self.connection, an_alert(self.seq, self.now_ms), self.now_ms)
        if before["status"] == Status.CLOSED:
            assert taken.incident_id != self.incident_id

    @rule(minutes=st.integers(0, 30), how=st.sampled_from(["dies", "later", *HOW_IT_ENDS]))
    def a_worker_tries_a_notification(self, minutes: int, how: str) -> None:
        self.now_ms += minutes * MINUTE
        due = sending.lanes(self.connection, self.now_ms)
        claimed = due and sending.claim(self.connection, due[0].channel, self.now_ms)
        if not claimed:
            return
        self.no_notification_ever_goes_back()
        if how == "later":
            again = next_try_at(claimed.attempt, self.now_ms)
            sending.try_again(
                self.connection, claimed, self.now_ms, "421", Failure.OTHER, again or self.now_ms
            )
        elif how != "dies":
            sending.settle(self.connection, claimed, self.now_ms, State(how), answer="250")

    def _try(self, actor: Actor, wanted: Step, which: int, note: str, to_unit: str | None) -> None:
        self.now_ms += 1000
        case = incident(self.connection, self.incident_id)
        told = story(self.connection, self.incident_id)
        task = rows(self.connection, TASK, incident_id=self.incident_id)[which]
        try:
            with self._transaction() as connection:
                take_step(
                    connection, actor, self.incident_id, task["task_id"], wanted, self.now_ms,
                    note=note, to_unit=to_unit,
                )  # fmt: skip
        except CaseError as refused:
            assert all((refused.message_zh, refused.message_en))  # noqa: PT017 - some steps pass
            assert incident(self.connection, self.incident_id) == case
            assert story(self.connection, self.incident_id) == told
            return
        assert len(story(self.connection, self.incident_id)) == len(told) + 1
        assert incident(self.connection, self.incident_id)["version"] == case["version"] + 1
        if case["status"] == Status.CLOSED:
            assert wanted is Step.REOPEN

    @invariant()
    def the_incident_is_where_its_slowest_task_is(self) -> None:
        tasks = rows(self.connection, TASK, incident_id=self.incident_id)
        case = incident(self.connection, self.incident_id)
        assert case["status"] == roll_up(Status(task["status"]) for task in tasks)
        assert (case["closed_at"] is not None) == (case["status"] == Status.CLOSED)

    @invariant()
    def what_is_open_is_always_waited_for(self) -> None:
        for task in rows(self.connection, TASK, incident_id=self.incident_id):
            waits = rows(self.connection, DEADLINE, task_id=task["task_id"])
            running = {row["waits_for"] for row in waits if row["next_due_at"] is not None}
            assert bool(running) == (task["status"] != Status.CLOSED)
            if task["status"] == Status.DISPATCHED:
                assert "acknowledge" in running

    @invariant()
    def no_notification_ever_goes_back(self) -> None:
        for notice in notices(self.connection, self.incident_id):
            now = State(notice["state"])
            before = self.states.setdefault(notice["notification_id"], now)
            assert now is before or now in FORWARD[before]
            self.states[notice["notification_id"]] = now

    @invariant()
    def the_audit_chain_holds(self) -> None:
        assert audit.verify(self.connection) is None


@pytest.mark.timeout(300)
def test_a_case_keeps_its_promises_whatever_people_do() -> None:
    run_state_machine_as_test(
        CaseMachine,
        settings=settings(
            max_examples=40,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
