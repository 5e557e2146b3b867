"""An alert opens a case, joins one or updates one; and nobody is woken for what is over."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from central.adapters.store.engine import Store
from central.adapters.store.tables import (
    ALERT,
    DEADLINE,
    EVIDENCE,
    INCIDENT,
    INCIDENT_COPY,
    INCIDENT_EVIDENCE,
    TASK,
)
from central.core.people import Actor, Role
from central.incidents import (
    MissingNoteError,
    NotAllowedError,
    Step,
    UnknownSiteError,
    report_by_hand,
    take_alert,
)
from contract.scenarios import Kind, Scenario
from tests.integration.case_district import (
    AUDITOR,
    DUTY,
    HOUR,
    MINUTE,
    NOON,
    OTHER_TOWN,
    SCHOOL,
    SECOND,
    TOWN,
    a_late_alert,
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
        assert "联系不到:town:yuelin" in asked[0]["text"]
        assert "town:yuelin" in story(connection, incident_id)[-1]["note"]


def test_somebody_without_an_address_is_shown_as_not_told(store: Store) -> None:
    mute = Actor("account:wuyou", "无邮箱", Role.WATER_WARDEN, "town:yuelin")
    with store.transaction() as connection:
        settle(connection)
        add_person(connection, mute, email=None)
        incident_id = open_one(connection)
        notice = notices(connection, incident_id, recipient="account:wuyou")[0]
        assert notice["state"] == "failed"
        assert "没有邮箱" in notice["answer"]


def test_a_report_by_hand_opens_a_case(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        incident_id = report_by_hand(
            connection, TOWN, "yuehu", Scenario.DROWNING_RISK, Kind.OVERSTAY, "有孩子下水", NOON
        )
        kept = incident(connection, incident_id)
        assert (kept["device_id"], kept["status"]) == (None, "dispatched")
        last = story(connection, incident_id)[-1]
        assert (last["event"], last["actor"], last["note"]) == (
            "reported", TOWN.actor_id, "有孩子下水",
        )  # fmt: skip


@pytest.mark.parametrize("actor", [OTHER_TOWN, AUDITOR])
def test_who_has_nothing_to_do_with_a_place_cannot_report_there(store: Store, actor: Actor) -> None:
    with store.transaction() as connection:
        settle(connection)
        with pytest.raises(NotAllowedError):
            report_by_hand(
                connection, actor, "yuehu", Scenario.DROWNING_RISK, Kind.OVERSTAY, "有", NOON
            )


def test_a_report_needs_a_known_place_and_some_words(store: Store) -> None:
    about = (Scenario.DROWNING_RISK, Kind.OVERSTAY)
    with store.transaction() as connection:
        settle(connection)
        with pytest.raises(UnknownSiteError, match="nowhere"):
            report_by_hand(connection, DUTY, "nowhere", *about, "有", NOON)
        with pytest.raises(MissingNoteError):
            report_by_hand(connection, DUTY, "yuehu", *about, "  ", NOON)


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
