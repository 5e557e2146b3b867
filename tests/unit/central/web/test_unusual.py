"""Unusual access: a reason, a second person, a time, and nobody kept in the dark."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from central.adapters.store import directory
from central.adapters.store.engine import Store
from central.adapters.store.schema.unusual import UNUSUAL_ACCESS
from central.adapters.store.tables import ACCOUNT, AUDIT, INCIDENT
from central.core.people import Actor, Role
from central.core.unusual import ASKED_FOR_MS, HOUR_MS
from tests.integration.case_district import ADMIN, NOON, OTHER_TOWN, notices, open_one, rows

SignIn = Callable[[str], FlaskClient]
Calling = Callable[[Actor], FlaskClient]
DPO = Actor("account:dpo", "个人信息保护负责人 吴明", Role.DPO, "edu")
WHY = "值班交接，需要了解水塘情况"


@pytest.fixture
def incident_id(store: Store, signed_in: SignIn) -> str:
    """A case that the other town may not see; there is a data protection officer."""
    del signed_in
    with store.transaction() as connection:
        opened = open_one(connection)
        hashed = rows(connection, ACCOUNT, username="guanli")[0]["password_hash"]
        directory.add_account(connection, {
            "username": "dpo", "name": DPO.name, "password_hash": hashed, "role": DPO.role,
            "unit_code": "edu", "email": "dpo@demo.invalid", "created_at": 0,
        })  # fmt: skip
    return opened


@pytest.fixture
def asked(store: Store, signed_in: SignIn, incident_id: str) -> str:
    """What the other town's warden has asked for."""
    with store.reading() as connection:
        number = rows(connection, INCIDENT, incident_id=incident_id)[0]["number"]
    form = {"number": number, "reason": WHY, "hours": "2"}
    assert signed_in("biechu").post("/unusual-access", data=form).status_code == 302
    return kept(store)["access_id"]


def kept(store: Store) -> dict[str, str]:
    with store.reading() as connection:
        (row,) = rows(connection, UNUSUAL_ACCESS)
    return row


def decide(client: FlaskClient, access_id: str, answer: str = "grant") -> int:
    path = f"/unusual-access/{access_id}/decision"
    return client.post(path, data={"answer": answer}).status_code


def test_a_second_person_opens_it_for_a_time(
    signed_in: SignIn, incident_id: str, asked: str, clock: list[int]
) -> None:
    warden = signed_in("biechu")
    assert warden.get(f"/incidents/{incident_id}").status_code == 404
    assert decide(signed_in("guanli"), asked) == 302
    assert warden.get(f"/incidents/{incident_id}").status_code == 200
    clock[0] = NOON + 2 * HOUR_MS
    assert signed_in("biechu").get(f"/incidents/{incident_id}").status_code == 404


def test_nobody_lets_themselves_in(store: Store, signed_in: SignIn, incident_id: str) -> None:
    with store.reading() as connection:
        number = rows(connection, INCIDENT, incident_id=incident_id)[0]["number"]
    admin = signed_in("guanli")
    admin.post("/unusual-access", data={"number": number, "reason": WHY})
    assert decide(admin, kept(store)["access_id"]) == 403


@pytest.mark.parametrize("username", ["zhiban", "zhenshui", "biechu", "anquan"])
def test_only_the_right_roles_decide(signed_in: SignIn, asked: str, username: str) -> None:
    assert decide(signed_in(username), asked) in {403, 404}


def test_a_program_may_ask_and_never_decides(
    store: Store, calling: Calling, incident_id: str, asked: str
) -> None:
    with store.reading() as connection:
        number = rows(connection, INCIDENT, incident_id=incident_id)[0]["number"]
    program = calling(OTHER_TOWN)
    body = {"number": number, "reason": WHY}
    assert program.post("/api/v1/unusual-access", json=body).status_code == 201
    assert program.post("/api/v1/unusual-access", json=body).status_code == 409
    admin = calling(ADMIN)
    path = f"/unusual-access/{asked}/decision"
    assert admin.post(path, data={"answer": "grant"}).status_code == 302
    assert kept_by(store, asked)["is_granted"] is None


def kept_by(store: Store, access_id: str) -> dict[str, object]:
    with store.reading() as connection:
        return rows(connection, UNUSUAL_ACCESS, access_id=access_id)[0]


def test_each_move_is_audited_and_told_to_the_data_protection_officer(
    store: Store, signed_in: SignIn, incident_id: str, asked: str
) -> None:
    decide(signed_in("guanli"), asked)
    signed_in("biechu").get(f"/incidents/{incident_id}")
    signed_in("biechu").post(f"/unusual-access/{asked}/end")
    with store.reading() as connection:
        log = rows(connection, AUDIT)
        told = notices(connection, incident_id, moment="unusual")
    moves = [row["action"] for row in log if row["action"].startswith("unusual.")]
    assert moves == ["unusual.asked", "unusual.granted", "unusual.ended"]
    assert WHY not in str(log)
    (look,) = [row for row in log if row["action"] == "look" and row["detail"] == {"unusual": True}]
    assert look["actor"] == OTHER_TOWN.actor_id
    assert {row["recipient"] for row in told} == {DPO.actor_id}
    assert len(told) == 3
    assert not any(WHY in row["text"] or "月湖" in row["text"] for row in told)


def test_the_reason_is_read_by_those_only_who_decide(
    signed_in: SignIn, calling: Calling, asked: str
) -> None:
    assert WHY in signed_in("dpo").get("/unusual-access").text
    assert WHY in signed_in("biechu").get("/unusual-access").text
    assert WHY not in signed_in("zhiban").get("/unusual-access").text
    auditor = calling(Actor("account:a", "审计", Role.AUDITOR, "edu")).get("/api/v1/unusual-access")
    assert auditor.json
    assert auditor.json["items"][0]["access_id"] == asked
    assert auditor.json["items"][0]["reason"] == ""


def test_a_refusal_opens_nothing_and_stands(
    signed_in: SignIn, incident_id: str, asked: str
) -> None:
    assert decide(signed_in("dpo"), asked, "refuse") == 302
    assert decide(signed_in("guanli"), asked) == 409
    assert signed_in("biechu").get(f"/incidents/{incident_id}").status_code == 404


def test_what_nobody_decided_lapses(signed_in: SignIn, asked: str, clock: list[int]) -> None:
    clock[0] += ASKED_FOR_MS
    assert decide(signed_in("guanli"), asked) == 409


def test_without_a_reason_or_for_a_case_that_is_not_there_nothing_is_kept(
    store: Store, signed_in: SignIn, incident_id: str
) -> None:
    with store.reading() as connection:
        number = rows(connection, INCIDENT, incident_id=incident_id)[0]["number"]
    warden = signed_in("biechu")
    for form in ({"number": number, "reason": "看"}, {"number": "HX0", "reason": WHY},
                 {"number": number, "reason": WHY, "hours": "99"}):  # fmt: skip
        answer = warden.post("/unusual-access", data=form)
        assert answer.status_code in {404, 409}
        assert 'role="alert"' in answer.text
    with store.reading() as connection:
        assert rows(connection, UNUSUAL_ACCESS) == []
