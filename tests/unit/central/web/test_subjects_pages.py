"""Whom a case is about, on its page and in the API: names where they belong, and each look kept."""

from collections.abc import Callable
from pathlib import Path

import pytest
from apiflask import APIFlask
from argon2 import PasswordHasher
from flask.testing import FlaskClient

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.store import subjects
from central.adapters.store.engine import Store
from central.adapters.store.tables import ACCOUNT, AUDIT, NOTIFICATION
from central.core.people import Actor
from central.core.subjects import Certainty
from central.web.app import create_app
from tests.browser.served import PASSWORD, settings
from tests.integration.case_district import DUTY, NOON, SCHOOL, STATION, TOWN, rows
from tests.integration.pupil_district import A_MATCH, NAME, NEXT_DOOR, PHONE, TEACHER, District

_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
Calling = Callable[[Actor], FlaskClient]


@pytest.fixture
def district(store: Store, tmp_path: Path) -> District:
    made = District(store, tmp_path)
    with store.transaction() as connection:
        connection.execute(ACCOUNT.update().values(password_hash=_HASH))
    return made


@pytest.fixture
def incident_id(district: District, store: Store) -> str:
    with store.transaction() as connection:
        return district.at_the_pond(connection, A_MATCH)


@pytest.fixture
def app(store: Store, evidence: EvidenceFiles, district: District) -> APIFlask:
    made = create_app(store, settings(evidence, now_ms=lambda: NOON, roster=district.roster))
    made.config["WTF_CSRF_ENABLED"] = False
    return made


def test_the_childs_school_reads_the_name_and_verifies(
    signed_in: Callable[[str], FlaskClient], incident_id: str, store: Store
) -> None:
    school = signed_in("anquan")
    page = school.get(f"/incidents/{incident_id}").text
    assert f"3年级2班 {NAME}" in page
    assert 'value="not_the_person"' in page
    with store.reading() as connection:
        (one,) = subjects.of_incident(connection, incident_id)
    path = f"/incidents/{incident_id}/subjects/{one.subject_id}/verify"
    assert school.post(path, data={"finding": "confirmed"}).status_code == 302
    assert school.post(path, data={"finding": "confirmed"}).status_code == 409
    assert school.post(path, data={"finding": "nonsense"}).status_code == 400
    with store.reading() as connection:
        (now,) = subjects.of_incident(connection, incident_id)
        named = [row for row in rows(connection, AUDIT) if row["action"] == "pupil.named"]
    assert now.certainty is Certainty.CONFIRMED
    assert {row["actor"] for row in named} == {SCHOOL.actor_id}
    assert len(named) == 1  # a look that goes on is one look


@pytest.mark.parametrize("username", ["zhiban", "zhenshui"])
def test_others_read_that_there_is_a_child_and_no_name(
    signed_in: Callable[[str], FlaskClient], incident_id: str, username: str
) -> None:
    page = signed_in(username).get(f"/incidents/{incident_id}").text
    assert "学生（姓名不显示）" in page
    assert NAME not in page
    assert "not_the_person" not in page


def test_nobody_reads_a_name_or_number_that_is_not_theirs(
    calling: Calling, incident_id: str, store: Store
) -> None:
    for who in (DUTY, TOWN, STATION, NEXT_DOOR):
        client = calling(who)
        for path in (f"incidents/{incident_id}", f"incidents/{incident_id}/subjects",
                     f"notifications?incident_id={incident_id}", "incidents",
                     "statistics/false-matches", "statistics/repeat-venues"):  # fmt: skip
            text = client.get(f"/api/v1/{path}").get_data(as_text=True)
            said = text.encode().decode("unicode_escape", "ignore") + text
            for secret in (NAME, PHONE, NAME.encode("unicode_escape").decode()):
                assert secret not in said, (who, path)
    with store.reading() as connection:
        assert NAME not in repr(rows(connection, NOTIFICATION))


def test_a_class_teacher_of_another_class_has_no_such_case(
    calling: Calling, incident_id: str
) -> None:
    assert calling(NEXT_DOOR).get(f"/api/v1/incidents/{incident_id}").status_code == 404


def test_verifying_is_refused_to_whom_it_does_not_concern(
    calling: Calling, incident_id: str, store: Store
) -> None:
    with store.reading() as connection:
        (one,) = subjects.of_incident(connection, incident_id)
    path = f"/api/v1/incidents/{incident_id}/subjects/{one.subject_id}/verify"
    body = {"finding": "confirmed"}
    assert calling(TOWN).post(path, json=body).status_code == 403
    assert calling(TEACHER).post(path, json=body).status_code == 404  # by token: teaches nothing
    nobody = path.replace(one.subject_id, "none")
    school = calling(SCHOOL)
    assert school.post(nobody, json=body).status_code == 404
    assert school.post(path, json=body).status_code == 200


def test_a_school_names_its_own_pupil_by_number(
    signed_in: Callable[[str], FlaskClient], district: District, store: Store
) -> None:
    with store.transaction() as connection:
        incident_id = district.at_the_pond(connection)
    school, path = signed_in("anquan"), f"/incidents/{incident_id}/subjects"
    assert 'name="school_no"' in school.get(f"/incidents/{incident_id}").text
    assert school.post(path, data={"school_no": "none"}).status_code == 404
    assert school.post(path, data={"school_no": "2"}).status_code == 302
    assert school.post(path, data={"school_no": "2"}).status_code == 409
    with store.reading() as connection:
        (one,) = subjects.of_incident(connection, incident_id)
    assert (one.pupil_id, one.certainty) == (district.other, Certainty.CONFIRMED)
    town = signed_in("zhenshui")
    assert 'name="school_no"' not in town.get(f"/incidents/{incident_id}").text
    assert town.post(path, data={"school_no": "1"}).status_code == 404
