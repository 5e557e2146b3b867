"""Merging, its undoing, suggestions and drills, through the API and the page."""

from collections.abc import Callable

from flask.testing import FlaskClient

from central.adapters.store.engine import Store
from central.core.people import Actor
from central.incidents import take_alert
from tests.integration.case_district import (
    DUTY,
    MINUTE,
    NOON,
    OTHER_TOWN,
    SCHOOL,
    an_alert,
    incident,
    notices,
    open_one,
)

Calling = Callable[[Actor], FlaskClient]
SignIn = Callable[[str], FlaskClient]


def two(store: Store) -> tuple[str, str]:
    with store.transaction() as connection:
        first = open_one(connection)
        seen = an_alert(2, NOON + MINUTE, zone_id="jetty")
        return first, take_alert(connection, seen, NOON + MINUTE).incident_id


def test_the_api_merges_and_parts_again(store: Store, calling: Calling) -> None:
    main, side = two(store)
    duty = calling(DUTY)
    went = duty.post(f"/api/v1/incidents/{side}/merge", json={"into": main, "reason": "同一批"})
    assert went.status_code == 200
    assert went.json
    assert went.json["incident_id"] == main
    merged = duty.get(f"/api/v1/incidents/{side}").json
    assert merged
    assert merged["merged_into"] == main
    again = duty.post(f"/api/v1/incidents/{side}/merge", json={"into": main, "reason": "同一批"})
    assert again.status_code == 409
    assert again.json
    assert "已并入" in again.json["detail"]
    back = duty.post(f"/api/v1/incidents/{side}/unmerge", json={"reason": "误并"})
    assert back.json
    assert back.json["merged_into"] is None


def test_whoever_may_not_merge_is_told_so_and_who_may_not_see_finds_nothing(
    store: Store, calling: Calling
) -> None:
    main, side = two(store)
    body = {"into": main, "reason": "同一批"}
    path = f"/api/v1/incidents/{side}/merge"
    duty = calling(DUTY)
    assert calling(SCHOOL).post(path, json=body).status_code == 403
    assert calling(OTHER_TOWN).post(path, json=body).status_code == 404
    assert duty.post(path, json={"into": "nothing", "reason": "x"}).status_code == 404
    assert duty.post(path, json={"into": main, "reason": ""}).status_code == 422


def test_the_page_offers_what_is_suggested_and_says_what_became_of_it(
    store: Store, signed_in: SignIn
) -> None:
    main, side = two(store)
    page = signed_in("zhiban")
    shown = page.get(f"/incidents/{side}").get_data(as_text=True)
    assert f'data-suggested="{main}"' in shown
    form = {"into": main, "reason": "同一批孩子"}
    assert page.post(f"/incidents/{side}/merge", data=form).location == f"/incidents/{main}"
    gone = page.get(f"/incidents/{side}").get_data(as_text=True)
    assert f'data-merged="{main}"' in gone
    assert "已并案" in gone  # said once, with a button that undoes it
    assert 'name="step"' not in gone
    board = page.get("/").get_data(as_text=True)
    assert f"incident-{main}" in board
    assert f"incident-{side}" not in board
    done = page.post(f"/incidents/{side}/unmerge", data={"reason": "误并"})
    assert done.status_code == 302
    assert f"incident-{side}" in page.get("/").get_data(as_text=True)


def test_a_suggestion_that_was_turned_down_is_shown_no_more(
    store: Store, signed_in: SignIn, calling: Calling
) -> None:
    main, side = two(store)
    answer = calling(DUTY).post(f"/api/v1/incidents/{side}/dismiss", json={"other_id": main})
    assert answer.status_code == 200
    assert "data-suggested" not in signed_in("zhiban").get(f"/incidents/{side}").text


DRILL = {"site_id": "yuehu", "scenario": "drowning_risk", "kind": "overstay"}


def test_a_drill_is_started_marked_and_counted_nowhere(
    store: Store, calling: Calling, signed_in: SignIn
) -> None:
    duty = calling(DUTY)
    made = duty.post("/api/v1/drills", json=DRILL)
    assert made.status_code == 201
    assert made.json
    incident_id = made.json["incident_id"]
    with store.reading() as connection:
        assert incident(connection, incident_id)["is_drill"]
        assert notices(connection, incident_id) == []
    counted = duty.get("/api/v1/statistics").json
    assert counted
    assert counted["by_scenario"] == {}
    page = signed_in("zhiban")
    assert "演练" in page.get(f"/incidents/{incident_id}").text
    assert 'data-count="waiting"><b>0</b>' in page.get("/").text


def test_only_the_district_starts_drills(calling: Calling, signed_in: SignIn) -> None:
    assert calling(SCHOOL).post("/api/v1/drills", json=DRILL).status_code == 403
    assert signed_in("anquan").get("/drills/new").status_code == 403
    assert signed_in("zhiban").get("/drills/new").status_code == 200
    begun = signed_in("zhiban").post("/drills", data={**DRILL, "tell": "nobody"})
    assert begun.location.startswith("/incidents/")
