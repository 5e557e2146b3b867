"""Dispositions through the API: signed, opaque, ended by time; and what a hit of theirs becomes."""

import json
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st
from sqlalchemy import select

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.galleries.keeping import Keeper
from central.adapters.store import directory, dispositions, geography
from central.adapters.store.engine import Store
from central.adapters.store.schema.dispositions import DISPOSITION
from central.adapters.store.sign_ins import hash_of
from central.adapters.store.tables import AUDIT, INCIDENT, NOTIFICATION, QUARANTINE, TIMELINE
from central.core.dispositions import PURPOSE
from central.core.people import Actor, Role
from central.incidents.ordering import end_what_is_over
from central.reception import Reception
from central.web.app import create_app
from central.web.settings import DispositionSettings
from contract.signing import make_signing_key, signed, signing_key_of
from contract.topics import Up, up
from tests.browser.served import settings, settle
from tests.integration.case_district import (
    ADMIN,
    AUDITOR,
    DUTY,
    NOON,
    PEOPLE,
    SCHOOL,
    STATION,
    TOWN,
    an_alert,
    rows,
)
from tests.integration.enrolling_kit import a_keeper, a_request

Calling = Callable[[Actor], FlaskClient]
PATH = "/api/v1/dispositions"
DAY = 24 * 3600 * 1000
KEY = make_signing_key()
POLICE = Actor("account:fenju", "民警 方海", Role.UNIT_OFFICER, "police")
ASKS = "请核实身份，劝离校门"
RELATIONS = {"town": "town:yuelin", "school": "school:shiyan", "station": "station:yuelin"}


def said(answer: Any) -> Any:
    return answer.json


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    return a_keeper(tmp_path)


@pytest.fixture
def app(store: Store, evidence: EvidenceFiles, keeper: Keeper, clock: list[int]) -> APIFlask:
    settle(store)
    with store.transaction() as connection:
        gate = {"site_id": "gate", "kind": "gate", "name_zh": "实验小学正门", "name_en": "",
                "relations": RELATIONS, "created_at": 0}  # fmt: skip
        directory.add_site(connection, gate)
        device = {"device_id": "gate-001", "site_id": "gate", "profile": "gate", "created_at": 0}
        directory.add_device(connection, device)
    keys = {"fenju": b64encode(signing_key_of(KEY)).decode()}
    agreed = DispositionSettings(keys, frozenset({"C3"}))
    return create_app(
        store,
        settings(evidence, now_ms=lambda: clock[0], keeper=keeper, dispositions=agreed),
    )


def an_order(now_ms: int = NOON, **changes: Any) -> dict[str, Any]:
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    given: dict[str, Any] = {
        "authority": "fenju", "disposition_id": "d-1", "action": ASKS, "urgency": "critical",
        "approver": "何军", "legal_basis": "分局〔2026〕18号", "issued_at": now.isoformat(),
        "expires_at": (now + timedelta(days=30)).isoformat(), "category": "C3",
        "schools": ["school:shiyan"],
    }  # fmt: skip
    return given | changes


def post(client: FlaskClient, order: dict[str, Any], key: bytes = KEY) -> Any:
    body = signed(order, key, PURPOSE)
    return client.post(PATH, data=body, content_type="application/json")


def watched(keeper: Keeper, store: Store, **changes: Any) -> None:
    """Put somebody on the gate's list, on the disposition d-1."""
    wanted: dict[str, Any] = {
        "kind": "watchlist", "purpose": "person_of_concern", "site_ids": ("gate",),
        "unit_code": "station:yuelin", "consent": "", "guardian_consent": False,
        "disposition": {"disposition_id": "d-1", "action": "请核实", "approver": "何军",
                        "legal_basis": "分局〔2026〕18号"},
    }  # fmt: skip
    with store.transaction() as connection:
        keeper.enrol(connection, STATION, a_request(keeper.keys, "w-7", **wanted | changes), NOON)


def sees(store: Store, evidence: EvidenceFiles, seq: int = 1, now_ms: int = NOON) -> str | None:
    """Let the gate's camera report a match of w-7; give the incident, None where it is refused."""
    alert = an_alert(
        seq, now_ms, device_id="gate-001", scenario="person_of_concern", zone_id=None,
        kind="person_of_concern_match", severity="warning",
        matches=[{"entry_id": "w-7", "similarity": 0.93, "votes": 3, "frames": 7}],
    )  # fmt: skip
    body = alert.model_dump_json().encode()
    with store.transaction() as connection:
        verdict = Reception(evidence).take(connection, up("gate-001", Up.ALERT), body, now_ms)
    return verdict.incident_id


