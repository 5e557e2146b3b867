"""What comes late is kept, and wakes nobody unless the danger is fresh."""

from datetime import timedelta

from central.adapters.store.engine import Store
from central.adapters.store.tables import (
    DEADLINE,
)
from central.incidents import (
    take_alert,
)
from tests.integration.case_district import (
    HOUR,
    NOON,
    a_late_alert,
    an_alert,
    incident,
    notices,
    rows,
    settle,
    story,
)


def test_a_stale_alert_is_kept_but_wakes_nobody(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        late = a_late_alert(1, NOON, timedelta(minutes=40))
        taken = take_alert(connection, late, NOON)
        assert taken.opened
        assert notices(connection, taken.incident_id) == []
        assert "迟到 40 分钟" in story(connection, taken.incident_id)[-1]["note"]
        waits = {row["waits_for"] for row in rows(connection, DEADLINE)}
        assert waits == {"report_back", "close"}  # by day, somebody asks all the same


def test_a_late_alert_that_is_not_stale_wakes_people(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        taken = take_alert(connection, a_late_alert(1, NOON, timedelta(minutes=5)), NOON)
        assert len(notices(connection, taken.incident_id)) == 4


def test_a_fresh_alert_wakes_people_for_a_case_that_was_kept_as_stale(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        taken = take_alert(connection, a_late_alert(1, NOON, timedelta(minutes=16)), NOON)
        for seq, minutes in ((2, 12), (3, 8), (4, 4)):
            late = a_late_alert(seq, NOON, timedelta(minutes=minutes))
            assert take_alert(connection, late, NOON).incident_id == taken.incident_id
        moments = [n["moment"] for n in notices(connection, taken.incident_id)]
        assert sorted(moments) == ["copied", "dispatched", "dispatched", "dispatched"]
        waits = [row["waits_for"] for row in rows(connection, DEADLINE)]
        assert sorted(set(waits)) == ["acknowledge", "close", "report_back"]


def test_a_device_that_does_not_know_the_time_is_not_taken_at_its_word(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        floor = an_alert(1, NOON - 900 * HOUR, clock="floor")
        future = an_alert(2, NOON + 900 * HOUR, device_id="water-002")
        for alert in (floor, future):
            taken = take_alert(connection, alert, NOON)
            assert incident(connection, taken.incident_id)["occurred_at"] == NOON
