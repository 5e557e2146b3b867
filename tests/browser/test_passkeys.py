"""Passkeys in a real browser, with the authenticator that Chromium brings for tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect
from sqlalchemy import select, update
from werkzeug.serving import make_server

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.store.engine import Store, open_store
from central.adapters.store.migrating import migrate
from central.adapters.store.schema.identity import PASSKEY
from central.adapters.store.tables import AUDIT
from central.web.app import create_app
from scripts.demonstration.processes import free_port
from tests.browser.pages import keep, sign_in
from tests.browser.served import PASSWORD, Quiet, settings, settle

PATIENCE_MS = 30_000  # a busy machine takes its time over a key


@dataclass
class Authenticator:
    """A key in a browser."""

    session: CDPSession
    authenticator_id: str

    def credentials(self) -> list[dict[str, Any]]:
        """Give what it holds."""
        found = self.session.send(
            "WebAuthn.getCredentials", {"authenticatorId": self.authenticator_id}
        )
        return list(found["credentials"])

    def put(self, credential: dict[str, Any]) -> None:
        """Put a credential in the place of what it holds."""
        named = {"authenticatorId": self.authenticator_id}
        self.session.send("WebAuthn.clearCredentials", named)
        self.session.send("WebAuthn.addCredential", named | {"credential": credential})

    def verifies(self, *, is_right: bool) -> None:
        """Let it take or refuse a finger."""
        wanted = {"authenticatorId": self.authenticator_id, "isUserVerified": is_right}
        self.session.send("WebAuthn.setUserVerified", wanted)


def authenticator(page: Page) -> Authenticator:
    """Plug a key into a page's browser."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
               "hasUserVerification": True, "isUserVerified": True,
               "automaticPresenceSimulation": True}  # fmt: skip
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return Authenticator(session, str(made["authenticatorId"]))


@dataclass(frozen=True)
class Place:
    """A district with a name that passkeys take."""

    address: str
    store: Store


@contextmanager
def named_district(folder: Path) -> Iterator[Place]:
    """Serve a district at http://localhost:PORT: browsers take that for safe."""
    store = open_store(f"sqlite:///{folder}/central.db")
    migrate(store)
    settle(store)
    port = free_port()
    address = f"http://localhost:{port}"
    app = create_app(store, settings(EvidenceFiles(folder / "evidence"), public_url=address))
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Place(address, store)
    finally:
        server.shutdown()
        thread.join(timeout=5)
        server.server_close()
        store.close()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with named_district(tmp_path) as running:
        yield running


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    yield context.new_page()
    context.close()


def enrols(page: Page, address: str) -> None:
    """Add a passkey on one's own page."""
    page.goto(f"{address}/account/second")
    page.get_by_label("起个名字").fill("办公电脑")
    page.get_by_role("button", name="添加通行密钥").click()
    expect(page.get_by_role("button", name="移除 办公电脑")).to_be_visible(timeout=PATIENCE_MS)


def signs_out(page: Page) -> None:
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_label("用户名")).to_be_visible()


def sign_count(place: Place) -> int:
    with place.store.reading() as connection:
        return int(connection.execute(select(PASSKEY.c.sign_count)).scalar_one())


def test_a_passkey_is_made_and_then_signs_in_alone(place: Place, page: Page) -> None:
    authenticator(page)
    sign_in(page, place.address, "zhiban", PASSWORD)
    enrols(page, place.address)
    before = sign_count(place)
    signs_out(page)
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page.locator("#board")).to_be_visible(timeout=PATIENCE_MS)
    assert sign_count(place) > before
    page.goto(f"{place.address}/account")
    expect(page.get_by_text("本次登录")).to_be_visible()
    keep(page, "account-passkey", whole=True)


