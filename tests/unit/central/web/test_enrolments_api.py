"""Enrolments through the API: sealed in, never out; each in their own house."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import select

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.galleries.keeping import Keeper
from central.adapters.galleries.keys import KeyGoneError
from central.adapters.store.engine import Store
from central.adapters.store.tables import AUDIT
from central.core.people import Actor, Role
from central.web.app import create_app
from contract.sealing import as_text, sealing_key_of
from tests.browser.served import settings, settle
from tests.integration.case_district import ADMIN, AUDITOR, DUTY, NOON, SCHOOL, STATION, TOWN
from tests.integration.enrolling_kit import a_keeper, a_request

Calling = Callable[[Actor], FlaskClient]
DPO = Actor("account:dpo", "数据保护 吴静", Role.DPO, "edu")
BY = f"token:{SCHOOL.name}"
PATH = "/api/v1/enrolments"


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    return a_keeper(tmp_path)


@pytest.fixture
def app(store: Store, evidence: EvidenceFiles, keeper: Keeper) -> APIFlask:
    settle(store)
    return create_app(store, settings(evidence, now_ms=lambda: NOON, keeper=keeper))


def body(keeper: Keeper, entry_id: str = "p1", **changes: Any) -> dict[str, Any]:
    return a_request(keeper.keys, entry_id, **changes).model_dump(mode="json")


def test_a_school_enrols_reads_and_withdraws(calling: Calling, keeper: Keeper) -> None:
    school = calling(SCHOOL)
    made = school.post(PATH, json=body(keeper, may_be_named=True, name="张小明"))
    assert made.status_code == 201
    assert made.json
    assert [one["device_id"] for one in made.json["devices"]] == ["water-001", "water-002"]
    listed = school.get(PATH)
    read = school.get(f"{PATH}/p1")
    for answer in (made, listed, read):
        assert "张小明" not in answer.text
        assert "likeness" not in answer.text
    gone = school.post(f"{PATH}/p1/withdraw", json={"reason": "转学"})
    assert gone.json
    assert gone.json["withdrawn_by"] == BY
    assert gone.json["key_destroyed_at"]
    with pytest.raises(KeyGoneError):
        keeper.keys.of("p1")


def test_the_key_to_seal_to_is_given_to_whoever_is_known(calling: Calling, keeper: Keeper) -> None:
    told = calling(SCHOOL).get(f"{PATH}/key").json
    assert told == {"sealing_key": as_text(sealing_key_of(keeper.keys.enrolment_key))}


@pytest.mark.parametrize("who", [TOWN, DUTY, STATION])
def test_whoever_it_does_not_concern_learns_nothing(
    calling: Calling, keeper: Keeper, who: Actor
) -> None:
    calling(SCHOOL).post(PATH, json=body(keeper))
    other = calling(who)
    assert other.get(PATH).json == {"items": [], "next": None}
    assert other.get(f"{PATH}/p1").status_code == 404
    assert other.post(f"{PATH}/p1/withdraw", json={}).status_code == 404
    assert other.post(PATH, json=body(keeper, "p2")).status_code == 403


def test_the_auditor_sees_and_changes_nothing_the_dpo_ends_it(
    calling: Calling, keeper: Keeper
) -> None:
    calling(SCHOOL).post(PATH, json=body(keeper))
    auditor = calling(AUDITOR)
    assert auditor.get(f"{PATH}/p1").status_code == 200
    assert auditor.post(f"{PATH}/p1/withdraw", json={}).status_code == 403
    assert calling(DPO).post(f"{PATH}/p1/withdraw", json={}).status_code == 200


def test_every_look_and_every_change_is_kept(
    calling: Calling, keeper: Keeper, store: Store
) -> None:
    school = calling(SCHOOL)
    school.post(PATH, json=body(keeper))
    school.get(PATH)
    school.get(f"{PATH}/p1")
    school.post(f"{PATH}/p1/withdraw", json={})
    with store.reading() as connection:
        kept = connection.execute(select(AUDIT.c.actor, AUDIT.c.action, AUDIT.c.subject)).all()
    assert [tuple(row) for row in kept][-5:] == [
        (BY, "enrolment.put", "enrolment:p1"),
        (BY, "look", "enrolments"),
        (BY, "look", "enrolment:p1"),
        (BY, "enrolment.withdraw", "enrolment:p1"),
        ("central", "enrolment.key_destroyed", "enrolment:p1"),
    ]


def test_the_list_goes_on_where_it_ended(calling: Calling, keeper: Keeper) -> None:
    admin = calling(ADMIN)
    for name in ("p1", "p2", "p3"):
        admin.post(PATH, json=body(keeper, name))
    first = admin.get(f"{PATH}?limit=2").json
    assert first
    second = admin.get(f"{PATH}?limit=2&after={first['next']}").json
    assert second
    shown = [item["entry_id"] for page in (first, second) for item in page["items"]]
    assert (shown, second["next"]) == (["p1", "p2", "p3"], None)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"consent": ""}, 409),
        ({"guardian_consent": False}, 409),
        ({"sealed": "AAAA"}, 409),
        ({"unit_code": "school:b"}, 403),
        ({"entry_id": "../etc"}, 422),
        ({"sealed": "not base64!"}, 422),
        ({"expires_at": "soon"}, 422),
        ({"purpose": "spying"}, 422),
    ],
)
def test_what_has_no_ground_or_no_shape_is_refused_in_words(
    calling: Calling, keeper: Keeper, change: dict[str, Any], status: int
) -> None:
    answer = calling(SCHOOL).post(PATH, json=body(keeper) | change)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert calling(AUDITOR).get(f"{PATH}/p1").status_code == 404


def test_pages_without_keys_say_so(
    store: Store, evidence: EvidenceFiles, keeper: Keeper, calling: Calling
) -> None:
    calling(SCHOOL)
    bare = create_app(store, settings(evidence, now_ms=lambda: NOON)).test_client()
    bare.environ_base["HTTP_AUTHORIZATION"] = f"Bearer hx_{SCHOOL.actor_id}"
    assert bare.post(PATH, json=body(keeper)).status_code == 503
