"""Claims on the page: made once, shown once, told apart from each other by what became of them."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from central.adapters.certificates import Authority
from central.adapters.evidence_files import EvidenceFiles
from central.adapters.registrar import Registrar, Surroundings
from central.adapters.store import certificates, claims, directory
from central.adapters.store.claims import Attempt
from central.adapters.store.engine import Store
from central.core.claims import Refusal, Step
from central.web.app import create_app
from contract.claims import BrokerPlace, ticket_of
from tests.browser.served import settings, settle

SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def app(store: Store, evidence: EvidenceFiles, clock: list[int]) -> APIFlask:
    settle(store)
    authority = Authority.make(datetime.now(UTC))
    around = Surroundings(BrokerPlace(host="hub", port=8883), "https://hub:8885",
                          lambda: authority.fingerprint)  # fmt: skip
    registrar = Registrar(lambda: authority, lambda: authority.certificate, around)
    made = create_app(store, settings(evidence, now_ms=lambda: clock[0], registrar=registrar))
    made.config["WTF_CSRF_ENABLED"] = False
    return made


def test_a_claim_is_shown_once_as_a_label(signed_in: SignIn, store: Store) -> None:
    admin = signed_in("guanli")
    shown = admin.post("/devices/claims", data={"device_id": "water-001"}).text
    assert "<svg" in shown
    code = shown.split('class="label-code">')[1].split("<")[0]
    ticket = ticket_of(code)
    assert ticket.url == "https://hub:8885"
    secret = ticket.claim.rsplit(".", 1)[1]
    later = admin.get("/devices/claims").text
    assert secret not in later
    assert 'data-state="open"' in later
    with store.reading() as connection:
        assert [row["device_id"] for row in claims.listed(connection)] == ["water-001"]


def test_many_boxes_at_once_are_all_or_none(signed_in: SignIn, store: Store) -> None:
    admin = signed_in("guanli")
    many = "water-101,yuehu,water\nwater-102,nowhere,water\n"
    refused = admin.post("/devices/claims", data={"many": many})
    assert refused.status_code == 409
    assert "nowhere" in refused.text
    with store.reading() as connection:
        assert directory.device(connection, "water-101") is None
    good = many.replace("nowhere", "yuehu").replace(",", "\uff0c")
    shown = admin.post("/devices/claims", data={"many": good}).text
    assert shown.count('class="label"') == 2
    assert "water-102,water,edge1." in shown


def test_a_second_box_is_a_row_in_red(signed_in: SignIn, store: Store, clock: list[int]) -> None:
    with store.transaction() as connection:
        attempt = Attempt("10.0.0.9", Step.KEY, Refusal.USED, "00aa11bb", "water-001", "Pi 5")
        claims.tried(connection, attempt, clock[0])
    shown = signed_in("guanli").get("/devices/claims").text
    assert 'role="alert"' in shown
    assert "第二台设备拿着 water-001 的入网码" in shown
    assert 'data-step="key" data-code="used"' in shown


def test_who_may_look_may_not_all_make_or_revoke(signed_in: SignIn) -> None:
    duty = signed_in("zhiban")
    assert duty.get("/devices/claims").status_code == 200
    assert duty.post("/devices/claims", data={"device_id": "water-001"}).status_code == 403
    assert duty.post("/devices/water-001/revoke").status_code == 403
    assert signed_in("anquan").get("/devices/claims").status_code == 403


def test_a_revoked_box_is_out_and_its_claims_with_it(
    signed_in: SignIn, store: Store, clock: list[int]
) -> None:
    admin = signed_in("guanli")
    admin.post("/devices/claims", data={"device_id": "water-001"})
    shown = admin.post("/devices/water-001/revoke")
    assert "已吊销" in shown.text
    assert 'data-state="withdrawn"' in shown.text
    with store.reading() as connection:
        device = directory.device(connection, "water-001")
        assert certificates.revoked(connection, clock[0]) == []  # it never had any
    assert device
    assert device["is_revoked"]