def test_after_a_password_it_is_the_second_factor(place: Place, page: Page) -> None:
    authenticator(page)
    sign_in(page, place.address, "zhiban", PASSWORD)
    enrols(page, place.address)
    signs_out(page)
    page.get_by_label("用户名").fill("zhiban")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", name="第二重验证")).to_be_visible()
    page.get_by_role("button", name="用通行密钥验证").click()
    expect(page.locator("#board")).to_be_visible(timeout=PATIENCE_MS)


def test_whose_finger_is_not_known_does_not_come_in_by_it_alone(place: Place, page: Page) -> None:
    key = authenticator(page)
    sign_in(page, place.address, "zhiban", PASSWORD)
    enrols(page, place.address)
    signs_out(page)
    key.verifies(is_right=False)
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page.locator("output.error")).to_be_visible()
    page.goto(place.address)
    expect(page.get_by_label("用户名")).to_be_visible()


def test_a_key_whose_count_goes_back_is_taken_for_a_copy(place: Place, page: Page) -> None:
    key = authenticator(page)
    sign_in(page, place.address, "zhiban", PASSWORD)
    enrols(page, place.address)
    (credential,) = key.credentials()
    with place.store.transaction() as connection:
        connection.execute(update(PASSKEY).values(sign_count=1000))
    key.put(credential | {"signCount": 5})
    signs_out(page)
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page.get_by_text("可能被复制过")).to_be_visible()
    with place.store.reading() as connection:
        refused = select(AUDIT).where(AUDIT.c.action == "passkey.refused")
        assert len(connection.execute(refused).all()) == 1


def test_somebody_else_s_key_is_no_second_factor_for_this_password(
    place: Place, page: Page, chromium: Browser
) -> None:
    thief = authenticator(page)
    sign_in(page, place.address, "zhenshui", PASSWORD)
    enrols(page, place.address)
    (theirs,) = thief.credentials()
    other = chromium.new_context(locale="zh-CN")
    victim = other.new_page()
    key = authenticator(victim)
    sign_in(victim, place.address, "zhiban", PASSWORD)
    enrols(victim, place.address)
    signs_out(victim)
    victim.get_by_label("用户名").fill("zhiban")
    victim.get_by_label("密码").fill(PASSWORD)
    victim.get_by_role("button", name="登录", exact=True).click()
    (mine,) = key.credentials()
    key.put(theirs | {"credentialId": mine["credentialId"]})
    victim.get_by_role("button", name="用通行密钥验证").click()
    expect(victim.locator("output.error")).to_be_visible()
    victim.goto(place.address)
    expect(victim.get_by_label("用户名")).to_be_visible()
    other.close()


def test_an_answer_that_was_seen_before_is_worth_nothing(place: Place, page: Page) -> None:
    authenticator(page)
    sign_in(page, place.address, "zhiban", PASSWORD)
    enrols(page, place.address)
    signs_out(page)
    with page.expect_request("**/sign-in/passkey") as seen:
        page.get_by_role("button", name="用通行密钥登录").click()
    expect(page.locator("#board")).to_be_visible(timeout=PATIENCE_MS)
    body = seen.value.post_data_json
    signs_out(page)
    token = page.locator('form[data-passkey] [name="csrf_token"]').input_value()
    headers = {"X-CSRFToken": token}
    page.request.post(f"{place.address}/sign-in/passkey/options", data={}, headers=headers)
    again = page.request.post(f"{place.address}/sign-in/passkey", data=body, headers=headers)
    assert again.status == 401
    page.goto(place.address)
    expect(page.get_by_label("用户名")).to_be_visible()


def test_whose_role_must_have_one_may_set_up_a_passkey_instead_of_an_app(
    place: Place, page: Page
) -> None:
    authenticator(page)
    page.goto(f"{place.address}/sign-in")
    page.get_by_label("用户名").fill("guanli")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_text("您的角色能看到敏感信息")).to_be_visible()
    keep(page, "second-due", whole=True)
    enrols(page, place.address)
    page.goto(place.address)
    expect(page.locator("#board")).to_be_visible(timeout=PATIENCE_MS)
