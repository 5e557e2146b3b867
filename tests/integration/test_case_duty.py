"""The roster decides who is told; gaps and what reaches nobody are said ahead, once."""

from typing import Any

import pytest
from sqlalchemy import Connection, update

from central.adapters.playbooks import by_mail
from central.adapters.store import audit, bulletins, checks, duty
from central.adapters.store.engine import Store
from central.adapters.store.schema.duty import BULLETIN, REACH_GAP
from central.adapters.store.tables import ACCOUNT
from central.config import DutySection
from central.core.duty import Absence, Shift
from central.core.people import Actor, Role
from central.core.refusals import NotAllowedError
from central.incidents import Step
from central.incidents.duty import stand_in_for
from central.incidents.rostering import (
    RosterError,
    be_away,
    hand_over,
    put_roster,
    read_csv,
    take_over,
)
from central.ports import Answer
from central.watching import Watch, send_bulletins
from tests.integration.case_district import (
    DUTY,
    HOUR,
    MINUTE,
    NOON,
    OTHER_TOWN,
    SCHOOL,
    TOWN,
    add_person,
    notices,
    open_one,
    rows,
    settle,
    step,
    story,
)
from tests.integration.test_case_telling import Scripted

SECOND_WARDEN = Actor("account:yeban", "夜班 陈光", Role.WATER_WARDEN, "town:yuelin")
DAY = 24 * HOUR


def a_shift(username: str, from_at: int, to_at: int | None) -> Shift:
    name = f"shift-{username}-{from_at}"
    return Shift(name, "town:yuelin", Role.WATER_WARDEN, username, from_at, to_at)


def rostered(connection: Connection, *shifts: Shift) -> None:
    settle(connection)
    add_person(connection, SECOND_WARDEN)
    put_roster(connection, DUTY, enumerate(shifts, 2), NOON)


def told(connection: Connection, incident_id: str) -> set[str]:
    found = notices(connection, incident_id, moment="dispatched", channel="email")
    return {n["recipient"] for n in found}


def test_only_whoever_is_on_duty_is_told_and_the_case_says_so(store: Store) -> None:
    with store.transaction() as connection:
        rostered(connection, a_shift("yeban", NOON - HOUR, NOON + HOUR),
                 a_shift("zhenshui", NOON + HOUR, NOON + DAY))  # fmt: skip
        incident_id = open_one(connection)
        assert told(connection, incident_id) == {"account:yeban", SCHOOL.actor_id}
        assert "按值班表通知：岳林街道" in story(connection, incident_id)[-1]["note"]


def test_where_nobody_is_on_duty_all_of_the_role_are_told_and_it_is_said(store: Store) -> None:
    with store.transaction() as connection:
        rostered(connection, a_shift("yeban", NOON + HOUR, NOON + DAY))
        incident_id = open_one(connection)
        assert told(connection, incident_id) >= {"account:yeban", TOWN.actor_id}
        assert "值班表此时无人在岗" in story(connection, incident_id)[-1]["note"]


def test_without_a_roster_everything_is_as_it_was(store: Store) -> None:
    with store.transaction() as connection:
        rostered(connection)
        incident_id = open_one(connection)
        assert told(connection, incident_id) == {"account:yeban", TOWN.actor_id, SCHOOL.actor_id}
        assert "值班" not in story(connection, incident_id)[-1]["note"]


def test_somebody_away_is_stood_in_for_with_a_roster_and_without(store: Store) -> None:
    with store.transaction() as connection:
        rostered(connection)
        away = Absence("zhenshui", NOON - HOUR, NOON + HOUR, "yeban")
        be_away(connection, TOWN, away, NOON)
        assert told(connection, open_one(connection)) == {"account:yeban", SCHOOL.actor_id}
        assert stand_in_for(connection, "zhenshui", NOON) == "yeban"
        assert stand_in_for(connection, "zhenshui", NOON + HOUR) == "zhenshui"


def test_a_roster_is_its_units_own_to_keep(store: Store) -> None:
    with store.transaction() as connection:
        rostered(connection)
        shift = a_shift("yeban", NOON, NOON + HOUR)
        for actor in (OTHER_TOWN, SCHOOL, SECOND_WARDEN):
            with pytest.raises(NotAllowedError):
                put_roster(connection, actor, [(2, shift)], NOON)
        with pytest.raises(RosterError, match="belongs to"):
            put_roster(connection, DUTY, [(2, a_shift("anquan", NOON, NOON + HOUR))], NOON)
        with pytest.raises(RosterError, match="no active account"):
            put_roster(connection, DUTY, [(2, a_shift("nobody", NOON, NOON + HOUR))], NOON)
        with pytest.raises(RosterError, match="same unit"):
            be_away(connection, DUTY, Absence("yeban", NOON, NOON + 1, "anquan"), NOON)
        assert duty.shifts(connection, NOON) == []


def test_a_file_says_all_its_mistakes_by_line_and_keeps_nothing() -> None:
    text = "unit,role,username,from,to\ntown:yuelin,king,wang,2026-12-01,\n,,,soon,\n"
    with pytest.raises(RosterError) as error:
        read_csv(text.encode("gb18030"))
    assert "line 2" in error.value.message_zh
    assert "line 3" in error.value.message_zh
    with pytest.raises(RosterError, match="a column is missing: from"):
        read_csv(b"unit,role,username\n")
    with pytest.raises(RosterError, match="no such column"):
        read_csv(b"unit,role,username,from,name\n")


