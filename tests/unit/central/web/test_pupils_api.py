"""Pupils through the API: names for their own school only, and every look kept."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.registry.roster import Roster
from central.adapters.store import pupils
from central.adapters.store.engine import Store
from central.adapters.store.tables import AUDIT
from central.core.people import Actor, Role
from central.web.app import create_app
from tests.browser.served import settings, settle
from tests.integration.case_district import ADMIN, AUDITOR, DUTY, NOON, SCHOOL, STATION, TOWN, rows
from tests.integration.enrolling_kit import a_keeper, a_request

Calling = Callable[[Actor], FlaskClient]
DPO = Actor("account:dpo", "数据保护 吴静", Role.DPO, "edu")
TEACHER = Actor("account:ban", "班主任 李芳", Role.CLASS_TEACHER, "school:shiyan")
NAME, PHONE = "张小明", "13800000001"
PATH = "/api/v1/pupils"


@pytest.fixture
def roster(tmp_path: Path) -> Roster:
    return Roster(a_keeper(tmp_path).keys)


@pytest.fixture
def app(store: Store, evidence: EvidenceFiles, roster: Roster) -> APIFlask:
    settle(store)
    with store.transaction() as connection:
        pupils.teach(connection, f"token:{TEACHER.name}", "school:shiyan", "3-2")
    return create_app(store, settings(evidence, now_ms=lambda: NOON, roster=roster))


def body(number: str = "1", **changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "unit_code": "school:shiyan", "class_code": "3-2", "school_no": number, "name": NAME,
        "birth_year": 2017, "guardians": [{"name": "张大明", "phone": PHONE}],
    }  # fmt: skip
    return given | changes


def added(calling: Calling, *wanted: dict[str, Any]) -> list[str]:
    school = calling(SCHOOL)
    answers = [school.post(PATH, json=one) for one in wanted or [body()]]
    assert [one.status_code for one in answers] == [201] * len(answers), answers[0].text
    return [str(one.json["pupil_id"]) for one in answers if one.json]


def test_a_school_adds_finds_and_erases_its_own_pupil(calling: Calling, store: Store) -> None:
    (pupil_id,) = added(calling)
    school = calling(Actor("account:zwei", "第二人", Role.SCHOOL_SAFETY_LEAD, "school:shiyan"))
    read = school.get(f"{PATH}/{pupil_id}").json
    assert read
    assert (read["name"], read["class_name"]) == (NAME, "3年级2班")
    assert read["guardians"][0]["phone"] == PHONE
    by_name = school.get(PATH, query_string={"name": "小明"}).json
    assert by_name
    assert [one["pupil_id"] for one in by_name["items"]] == [pupil_id]
    gone = school.post(f"{PATH}/{pupil_id}/withdraw", json={"reason": "转学"}).json
    assert gone
    assert gone["key_destroyed_at"]
    assert NAME not in school.get(PATH).text
    with store.reading() as connection:
        actions = [row["action"] for row in rows(connection, AUDIT)]
    for action in ("pupil.put", "pupil.opened", "pupil.withdraw", "pupil.key_destroyed"):
        assert action in actions


def test_a_class_teacher_sees_the_own_class_only(calling: Calling) -> None:
    own, other = added(calling, body(), body("2", class_code="3-1", name="李小红"))
    teacher = calling(TEACHER)
    listed = teacher.get(PATH).json
    assert listed
    assert [(one["pupil_id"], one["name"]) for one in listed["items"]] == [(own, NAME)]
    assert teacher.get(f"{PATH}/{other}").status_code == 404
    assert teacher.post(PATH, json=body("3")).status_code == 403
    assert teacher.post(f"{PATH}/{own}/withdraw", json={}).status_code == 403


@pytest.mark.parametrize("who", [ADMIN, DPO])
def test_the_district_finds_pupils_by_number_and_learns_no_name(
    calling: Calling, who: Actor
) -> None:
    (pupil_id,) = added(calling)
    client = calling(who)
    for answer in (client.get(PATH), client.get(f"{PATH}/{pupil_id}"),
                   client.get(PATH, query_string={"name": NAME})):  # fmt: skip
        assert answer.status_code == 200
        assert NAME not in answer.text
        assert PHONE not in answer.text
    assert client.post(f"{PATH}/{pupil_id}/withdraw", json={}).status_code == 200


@pytest.mark.parametrize("who", [TOWN, DUTY, STATION, AUDITOR])
def test_whoever_it_does_not_concern_learns_nothing(calling: Calling, who: Actor) -> None:
    (pupil_id,) = added(calling)
    client = calling(who)
    assert client.get(PATH).status_code == 403
    assert client.get(f"{PATH}/{pupil_id}").status_code == 404
    assert client.post(PATH, json=body("9")).status_code == 403
    assert client.post(f"{PATH}/{pupil_id}/withdraw", json={}).status_code == 404


def test_another_unit_learns_nothing(calling: Calling) -> None:
    (pupil_id,) = added(calling)
    other = calling(Actor("account:x", "他校", Role.SCHOOL_SAFETY_LEAD, "town:jinping"))
    assert other.get(f"{PATH}/{pupil_id}").status_code == 404
    assert other.get(PATH, query_string={"unit_code": "school:shiyan"}).status_code == 403


def test_an_enrolment_is_linked_by_the_school(
    calling: Calling, store: Store, tmp_path: Path
) -> None:
    (pupil_id,) = added(calling)
    keeper = a_keeper(tmp_path)
    with store.transaction() as connection:
        keeper.enrol(connection, SCHOOL, a_request(keeper.keys), NOON)
    admin = calling(ADMIN)
    linked = admin.post(f"{PATH}/{pupil_id}/entries", json={"entry_id": "p1"}).json
    assert linked
    assert linked["entries"] == ["p1"]
    refused = admin.post(f"{PATH}/{pupil_id}/entries", json={"entry_id": "none"})
    assert refused.status_code == 409


@pytest.mark.parametrize("bad", [{"name": ""}, {"class_code": "x"}, {"name": {"a": 1}},
                                 {"unknown": 1}, {"birth_year": 3}])  # fmt: skip
def test_what_is_no_pupil_is_refused(calling: Calling, bad: dict[str, Any]) -> None:
    assert calling(SCHOOL).post(PATH, json=body(**bad)).status_code == 422
