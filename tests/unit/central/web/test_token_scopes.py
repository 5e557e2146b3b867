"""A token reaches no further than its scopes, whatever its role may."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import select

from central.adapters.store import directory, tokens
from central.adapters.store.engine import Store
from central.adapters.store.sign_ins import hash_of
from central.adapters.store.tables import API_TOKEN
from central.core.scopes import ALL, SCOPES
from central.web.api.description import scopes_of

NOBODY = "00000000-0000-7000-8000-000000000000"

REPORT = {"site_id": "yuehu", "scenario": "drowning_risk", "kind": "overstay", "note": "有人下水"}
Program = Callable[..., FlaskClient]


@pytest.fixture
def program(app: APIFlask, store: Store) -> Program:
    """Give a duty officer's program whose token has these scopes."""

    def made(*scopes: str, **changes: Any) -> FlaskClient:
        secret = f"hx_{'-'.join(scopes)}"
        row: dict[str, Any] = {
            "token_hash": hash_of(secret), "name": f"程序{secret}", "role": "duty_officer",
            "unit_code": "edu", "created_at": 0, "scopes": " ".join(scopes),
        } | changes  # fmt: skip
        with store.transaction() as connection:
            directory.add_token(connection, row)
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
        return client

    return made


def test_every_route_of_the_api_asks_for_a_scope_that_there_is(app: APIFlask) -> None:
    asked = scopes_of(app)
    assert len(asked) > 10
    assert set(asked.values()) <= set(SCOPES)


def test_a_program_reaches_what_its_scopes_name_and_nothing_else(
    app: APIFlask, program: Program
) -> None:
    client = program("incidents:read")
    assert client.get("/api/v1/incidents").status_code == 200
    for (path, method), scope in scopes_of(app).items():
        if scope != "incidents:read":
            answer = client.open(re.sub(r"{\w+}", NOBODY, path), method=method.upper())
            assert answer.status_code == 403, path
            assert scope in answer.json["detail"] if answer.json else False


def test_reading_is_not_writing(program: Program) -> None:
    assert program("incidents:read").post("/api/v1/incidents", json=REPORT).status_code == 403
    writer = program("incidents:write")
    assert writer.post("/api/v1/incidents", json=REPORT).status_code == 201
    assert writer.get("/api/v1/incidents").status_code == 403


def test_a_scope_gives_nothing_that_the_role_may_not(program: Program) -> None:
    assert program("audit:read").get("/api/v1/audit").status_code == 403


def test_all_is_the_role_s_reach_and_no_scope_is_none(program: Program) -> None:
    assert program(ALL).get("/api/v1/devices").status_code == 200
    assert program("").get("/api/v1/devices").status_code == 403


def test_the_last_use_is_kept_and_a_revoked_token_is_refused_at_once(
    store: Store, program: Program, clock: list[int]
) -> None:
    client = program("incidents:read")
    client.get("/api/v1/incidents")
    with store.transaction() as connection:
        row = connection.execute(select(API_TOKEN)).one()
        assert row.used_at == clock[0]
        assert tokens.revoke(connection, row.token_hash[:12]) == [row.name]
    assert client.get("/api/v1/incidents").status_code == 401


def test_the_document_says_which_scope_each_call_needs(app: APIFlask) -> None:
    document = app.test_client().get("/api/v1/openapi.json").json
    assert document
    for (path, method), scope in scopes_of(app).items():
        operation = document["paths"][path][method]
        assert operation["security"] == [{"bearer": [scope]}]
        assert scope in operation["description"]