def test_a_new_roster_stands_in_the_place_of_the_old(store: Store) -> None:
    with store.transaction() as connection:
        rostered(connection, a_shift("yeban", NOON - DAY, None))
        again = [(2, a_shift("zhenshui", NOON - HOUR, NOON + DAY))]
        put_roster(connection, DUTY, again, NOON, replaces=True)
        assert [one.username for one in duty.shifts(connection, NOON)] == ["zhenshui"]
        assert duty.shifts(connection, 0)[0].to_at == NOON


def test_open_tasks_are_handed_over_and_taken_over_by_name(store: Store) -> None:
    with store.transaction() as connection:
        rostered(connection)
        incident_id = open_one(connection)
        step(connection, TOWN, incident_id, Step.ACKNOWLEDGE, NOON)
        with pytest.raises(RosterError):
            hand_over(connection, TOWN, "anquan", "看好", NOON)
        made = hand_over(connection, TOWN, "yeban", "月湖有一起，已到场", NOON)
        assert story(connection, incident_id)[-1]["event"] == "handover"
        (kept,) = duty.handovers(connection, TOWN, "town:yuelin")
        assert len(kept["tasks"]) == 1
        assert duty.handovers(connection, DUTY, None) == [kept]
        assert duty.handovers(connection, SECOND_WARDEN, None) == [kept]
        third = Actor("account:disan", "水管员", Role.WATER_WARDEN, "town:yuelin")
        assert duty.handovers(connection, third, "town:yuelin") == []
        with pytest.raises(NotAllowedError):
            take_over(connection, TOWN, made, NOON + MINUTE)
        take_over(connection, SECOND_WARDEN, made, NOON + MINUTE)
        with pytest.raises(RosterError, match="already"):
            take_over(connection, SECOND_WARDEN, made, NOON + MINUTE)
        assert "已从" in story(connection, incident_id)[-1]["note"]
        assert audit.verify(connection) is None


def a_watch(store: Store, **section: Any) -> Watch:
    return Watch(store, by_mail, ("email",), DutySection(**section))


def letters(store: Store, moment: str) -> list[dict[str, Any]]:
    with store.reading() as connection:
        return rows(connection, BULLETIN, moment=moment)


def test_a_gap_is_told_some_days_ahead_and_once(store: Store) -> None:
    with store.transaction() as connection:
        rostered(connection, a_shift("yeban", NOON, NOON + 5 * DAY))
    watch = a_watch(store)
    watch.look(NOON)
    assert letters(store, "duty_gap") == []
    watch.look(NOON + 2 * DAY)
    first = letters(store, "duty_gap")
    assert {one["recipient"] for one in first} == {
        "account:zhenshui", "account:yeban", "account:zhiban",
    }  # fmt: skip
    assert "岳林街道" in first[0]["subject"]
    watch.look(NOON + 3 * DAY)
    assert len(letters(store, "duty_gap")) == len(first)
    with store.transaction() as connection:
        put_roster(connection, DUTY, [(2, a_shift("zhenshui", NOON + 5 * DAY, None))], NOON)
    watch.look(NOON + 4 * DAY)
    with store.reading() as connection:
        assert duty.known_gaps(connection) == []


def test_a_unit_need_not_be_manned_when_the_district_says_so(store: Store) -> None:
    with store.transaction() as connection:
        rostered(connection, a_shift("yeban", NOON, NOON + HOUR))
    a_watch(store, cover={"town": "never"}).look(NOON)
    with store.reading() as connection:
        assert duty.known_gaps(connection) == []


def test_what_reaches_nobody_is_found_told_once_a_day_and_ends_when_mended(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        quiet = update(ACCOUNT).where(ACCOUNT.c.username == "zhenshui")
        connection.execute(quiet.values(is_active=False))
    watch = a_watch(store)
    watch.look(NOON)
    with store.reading() as connection:
        of_town = [row for row in checks.open_findings(connection)
                   if row["unit_code"] == "town:yuelin"]  # fmt: skip
        found = [row for row in of_town if row["playbook"] == "drowning_risk"]
    assert "没有可用账号" in found[0]["what_zh"]
    (letter,) = letters(store, "reachability")
    assert letter["recipient"] == DUTY.actor_id
    watch.look(NOON + HOUR)
    assert len(letters(store, "reachability")) == 1
    with store.transaction() as connection:
        connection.execute(quiet.values(is_active=True))
    watch.look(NOON + 2 * HOUR)
    with store.reading() as connection:
        mended = rows(connection, REACH_GAP, gap_id=found[0]["gap_id"])
        assert mended[0]["until"] == NOON + 2 * HOUR
    assert len(letters(store, "reachability")) == 1


def test_a_channel_that_is_not_configured_reaches_nobody(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
    Watch(store, by_mail, (), DutySection()).look(NOON)
    with store.reading() as connection:
        said = {row["what_en"] for row in checks.open_findings(connection)}
    assert any("has an address for a channel of email" in words for words in said)


def test_letters_about_gaps_go_out_once(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        bulletins.put(connection, "duty_gap", "account:zhiban", ("email", "a@demo.invalid"),
                      "缺口", "文本", NOON)  # fmt: skip
    email = Scripted(lambda _: Answer("accepted", "250 OK"))
    assert send_bulletins(store, {"email": email}, NOON) == 1
    assert send_bulletins(store, {"email": email}, NOON) == 0
    (sent,) = letters(store, "duty_gap")
    assert (sent["state"], sent["answer"]) == ("accepted", "250 OK")
