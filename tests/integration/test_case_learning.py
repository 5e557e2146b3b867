"""Drills trouble nobody and are counted nowhere; a false alarm teaches its camera."""

from typing import Any

from central.adapters.store import figures
from central.adapters.store.engine import Store
from central.adapters.store.tables import DEADLINE, DOWN_MESSAGE, NOTIFICATION, TASK
from central.core.labels import Label
from central.incidents import Step, take_alert
from contract.messages import Suggestion
from tests.integration.case_district import (
    DUTY,
    MINUTE,
    NOON,
    TOWN,
    an_alert,
    incident,
    rows,
    settle,
    step,
    story,
)

TREE: dict[str, Any] = {"box": (0.4, 0.3, 0.5, 0.8), "score": 0.61}


def test_a_drill_is_marked_dispatched_and_answered_but_wakes_nobody(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        drill = take_alert(connection, an_alert(1, is_drill=True), NOON).incident_id
        assert incident(connection, drill)["is_drill"]
        assert rows(connection, TASK, incident_id=drill)
        step(connection, TOWN, drill, Step.ACKNOWLEDGE, NOON + MINUTE)
        assert rows(connection, NOTIFICATION) == []
        assert [row for row in rows(connection, DEADLINE) if row["next_due_at"]] == []
        assert len(rows(connection, DOWN_MESSAGE)) == 1
        assert "drill" in [entry["event"] for entry in story(connection, drill)]


def test_a_real_alert_never_joins_a_drill_nor_a_drill_a_real_case(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        drill = take_alert(connection, an_alert(1, is_drill=True), NOON)
        real = take_alert(connection, an_alert(2), NOON + 1000)
        again = take_alert(connection, an_alert(3, is_drill=True), NOON + 2000)
        assert real.opened
        assert (again.opened, again.incident_id) == (False, drill.incident_id)


def test_a_drill_is_not_counted(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        take_alert(connection, an_alert(1, is_drill=True), NOON)
        take_alert(connection, an_alert(2), NOON)
        assert figures.statistics(connection, DUTY, 0)["by_kind"] == {"overstay": 1}


def test_a_labelled_false_alarm_goes_back_to_the_device_as_a_mask(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        incident_id = take_alert(connection, an_alert(1, **TREE), NOON).incident_id
        step(connection, DUTY, incident_id, Step.FALSE_ALARM, NOON, unit=TOWN.unit_code,
             label=Label.OBJECT)  # fmt: skip
        kept = incident(connection, incident_id)
        assert (kept["is_false_alarm"], kept["false_alarm_label"]) == (True, "object")
        [sent] = rows(connection, DOWN_MESSAGE, leaf="suggestion")
        suggestion = Suggestion.model_validate_json(sent["body"])
        assert (suggestion.camera_id, suggestion.remedy, suggestion.because) == (
            "cam1", "mask", "object",
        )  # fmt: skip
        assert suggestion.incident_number == kept["number"]
        assert "suggested" in [entry["event"] for entry in story(connection, incident_id)]


def test_a_false_alarm_without_a_label_teaches_nothing_and_reopening_forgets_it(
    store: Store,
) -> None:
    with store.transaction() as connection:
        settle(connection)
        incident_id = take_alert(connection, an_alert(1, **TREE), NOON).incident_id
        step(connection, DUTY, incident_id, Step.FALSE_ALARM, NOON, unit=TOWN.unit_code)
        assert rows(connection, DOWN_MESSAGE, leaf="suggestion") == []
        step(connection, DUTY, incident_id, Step.REOPEN, NOON, unit=TOWN.unit_code)
        assert incident(connection, incident_id)["false_alarm_label"] is None


def test_the_end_of_a_stale_alert_wakes_nobody(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        late = an_alert(1, NOON - 7 * 60 * MINUTE, is_late=True)
        take_alert(connection, late, NOON)
        end = an_alert(2, NOON, alert_id=late.alert_id, phase="end")
        take_alert(connection, end, NOON)
        assert rows(connection, NOTIFICATION) == []
