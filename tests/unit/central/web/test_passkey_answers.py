"""Answers of passkeys that no browser would send, but somebody might."""

from collections.abc import Callable

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from webauthn.helpers import bytes_to_base64url

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.passkeys import RelyingParty
from central.adapters.store import factors
from central.adapters.store.engine import Store
from central.web.app import create_app
from tests.browser.served import settings, settle
from tests.unit.central.web.second_factor import gives_password, is_in

SignIn = Callable[[str], FlaskClient]
OPTIONS, ANSWER = "/sign-in/passkey/options", "/sign-in/passkey"


def key_of(username: str) -> str:
    return bytes_to_base64url(f"key of {username}".encode())


@pytest.fixture
def app(store: Store, evidence: EvidenceFiles, clock: list[int]) -> APIFlask:
    settle(store)
    with store.transaction() as connection:
        for username in ("zhiban", "zhenshui"):
            row = {"credential_id": key_of(username), "username": username, "sign_count": 0,
                   "public_key": b"\xa0", "name": "key", "created_at": 0}  # fmt: skip
            factors.add_passkey(connection, row)
    made = create_app(
        store, settings(evidence, now_ms=lambda: clock[0], public_url="https://huxiao.test")
    )
    made.config["WTF_CSRF_ENABLED"] = False
    return made


def answering(client: FlaskClient, credential_id: object) -> int:
    body = {"answer": {"id": credential_id, "rawId": credential_id, "type": "public-key",
                       "response": {}}}  # fmt: skip
    return client.post(ANSWER, json=body).status_code


def test_another_s_key_is_not_even_looked_at_after_this_one_s_password(app: APIFlask) -> None:
    client = app.test_client()
    gives_password(client, "zhiban")
    asked = client.post(OPTIONS, json={"second": "yes"}).json
    assert asked
    assert [one["id"] for one in asked["allowCredentials"]] == [key_of("zhiban")]
    answer = client.post(ANSWER, json={"answer": {"id": key_of("zhenshui")}})
    assert answer.status_code == 401
    assert "不属于" in str(answer.json)
    assert not is_in(client)


def test_a_challenge_serves_one_answer(app: APIFlask) -> None:
    client = app.test_client()
    client.post(OPTIONS, json={})
    assert answering(client, key_of("zhiban")) == 401
    assert answering(client, key_of("zhiban")) == 409


@pytest.mark.parametrize("odd", [None, 5, [], {}, "unknown", "x" * 5000])
def test_what_is_no_answer_is_refused_and_breaks_nothing(app: APIFlask, odd: object) -> None:
    client = app.test_client()
    client.post(OPTIONS, json={})
    assert answering(client, odd) == 401
    client.post(OPTIONS, json={})
    assert client.post(ANSWER, data=b"\xff", content_type="application/json").status_code == 401
    assert client.post(ANSWER, json=[]).status_code == 409


def test_nobody_is_told_who_has_a_passkey(app: APIFlask) -> None:
    asked = app.test_client().post(OPTIONS, json={"second": "yes"}).json
    assert asked
    assert asked["allowCredentials"] == []
    assert asked["userVerification"] == "required"


@pytest.mark.parametrize(
    ("address", "rp_id"),
    [("https://huxiao.example.gov.cn", "huxiao.example.gov.cn"),
     ("https://huxiao.example.gov.cn:8443/", "huxiao.example.gov.cn"),
     ("http://localhost:8600", "localhost"), ("http://huxiao.example.gov.cn", None),
     ("http://127.0.0.1", None), ("https://10.0.0.1", None), ("https://[::1]", None), ("", None)],
)  # fmt: skip
def test_passkeys_are_offered_where_browsers_make_them(address: str, rp_id: str | None) -> None:
    party = RelyingParty.at(address)
    assert (party.rp_id if party else None) == rp_id
    assert party is None or not party.origin.endswith("/")
