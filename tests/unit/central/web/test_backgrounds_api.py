"""Background checks through the API: a finding opens a case, and who was checked stays unknown."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from central.adapters.store import directory
from central.adapters.store.engine import Store
from central.adapters.store.schema.backgrounds import BACKGROUND_CHECK
from central.adapters.store.tables import INCIDENT, NOTIFICATION, TASK, TIMELINE
from central.core.people import Actor
from central.retention import end_what_time_ends
from tests.integration.case_district import ADMIN, DUTY, NOON, OTHER_TOWN, SCHOOL, TOWN, rows
from tests.integration.enrolling_kit import a_keeper

DAY = 24 * 3600 * 1000
Calling = Callable[[Actor], FlaskClient]
PATH = "/api/v1/background-checks"
HEAD = "person,unit,category,outcome,checked_on\n"
FINDING = "S-017,school:shiyan,builder,needs_action,2026-11-20\n"
CLEAR = "S-018,school:shiyan,staff,clear,2026-11-20\n"
PENDING = "S-019,school:shiyan,temporary,pending,\n"


def send(client: FlaskClient, *lines: str, head: str = HEAD) -> Any:
    body = (head + "".join(lines)).encode()
    return client.post(PATH, data=body, content_type="text/csv")


def said(answer: Any) -> Any:
    return answer.json


@pytest.fixture
def admin(app: APIFlask, calling: Calling) -> FlaskClient:
    assert app
    return calling(ADMIN)


def test_a_finding_opens_one_case_for_the_school_and_the_district(
    admin: FlaskClient, store: Store
) -> None:
    answer = send(admin, FINDING, CLEAR, PENDING)
    assert (answer.status_code, answer.json["new"]) == (201, 3)
    with store.reading() as connection:
        (incident,) = rows(connection, INCIDENT)
        units = {one["unit_code"] for one in rows(connection, TASK)}
        said = repr([*rows(connection, NOTIFICATION), *rows(connection, TIMELINE)])
    assert incident["kind"] == "background_finding"
    assert units == {"school:shiyan", "edu"}
    assert "S-017" not in said


def test_the_same_list_again_changes_nothing_and_a_new_finding_opens_a_new_case(
    admin: FlaskClient, store: Store
) -> None:
    send(admin, FINDING)
    assert send(admin, FINDING).json["unchanged"] == 1
    assert send(admin, FINDING.replace("needs_action", "clear")).json["changed"] == 1
    assert len(send(admin, FINDING.replace("20\n", "22\n")).json["incidents"]) == 1
    with store.reading() as connection:
        assert len(rows(connection, INCIDENT)) == 2


def test_a_list_with_a_reason_is_refused_whole(admin: FlaskClient, store: Store) -> None:
    answer = send(admin, CLEAR, FINDING.strip() + ",盗窃\n", head=HEAD.strip() + ",reason\n")
    assert answer.status_code == 409
    assert "reason" in answer.json["detail"]
    assert "盗窃" not in answer.text
    with store.reading() as connection:
        assert rows(connection, BACKGROUND_CHECK) == []


def test_a_school_without_a_place_is_named(admin: FlaskClient, store: Store) -> None:
    with store.transaction() as connection:
        directory.add_unit(connection, "school:new", "新校")
    assert "school:new" in send(admin, FINDING.replace("shiyan", "new")).json["detail"]
    assert "school:none" in send(admin, FINDING.replace("shiyan", "none")).json["detail"]


def test_coverage_is_of_those_on_the_list_and_null_without_one(
    admin: FlaskClient, store: Store, calling: Calling
) -> None:
    with store.transaction() as connection:
        directory.add_unit(connection, "school:new", "新校")
    send(admin, FINDING, CLEAR, PENDING)
    items = said(calling(DUTY).get(f"{PATH}/coverage"))["items"]
    found = {one["unit_code"]: one for one in items}
    mine = found["school:shiyan"]
    assert (mine["numerator"], mine["denominator"], mine["needs_action"]) == (2, 3, 1)
    assert found["school:new"]["share"] is None
    own = said(calling(SCHOOL).get(f"{PATH}/coverage"))["items"]
    assert [one["unit_code"] for one in own] == ["school:shiyan"]


def test_whoever_has_left_is_forgotten_by_hand_or_by_time(
    admin: FlaskClient, store: Store, calling: Calling, tmp_path: Path
) -> None:
    head = HEAD.strip() + ",employed_until\n"
    send(admin, CLEAR.strip() + ",2026-12-31\n", head=head)
    send(admin, PENDING)
    left = {"unit": "school:shiyan", "person": "S-019"}
    school = calling(SCHOOL)
    assert school.post(f"{PATH}/left", json=left).json == {"erased": True}
    assert school.post(f"{PATH}/left", json=left).status_code == 404
    last_evening = NOON + 38 * DAY  # 2026-12-31, noon
    keeper = a_keeper(tmp_path)
    assert [end_what_time_ends(store, keeper, last_evening + days * DAY) for days in (0, 1, 2)] == [
        0, 1, 0,
    ]  # fmt: skip
    with store.reading() as connection:
        assert rows(connection, BACKGROUND_CHECK) == []


def test_nobody_else_brings_results_or_sees_them(app: APIFlask, calling: Calling) -> None:
    assert app
    for who in (DUTY, SCHOOL, TOWN):
        assert send(calling(who), CLEAR).status_code == 403
    assert calling(OTHER_TOWN).get(f"{PATH}/coverage").status_code == 403


@pytest.mark.parametrize("body", ["5", "{}", '["a"]', "[]", "{"])
def test_json_that_is_no_list_is_refused(admin: FlaskClient, body: str) -> None:
    answer = admin.post(PATH, data=body, content_type="application/json")
    assert answer.status_code == 409
