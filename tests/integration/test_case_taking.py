"""An alert opens a case, joins one or updates one; and nobody is woken for what is over."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from central.adapters.store.engine import Store
from central.adapters.store.tables import (
    ALERT,
    EVIDENCE,
    INCIDENT,
    INCIDENT_COPY,
    INCIDENT_EVIDENCE,
    TASK,
)
from central.core.people import Actor, Role
from central.incidents import (
    Step,
    take_alert,
)
from tests.integration.case_district import (
    DUTY,
    HOUR,
    MINUTE,
    NOON,
    SCHOOL,
    SECOND,
    TOWN,
    add_person,
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


def test_an_alert_opens_an_incident_with_a_task_for_each_responsible_unit(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        taken = take_alert(connection, an_alert(), NOON)
        assert taken.opened
        assert taken.alert_row_is_new
        kept = incident(connection, taken.incident_id)
        assert kept["number"] == "HX20261123-0001"
        assert kept["status"] == "dispatched"
        tasks = rows(connection, TASK, incident_id=taken.incident_id)
        assert [(t["unit_code"], t["part"], t["status"]) for t in tasks] == [
            ("town:yuelin", "lead", "dispatched"),
            ("school:shiyan", "joint", "dispatched"),
        ]
        assert {c["unit_code"] for c in rows(connection, INCIDENT_COPY)} == {"edu", "police"}


def test_everybody_whom_the_playbook_names_is_told_once(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        incident_id = open_one(connection)
        told = notices(connection, incident_id)
        assert sorted((n["recipient"], n["channel"], n["moment"]) for n in told) == [
            ("account:anquan", "email", "dispatched"),
            ("account:zhenshui", "email", "dispatched"),
            ("account:zhiban", "email", "copied"),
            ("webhook:*", "webhook", "dispatched"),
        ]


def test_the_same_message_again_changes_nothing(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        first = take_alert(connection, an_alert(), NOON)
        before = (incident(connection, first.incident_id), story(connection, first.incident_id))
        again = take_alert(connection, an_alert(), NOON + HOUR)
        assert again.incident_id == first.incident_id
        assert not again.alert_row_is_new
        assert not again.opened
        after = (incident(connection, first.incident_id), story(connection, first.incident_id))
        assert after == before
        assert len(rows(connection, ALERT)) == 1


def test_another_alert_of_the_same_zone_soon_after_joins_and_wakes_nobody_again(
    store: Store,
) -> None:
    with store.transaction() as connection:
        settle(connection)
        incident_id = open_one(connection)
        told = len(notices(connection, incident_id))
        later = NOON + 2 * MINUTE
        joined = take_alert(connection, an_alert(2, later, severity="critical"), later)
        assert joined.incident_id == incident_id
        assert not joined.opened
        kept = incident(connection, incident_id)
        assert (kept["alert_count"], kept["severity"]) == (2, "critical")
        assert "并入本事件" in story(connection, incident_id)[-1]["note"]
        assert len(notices(connection, incident_id)) == told


@pytest.mark.parametrize(
    "changes",
    [{"zone_id": "jetty"}, {"device_id": "water-002"}, {"zone_id": None}],
)
def test_an_alert_of_another_place_opens_a_case_of_its_own(
    store: Store, changes: dict[str, Any]
) -> None:
    with store.transaction() as connection:
        settle(connection)
        open_one(connection)
        assert take_alert(connection, an_alert(2, **changes), NOON).opened


def test_an_alert_long_after_opens_a_case_of_its_own(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        open_one(connection)
        later = NOON + 6 * MINUTE
        assert take_alert(connection, an_alert(2, later), later).opened


def test_danger_seen_again_after_it_was_dealt_with_wakes_people_again(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        incident_id = open_one(connection)
        step(connection, TOWN, incident_id, Step.ACKNOWLEDGE, NOON)
        step(connection, TOWN, incident_id, Step.DISPOSE, NOON + MINUTE)
        taken = take_alert(connection, an_alert(2, NOON + 2 * MINUTE), NOON + 2 * MINUTE)
        assert taken.opened
        assert len(notices(connection, taken.incident_id)) == 4


def test_the_end_of_an_alert_is_noted_where_it_began(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        incident_id = open_one(connection)
        later = NOON + HOUR
        end = an_alert(2, later, phase="end", alert_id="alert-water-001-1")
        assert take_alert(connection, end, later).incident_id == incident_id
        assert story(connection, incident_id)[-1]["event"] == "alert_end"
        assert incident(connection, incident_id)["alert_count"] == 1


def test_a_closed_incident_takes_no_new_alert_but_hears_of_the_end_of_its_own(
    store: Store,
) -> None:
    with store.transaction() as connection:
        settle(connection)
        incident_id = open_one(connection)
        close_all(connection, incident_id, NOON + MINUTE)
        later = NOON + 2 * MINUTE
        end = an_alert(2, later, phase="end", alert_id="alert-water-001-1")
        assert take_alert(connection, end, later).incident_id == incident_id
        assert incident(connection, incident_id)["status"] == "closed"
        assert take_alert(connection, an_alert(3, later), later).opened


def test_numbers_begin_anew_with_the_district_day(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        numbers = [
            incident(connection, open_one(connection, at, seq))["number"]
            for seq, at in enumerate(
                (NOON, NOON + HOUR, NOON + 12 * HOUR - SECOND, NOON + 12 * HOUR + HOUR), start=1
            )
        ]
    assert numbers == [
        "HX20261123-0001",
        "HX20261123-0002",
        "HX20261123-0003",
        "HX20261124-0001",
    ]


def test_evidence_is_announced_and_linked(store: Store) -> None:
    ref = {"sha256": "a" * 64, "media_type": "image/jpeg", "size_bytes": 5}
    with store.transaction() as connection:
        settle(connection)
        first = take_alert(connection, an_alert(1, evidence=[ref]), NOON)
        other = take_alert(connection, an_alert(2, zone_id="jetty", evidence=[ref]), NOON)
        assert [row["received_at"] for row in rows(connection, EVIDENCE)] == [None]
        linked = {row["incident_id"] for row in rows(connection, INCIDENT_EVIDENCE)}
        assert linked == {first.incident_id, other.incident_id}


@pytest.mark.parametrize("kind", ["video_fault", "device_fault"])
def test_a_fault_is_a_case_for_the_district_not_for_the_wardens(store: Store, kind: str) -> None:
    with store.transaction() as connection:
        settle(connection)
        taken = take_alert(connection, an_alert(1, kind=kind), NOON)
        units = [t["unit_code"] for t in rows(connection, TASK, incident_id=taken.incident_id)]
        assert units == ["edu"]


def test_a_place_without_relations_is_the_districts_own_task(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        taken = take_alert(connection, an_alert(1, device_id="bare-1"), NOON)
        tasks = rows(connection, TASK, incident_id=taken.incident_id)
        assert {t["unit_code"] for t in tasks} == {"edu"}
        assert {n["recipient"] for n in notices(connection, taken.incident_id)} >= {
            "account:zhiban"
        }
        assert any("未登记此关系" in line["note"] for line in story(connection, taken.incident_id))


def test_where_a_unit_has_nobody_the_duty_officers_are_asked_to_call(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection, people=(DUTY, SCHOOL))
        incident_id = open_one(connection)
        asked = notices(connection, incident_id, moment="unreachable")
        assert [n["recipient"] for n in asked] == ["account:zhiban"]
        assert "联系不到：town:yuelin" in asked[0]["text"]
        assert "town:yuelin" in story(connection, incident_id)[-1]["note"]


def test_somebody_without_an_address_is_shown_as_not_told(store: Store) -> None:
    mute = Actor("account:wuyou", "无邮箱", Role.WATER_WARDEN, "town:yuelin")
    with store.transaction() as connection:
        settle(connection)
        add_person(connection, mute, email=None)
        incident_id = open_one(connection)
        notice = notices(connection, incident_id, recipient="account:wuyou")[0]
        assert notice["state"] == "failed"
        assert "no address for: email" in notice["answer"]


def test_many_alerts_at_once_open_one_incident_for_a_zone_and_no_number_twice(
    store: Store,
) -> None:
    with store.transaction() as connection:
        settle(connection)

    def take(seq: int) -> None:
        zone = f"zone{seq % 3}"
        with store.transaction() as connection:
            take_alert(connection, an_alert(seq, zone_id=zone), NOON)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(take, range(1, 31)))
    with store.reading() as connection:
        kept = rows(connection, INCIDENT)
        assert sorted((i["zone_id"], i["alert_count"]) for i in kept) == [
            ("zone0", 10), ("zone1", 10), ("zone2", 10),
        ]  # fmt: skip
        assert len({i["number"] for i in kept}) == 3
        assert len(connection.execute(select(ALERT.c.id)).all()) == 30
