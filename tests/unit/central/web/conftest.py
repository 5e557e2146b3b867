"""A district on both databases, and its pages without a server."""

from collections.abc import Callable
from pathlib import Path

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.store import directory
from central.adapters.store.engine import Store
from central.adapters.store.sign_ins import hash_of
from central.core.people import Actor
from central.web.app import create_app
from tests.browser.served import PASSWORD, settings, settle
from tests.integration.case_district import NOON
from tests.unit.central.web.second_factor import Phone, gives_code, set_up


@pytest.fixture
def clock() -> list[int]:
    """The time, which a test may set."""
    return [NOON]


@pytest.fixture
def evidence(tmp_path: Path) -> EvidenceFiles:
    return EvidenceFiles(tmp_path / "evidence")


@pytest.fixture
def app(store: Store, evidence: EvidenceFiles, clock: list[int]) -> APIFlask:
    settle(store)
    made = create_app(store, settings(evidence, now_ms=lambda: clock[0]))
    made.config["WTF_CSRF_ENABLED"] = False  # one test turns it on; the browser tests have it on
    return made


@pytest.fixture
def signed_in(app: APIFlask, clock: list[int]) -> Callable[[str], FlaskClient]:
    """Give a browser in which somebody has signed in, with a second factor where one is due."""
    phones: dict[str, Phone] = {}

    def sign_in(username: str) -> FlaskClient:
        client = app.test_client()
        form = {"username": username, "password": PASSWORD}
        answer = client.post("/sign-in", data=form)
        assert answer.status_code == 302
        if answer.headers["Location"] == "/sign-in/second":
            phones[username].wait()
            assert gives_code(client, phones[username].shows()).status_code == 302
        elif client.get("/").headers.get("Location") == "/account/second":
            phones[username], _codes = set_up(client, clock)
        return client

    return sign_in


@pytest.fixture
def calling(app: APIFlask, store: Store) -> Callable[[Actor], FlaskClient]:
    """Give a program that has a token of somebody's role and unit."""

    def call(actor: Actor) -> FlaskClient:
        secret = f"hx_{actor.actor_id}"
        row = {"token_hash": hash_of(secret), "name": actor.name, "role": actor.role,
               "unit_code": actor.unit_code, "created_at": 0}  # fmt: skip
        with store.transaction() as connection:
            directory.add_token(connection, row)
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
        return client

    return call
