"""The roster, hand-overs and what reaches nobody, through API and page."""

from collections.abc import Callable

from flask.testing import FlaskClient

from central.adapters.playbooks import by_mail
from central.adapters.store.engine import Store
from central.config import DutySection
from central.core.people import Actor, Role
from central.watching import Watch
from tests.integration.case_district import (
    DUTY,
    NOON,
    OTHER_TOWN,
    SCHOOL,
    TOWN,
    add_person,
    open_one,
)

Calling = Callable[[Actor], FlaskClient]
SignIn = Callable[[str], FlaskClient]
ROW = {"unit": "town:yuelin", "role": "water_warden", "username": "zhenshui",
       "from": "2026-11-20", "to": "2026-11-25", "hours": "08:00-20:00"}  # fmt: skip


def test_a_row_is_added_seen_and_taken_back(calling: Calling) -> None:
    duty, town, other = calling(DUTY), calling(TOWN), calling(OTHER_TOWN)
    assert other.post("/api/v1/duty", json=ROW).status_code == 403
    made = duty.post("/api/v1/duty", json=ROW)
    assert made.status_code == 201
    seen = town.get("/api/v1/duty").json
    assert seen
    assert [(one["username"], one["is_on_duty"]) for one in seen["items"]] == [("zhenshui", True)]
    assert other.get("/api/v1/duty?unit=town:yuelin").status_code == 403
    assert made.json
    assert duty.delete(f"/api/v1/duty/{made.json['shift_id']}").status_code == 204
    assert duty.delete(f"/api/v1/duty/{made.json['shift_id']}").status_code == 409


def test_a_row_that_is_wrong_is_refused_in_words(calling: Calling) -> None:
    answer = calling(DUTY).post("/api/v1/duty", json={**ROW, "hours": "8 to 5"})
    assert answer.status_code == 409
    assert answer.json
    assert "expected 08:00-20:00" in answer.json["detail"]


def test_absences_are_kept_by_oneself_or_the_lead(calling: Calling) -> None:
    away = {"username": "zhenshui", "from": "2026-11-23T00:00:00Z", "to": "2026-11-24T00:00:00Z"}
    duty = calling(DUTY)
    assert calling(SCHOOL).post("/api/v1/duty/absences", json=away).status_code == 403
    made = duty.post("/api/v1/duty/absences", json=away)
    assert made.status_code == 201
    listed = duty.get("/api/v1/duty/absences").json
    assert listed
    assert listed["items"][0]["username"] == "zhenshui"
    wrong = duty.post("/api/v1/duty/absences", json={**away, "from": "tomorrow"})
    assert wrong.status_code == 400
    assert made.json
    assert duty.delete(f"/api/v1/duty/absences/{made.json['absence_id']}").status_code == 204


def test_the_page_hands_over_and_the_next_person_takes_over(
    store: Store, signed_in: SignIn
) -> None:
    second = Actor("account:biechu2", "夜班 陈光", Role.WATER_WARDEN, "town:yuelin")
    with store.transaction() as connection:
        add_person(connection, second)
        open_one(connection)
    page = signed_in("zhenshui")
    assert "将未成年人" in page.get("/duty").text
    done = page.post("/duty/handover", data={"to": "biechu2", "note": "月湖一起待处置"})
    assert done.status_code == 302
    assert "月湖一起待处置" in page.get("/duty").text
    refused = page.post("/duty/handover", data={"to": "anquan", "note": "x"})
    assert refused.status_code == 409
    assert "接班人" in refused.text


def test_the_district_sees_any_roster_and_what_reaches_nobody(
    store: Store, signed_in: SignIn, calling: Calling
) -> None:
    Watch(store, by_mail, ("email",), DutySection()).look(NOON)
    page = signed_in("zhiban")
    assert page.get("/duty?unit=town:jinping").status_code == 200
    shown = page.get("/reachability")
    assert 'data-gap="bare"' in shown.text
    listed = calling(DUTY).get("/api/v1/reachability").json
    assert listed
    assert any(one["site_id"] == "bare" for one in listed["items"])
    assert signed_in("anquan").get("/reachability").status_code == 403
    assert signed_in("anquan").get("/duty?unit=town:yuelin").status_code == 403