def test_a_signed_order_is_kept_once_and_the_same_again_changes_nothing(
    calling: Calling, store: Store
) -> None:
    police = calling(POLICE)
    assert [post(police, an_order()).json["state"] for _ in range(2)] == ["kept", "unchanged"]
    with store.reading() as connection:
        puts = [row for row in rows(connection, AUDIT) if row["action"] == "disposition.put"]
    assert len(puts) == 1


def test_a_token_alone_is_not_enough(calling: Calling, store: Store) -> None:
    police = calling(POLICE)
    bare: Any = police.post(PATH, json=an_order())
    other = post(police, an_order(), make_signing_key())
    stranger = post(police, an_order(authority="qita"))
    assert [answer.status_code for answer in (bare, other, stranger)] == [403, 403, 403]
    assert "签名不对" in bare.json["detail"]
    with store.reading() as connection:
        assert rows(connection, DISPOSITION) == []


def test_a_signature_alone_is_not_enough_either(calling: Calling, app: APIFlask) -> None:
    assert post(app.test_client(), an_order()).status_code == 401
    assert post(calling(SCHOOL), an_order()).status_code == 403


def test_a_changed_word_breaks_the_signature(calling: Calling) -> None:
    body = signed(an_order(), KEY, PURPOSE).replace("劝离".encode(), "拘留".encode())
    answer = calling(POLICE).post(PATH, data=body, content_type="application/json")
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "changes", [{"legal_basis": ""}, {"reason": "盗窃"}, {"category": "涉毒"}, {"schools": []}]
)
def test_without_basis_or_with_a_reason_it_is_refused_and_nothing_is_kept(
    calling: Calling, store: Store, changes: dict[str, Any]
) -> None:
    answer = post(calling(POLICE), an_order(**changes))
    assert answer.status_code == 409
    assert next(iter(changes)) in answer.json["detail"]
    with store.reading() as connection:
        assert rows(connection, DISPOSITION) == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"[" * 5000])
def test_a_body_that_is_no_order_is_refused(calling: Calling, body: bytes) -> None:
    answer = calling(POLICE).post(PATH, data=body, content_type="application/json")
    assert answer.status_code == 409


def test_an_older_order_cannot_undo_a_newer_one(calling: Calling) -> None:
    police = calling(POLICE)
    post(police, an_order())
    newer = datetime.fromtimestamp(NOON / 1000, UTC) + timedelta(minutes=1)
    assert post(police, an_order(issued_at=newer.isoformat(), urgency="info")).status_code == 201
    assert post(police, an_order()).status_code == 409


def test_a_hit_says_what_the_school_is_to_do_and_is_as_urgent_as_the_order(
    calling: Calling, store: Store, evidence: EvidenceFiles, keeper: Keeper
) -> None:
    post(calling(POLICE), an_order())
    watched(keeper, store)
    incident_id = sees(store, evidence)
    with store.reading() as connection:
        (incident,) = rows(connection, INCIDENT)
        told = rows(connection, NOTIFICATION)
        story = rows(connection, TIMELINE, event="ring")
    assert (incident["incident_id"], incident["severity"]) == (incident_id, "critical")
    at_school = [one for one in told if one["recipient"] == SCHOOL.actor_id]
    assert at_school
    assert all(f"处置要求：{ASKS}" in one["text"] for one in at_school)
    assert "距学校多远不明" in story[0]["note"]
    read = calling(SCHOOL).get(f"/api/v1/incidents/{incident_id}").json
    assert read
    assert read["instruction"] == ASKS


def test_a_place_with_coordinates_says_how_far_it_is_from_the_school(
    store: Store, app: APIFlask, evidence: EvidenceFiles, keeper: Keeper
) -> None:
    assert app
    watched(keeper, store)
    square = [(121.407, 29.655), (121.409, 29.655), (121.409, 29.657), (121.407, 29.657)]
    with store.transaction() as connection:
        geography.put_boundary(connection, "school:shiyan", square, NOON)
        geography.put_point(connection, "gate", 29.656, 121.4066)
    sees(store, evidence)
    with store.reading() as connection:
        (ring,) = rows(connection, TIMELINE, event="ring")
    assert "距学校边界 39 米，在 100 米范围内" in ring["note"]


def test_what_is_over_ends_the_list_and_a_late_hit_becomes_nothing(
    calling: Calling, store: Store, evidence: EvidenceFiles, keeper: Keeper, clock: list[int]
) -> None:
    post(calling(POLICE), an_order())
    watched(keeper, store)
    clock[0] = NOON + 31 * DAY
    with store.transaction() as connection:
        assert end_what_is_over(connection, keeper, clock[0]) == 1
        assert end_what_is_over(connection, keeper, clock[0]) == 0
        assert dispositions.entries_of(connection, "d-1") == []
    assert sees(store, evidence, 1, clock[0]) is None
    with store.reading() as connection:
        assert rows(connection, INCIDENT) == []
        assert [row["reason"] for row in rows(connection, QUARANTINE)] == ["no_basis"]
        (kept,) = rows(connection, DISPOSITION)
    assert (kept["category"], kept["action"], kept["legal_basis"]) == (None, "", "")


