"""Doors, roll calls and leaves over HTTP and on the page; nobody's history anywhere."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import update

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.galleries.keys import GalleryKeys
from central.adapters.registry.roster import Roster
from central.adapters.store import pupils
from central.adapters.store.engine import Store
from central.adapters.store.tables import ACCOUNT, AUDIT, INCIDENT
from central.core.people import Actor, Role
from central.curfews import watch
from central.web.app import create_app
from tests.browser.served import _HASH, settings
from tests.integration.boarding_kit import (
    CURFEW,
    DUE,
    OTHER_TEACHER,
    SCHOOL_UNIT,
    TEACHER,
    a_passage,
)
from tests.integration.boarding_kit import settle as settle_boarding
from tests.integration.case_district import ADMIN, DUTY, NOON, SCHOOL, STATION, TOWN, rows

Calling = Callable[[Actor], FlaskClient]
SignIn = Callable[[str], FlaskClient]
PATH = f"/api/v1/boarding/{SCHOOL_UNIT}"
DOORS = "/api/v1/door-events"


@pytest.fixture
def ids(store: Store, tmp_path: Path) -> dict[str, str]:
    found = settle_boarding(store, tmp_path / "galleries")
    with store.transaction() as connection:
        connection.execute(update(ACCOUNT).values(password_hash=_HASH))
        for who in (TEACHER, OTHER_TEACHER):  # a program's token teaches no class by itself
            own = {TEACHER.actor_id: "5-1", OTHER_TEACHER.actor_id: "5-2"}[who.actor_id]
            pupils.teach(connection, f"token:{who.name}", SCHOOL_UNIT, own)
    return found


@pytest.fixture
def app(store: Store, evidence: EvidenceFiles, ids: dict[str, str], clock: list[int],
        tmp_path: Path) -> APIFlask:  # fmt: skip
    assert ids
    roster = Roster(GalleryKeys(tmp_path / "galleries").prepare())
    made = create_app(store, settings(evidence, now_ms=lambda: clock[0], roster=roster))
    made.config["WTF_CSRF_ENABLED"] = False
    return made


def said(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json


def event(number: str, at_ms: int = NOON, direction: str = "in", **changes: Any) -> dict[str, Any]:
    return a_passage(number, at_ms, direction, **changes).model_dump(mode="json", exclude_none=True)


def a_leave(pupil_id: str, **changes: Any) -> dict[str, Any]:
    now = datetime.fromtimestamp(NOON / 1000, UTC)
    given: dict[str, Any] = {
        "pupil_id": pupil_id, "asked_by": "guardian", "from_at": now.isoformat(),
        "to_at": (now + timedelta(days=1)).isoformat(),
    }  # fmt: skip
    return given | changes


def test_events_are_answered_one_by_one_and_a_wrong_one_spoils_no_other(calling: Calling) -> None:
    door = calling(SCHOOL)
    sent = [event("B1"), event("B1"), event("B99"), event("B2", NOON + 600_000),
            {"event_id": "x", "at": "yesterday"}, 5]  # fmt: skip
    items = said(door.post(DOORS, json={"events": sent}))["items"]
    assert [one["state"] for one in items] == [
        "kept", "repeated", "unknown", "refused", "refused", "refused",
    ]  # fmt: skip
    assert "校时" in items[3]["reason"]
    assert [one["state"] for one in said(door.post(DOORS, json=event("B3")))["items"]] == ["kept"]


@pytest.mark.parametrize("body", ["", "{", "[]", "5", "null", '{"events": []}', '{"events": 5}'])
def test_a_body_without_events_is_refused(calling: Calling, body: str) -> None:
    answer = calling(SCHOOL).post(DOORS, data=body, content_type="application/json")
    assert answer.status_code in {200, 409}
    if answer.status_code == 200:
        assert {one["state"] for one in said(answer)["items"]} == {"refused"}


def test_only_the_school_itself_tells_of_its_doors(calling: Calling) -> None:
    for who in (DUTY, STATION, TOWN):
        assert calling(who).post(DOORS, json=event("B1")).status_code == 403


def test_presence_is_by_room_for_the_school_and_the_own_class_and_the_look_is_kept(
    calling: Calling, store: Store
) -> None:
    lead = calling(SCHOOL)
    lead.post(DOORS, json={"events": [event("B1"), event("B2", direction="out")]})
    found = said(lead.get(f"{PATH}/presence"))
    assert (found["present"], found["absent"], found["unknown"]) == (1, 1, 10)
    assert (found["items"][0]["name"], found["items"][0]["room"]) == ("住宿生1", "101")
    own = said(calling(TEACHER).get(f"{PATH}/presence"))
    assert {one["class_code"] for one in own["items"]} == {"5-1"}
    with store.reading() as connection:
        looks = [one for one in rows(connection, AUDIT) if one["action"] == "pupil.named"]
    assert len(looks) == 2
    for who in (DUTY, ADMIN, STATION, Actor("account:g", "保安", Role.GUARD, SCHOOL_UNIT)):
        assert calling(who).get(f"{PATH}/presence").status_code == 403


def test_a_leave_is_approved_by_the_own_teacher_and_keeps_the_case_away(
    calling: Calling, store: Store, ids: dict[str, str], clock: list[int]
) -> None:
    teacher = calling(TEACHER)
    kept = said(teacher.post(f"{PATH}/leaves", json=a_leave(ids["B1"])), 201)
    assert kept["approved_by"] == f"token:{TEACHER.name}"
    other = teacher.post(f"{PATH}/leaves", json=a_leave(ids["B2"]))
    assert other.status_code == 403
    door = calling(SCHOOL)
    door.post(DOORS, json={"events": [event(f"B{n}", CURFEW - 1) for n in range(2, 13)]})
    clock[0] = CURFEW
    door.post(DOORS, json={"events": [event(f"B{n}", CURFEW - 1) for n in range(2, 13)]})
    assert watch(store, None, DUE) == 0
    assert len(said(teacher.get(f"{PATH}/leaves"))["items"]) == 1
    assert said(teacher.post(f"{PATH}/leaves/{kept['leave_id']}/withdraw"))["count"] == 1
    assert said(teacher.get(f"{PATH}/leaves"))["items"] == []


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"to_at": "2026-11-23T03:59:00Z", "from_at": "2026-11-23T03:00:00Z"}, 409),
        ({"to_at": "2026-11-23T03:00:00Z"}, 409),
        ({"to_at": "2027-11-23T03:00:00Z"}, 409),
        ({"to_at": "2026-11-24T03:00:00"}, 422),
        ({"asked_by": "nobody"}, 422),
        ({"reason": "生病"}, 422),
    ],
)
def test_a_leave_that_makes_no_sense_or_tells_why_is_refused(
    calling: Calling, ids: dict[str, str], changes: dict[str, str], status: int
) -> None:
    answer = calling(SCHOOL).post(f"{PATH}/leaves", json=a_leave(ids["B1"], **changes))
    assert answer.status_code == status


def test_a_roll_call_is_entered_once_and_only_for_ones_own_boarders(
    calling: Calling, store: Store, ids: dict[str, str], clock: list[int]
) -> None:
    lead = calling(SCHOOL)
    watch(store, None, CURFEW)
    clock[0] = DUE
    watch(store, None, DUE)
    marks = [{"pupil_id": one, "state": "present"} for one in ids.values()]
    marks[0]["state"] = "absent"
    body = {"roll_call_id": "r-1", "marks": marks}
    assert said(lead.post(f"{PATH}/roll-calls", json=body), 201) == {"marks": 12, "incidents": 1}
    assert said(lead.post(f"{PATH}/roll-calls", json=body), 201) == {"marks": 0, "incidents": 0}
    assert calling(TEACHER).post(f"{PATH}/roll-calls", json=body).status_code == 409
    with store.reading() as connection:
        kinds = sorted(one["kind"] for one in rows(connection, INCIDENT))
    assert kinds == ["boarder_missing", "door_fault"]
    assert said(lead.get(f"{PATH}/presence"))["night"] == {"night": "2026-11-23", "state": "silent"}


def test_the_school_sees_unknown_numbers_and_puts_cards_right(calling: Calling) -> None:
    lead = calling(SCHOOL)
    card = event("", school_no=None, card="c" * 64, event_id="e")
    lead.post(DOORS, json=card)
    (one,) = said(lead.get(f"{PATH}/unknown"))["items"]
    assert (one["named"], one["count"]) == (f"card:{'c' * 64}", 1)
    cards = {"cards": [{"school_no": "B4", "card": "c" * 64}]}
    assert said(lead.post(f"{PATH}/cards", json=cards))["count"] == 1
    found = said(lead.get(f"{PATH}/presence"))
    assert [one["school_no"] for one in found["items"] if one["state"] == "present"] == ["B4"]
    assert said(lead.get(f"{PATH}/unknown"))["items"] == []
    wrong = {"cards": [{"school_no": "B777", "card": "d" * 64}]}
    assert lead.post(f"{PATH}/cards", json=wrong).status_code == 409
    assert calling(TEACHER).get(f"{PATH}/unknown").status_code == 403


def test_how_a_dormitory_is_run_is_the_schools_to_say(calling: Calling) -> None:
    lead = calling(SCHOOL)
    wanted = {"site_id": "dorm", "curfew": "22:00", "curfews": {"7": "20:30"}, "grace_min": 10}
    assert said(lead.post(f"{PATH}/house", json=wanted))["count"] == 1
    assert lead.post(f"{PATH}/house", json=wanted | {"curfew": "02:00"}).status_code == 422
    assert lead.post(f"{PATH}/house", json=wanted | {"site_id": "bare"}).status_code == 409
    assert calling(DUTY).post(f"{PATH}/house", json=wanted).status_code == 403


def test_the_page_shows_now_takes_a_roll_call_and_a_leave(
    signed_in: SignIn, ids: dict[str, str], store: Store
) -> None:
    page = signed_in("anquan")
    shown = page.get("/boarding").text
    assert "住宿生1" in shown
    assert "寝室 101" in shown
    marked = {"roll_call_id": "r-9", f"mark:{ids['B1']}": "absent"}
    assert page.post("/boarding/roll-call", data=marked).status_code == 302
    leave = {"pupil_id": ids["B2"], "asked_by": "guardian", "from_at": "2026-11-23T12:00",
             "to_at": "2026-11-24T12:00"}  # fmt: skip
    assert page.post("/boarding/leaves", data=leave).status_code == 302
    again = page.get("/boarding").text
    assert "2026-11-24 12:00:00" in again
    past = leave | {"to_at": "2026-11-23T11:00"}
    assert page.post("/boarding/leaves", data=past).status_code == 409
    assert page.post("/boarding/leaves", data=leave | {"to_at": "x"}).status_code == 400
    assert page.post("/boarding/roll-call", data={}).status_code == 400
    with store.reading() as connection:
        acted = [one["action"] for one in rows(connection, AUDIT)]
    assert {"boarding.roll_call", "boarding.leave"} <= set(acted)
    assert "住宿生2" not in signed_in("banzhuren").get("/boarding").text
    assert signed_in("zhenshui").get("/boarding").status_code == 403