def test_an_authority_ends_its_own_order_and_it_does_not_come_back(
    calling: Calling, store: Store, keeper: Keeper
) -> None:
    police = calling(POLICE)
    post(police, an_order())
    watched(keeper, store)
    later = (datetime.fromtimestamp(NOON / 1000, UTC) + timedelta(minutes=1)).isoformat()
    assert post(police, an_order(issued_at=later, is_ended=True)).json["state"] == "ended"
    with store.reading() as connection:
        assert dispositions.entries_of(connection, "d-1") == []
    assert post(police, an_order()).status_code == 409


def test_each_sees_what_is_theirs_and_the_look_is_kept(calling: Calling, store: Store) -> None:
    post(calling(POLICE), an_order())
    post(calling(STATION), an_order(disposition_id="d-2", schools=["school:jinping"]))
    seen: dict[Role, Any] = {
        who.role: calling(who).get(PATH) for who in (DUTY, SCHOOL, AUDITOR, TOWN)
    }
    assert [len(seen[who.role].json["items"]) for who in (DUTY, SCHOOL)] == [2, 1]
    assert [seen[who.role].status_code for who in (AUDITOR, TOWN)] == [403, 403]
    with store.reading() as connection:
        looks = connection.execute(
            select(AUDIT.c.actor).where(AUDIT.c.action == "look", AUDIT.c.subject == "dispositions")
        ).all()
    assert len(looks) == 2


READERS = [*PEOPLE, POLICE, *(Actor(f"account:{role}", role, role, "school:shiyan")
                              for role in (Role.GUARD, Role.CLASS_TEACHER, Role.UNIT_OFFICER)),
           Actor("account:dpo", "dpo", Role.DPO, "edu"),
           Actor("account:plc", "plc", Role.UNIT_OFFICER, "plc")]  # fmt: skip
POLICE_UNITS = ("police", "station")
CODE = "Q97"
"""A code that stands nowhere else in any answer."""


def test_a_category_never_appears_in_any_answer_to_anybody_but_the_police(
    store: Store, evidence: EvidenceFiles, keeper: Keeper
) -> None:
    settle(store)
    with store.transaction() as connection:
        gate = {"site_id": "gate", "kind": "gate", "name_zh": "正门", "name_en": "",
                "relations": RELATIONS, "created_at": 0}  # fmt: skip
        directory.add_site(connection, gate)
        device = {"device_id": "gate-001", "site_id": "gate", "profile": "gate", "created_at": 0}
        directory.add_device(connection, device)
    agreed = DispositionSettings(
        {"fenju": b64encode(signing_key_of(KEY)).decode()}, frozenset({CODE})
    )
    made = create_app(
        store, settings(evidence, now_ms=lambda: NOON, keeper=keeper, dispositions=agreed)
    )
    clients = {who: _caller(made, store, who) for who in READERS}
    assert post(clients[POLICE], an_order(category=CODE)).status_code == 201
    watched(keeper, store)
    incident_id = sees(store, evidence)
    paths = [
        str(rule).replace("<incident_id>", str(incident_id)).replace("<entry_id>", "w-7")
        .replace("<device_id>", "gate-001").replace("<sha256>", "0" * 64)
        for rule in made.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and "stream" not in str(rule) and "events" not in str(rule)
    ]  # fmt: skip
    assert PATH in paths

    @rules(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(READERS), st.sampled_from(paths))
    def never(who: Actor, path: str) -> None:
        is_police = who.unit_code.partition(":")[0] in POLICE_UNITS
        assert is_police or CODE not in clients[who].get(path).text

    never()
    with store.reading() as connection:
        told = json.dumps([dict(row) for row in rows(connection, NOTIFICATION)])
        story = json.dumps([dict(row) for row in rows(connection, TIMELINE)])
        audit = json.dumps([dict(row) for row in rows(connection, AUDIT)])
    assert CODE not in told + story + audit
    assert CODE in clients[POLICE].get(PATH).text
    assert ADMIN in clients


def _caller(app: APIFlask, store: Store, actor: Actor) -> FlaskClient:
    secret = f"hx_{actor.actor_id}"
    row = {"token_hash": hash_of(secret), "name": actor.name, "role": actor.role,
           "unit_code": actor.unit_code, "created_at": 0}  # fmt: skip
    with store.transaction() as connection:
        directory.add_token(connection, row)
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    return client
