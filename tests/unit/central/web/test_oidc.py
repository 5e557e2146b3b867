"""Signing in at the district's provider: its word counts only where every part of it fits."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.oidc import Client, Provider
from central.adapters.store.engine import Store
from central.adapters.store.tables import ACCOUNT, SIGN_IN
from central.web.app import create_app
from tests.browser.served import settings, settle
from tests.servers.identity import (
    CLIENT_ID,
    CLIENT_SECRET,
    IdentityProvider,
    identity_provider,
)
from tests.unit.central.web.second_factor import gives_code, is_in, set_up

BACK = "http://huxiao.test/sign-in/oidc/back"
SIDE = "/sign-in/oidc/back"


@dataclass
class Browser:
    """A browser that goes to the provider and comes back."""

    client: FlaskClient

    def leaves(self, wanted: str = "/") -> str:
        """Go, and give where to."""
        answer = self.client.get("/sign-in/oidc", query_string={"next": wanted})
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def at_provider(self, address: str) -> dict[str, str]:
        """Sign in there, and give what it sends back."""
        back = httpx.get(address, trust_env=False).headers["Location"]
        return {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}

    def comes_back(self, said: dict[str, str]) -> TestResponse:
        """Come back with what the provider said."""
        return self.client.get(f"{SIDE}?{urlencode(said)}")

    def signs_in(self) -> TestResponse:
        """Do all of it."""
        return self.comes_back(self.at_provider(self.leaves()))


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    with identity_provider(BACK) as running:
        yield running


@pytest.fixture
def app(
    store: Store, evidence: EvidenceFiles, clock: list[int], provider: IdentityProvider
) -> APIFlask:
    settle(store)
    known = Client(provider.issuer, CLIENT_ID, CLIENT_SECRET, "preferred_username",
                   "openid profile", BACK, "统一身份认证")  # fmt: skip
    made = create_app(store, settings(evidence, now_ms=lambda: clock[0], oidc=Provider(known)))
    made.config["WTF_CSRF_ENABLED"] = False
    return made


@pytest.fixture
def browser(app: APIFlask) -> Browser:
    return Browser(app.test_client())


def test_whoever_is_known_there_and_has_an_account_here_comes_in(browser: Browser) -> None:
    assert browser.signs_in().headers["Location"] == "/"
    assert is_in(browser.client)


def test_the_way_back_leads_to_what_was_wanted_and_never_elsewhere(browser: Browser) -> None:
    said = browser.at_provider(browser.leaves("/devices"))
    assert browser.comes_back(said).headers["Location"] == "/devices"
    browser.client.post("/sign-out")
    said = browser.at_provider(browser.leaves("//evil.example/"))
    assert browser.comes_back(said).headers["Location"] == "/"


def test_an_account_is_matched_and_never_made(
    store: Store, browser: Browser, provider: IdentityProvider
) -> None:
    provider.person = "somebody-new"
    answer = browser.signs_in()
    assert answer.status_code == 403
    assert "没有您的账号" in answer.text
    with store.reading() as connection:
        names = connection.execute(select(ACCOUNT.c.username)).scalars().all()
    assert "somebody-new" not in names


def test_a_closed_account_stays_closed(store: Store, browser: Browser) -> None:
    with store.transaction() as connection:
        closed = update(ACCOUNT).where(ACCOUNT.c.username == "zhiban")
        connection.execute(closed.values(is_active=False))
    assert browser.signs_in().status_code == 403
    assert not is_in(browser.client)


@pytest.mark.parametrize(
    "claims",
    [{"nonce": "another"}, {"nonce": None}, {"aud": "another-client"}, {"iss": "http://evil.test"},
     {"exp": 1_000_000_000}, {"exp": None}, {"aud": ["huxiao", "other"]},
     {"preferred_username": None}, {"preferred_username": ["zhiban"]}],
)  # fmt: skip
def test_a_word_that_does_not_fit_in_one_point_is_refused(
    store: Store, browser: Browser, provider: IdentityProvider, claims: dict[str, Any]
) -> None:
    provider.lies = {"claims": claims}
    assert browser.signs_in().status_code == 401
    assert not is_in(browser.client)
    with store.reading() as connection:
        assert connection.execute(select(SIGN_IN)).all() == []


@pytest.mark.parametrize(
    "lies", [{"unsigned": True}, {"key": RSAKey.generate_key(2048)}], ids=["unsigned", "forged"]
)
def test_a_word_that_the_provider_has_not_signed_is_refused(
    browser: Browser, provider: IdentityProvider, lies: dict[str, Any]
) -> None:
    provider.lies = lies
    assert browser.signs_in().status_code == 401
    assert not is_in(browser.client)


def test_an_answer_to_another_browser_s_question_is_refused(
    app: APIFlask, browser: Browser
) -> None:
    theirs = Browser(app.test_client())
    said = theirs.at_provider(theirs.leaves())
    assert browser.comes_back(said).status_code == 400
    browser.leaves()
    assert browser.comes_back(said).status_code == 400
    assert not is_in(browser.client)


def test_an_answer_serves_once(app: APIFlask, browser: Browser) -> None:
    said = browser.at_provider(browser.leaves())
    cookies = browser.client.get_cookie("huxiao_attempt")
    assert cookies
    assert browser.comes_back(said).status_code == 302
    again = Browser(app.test_client())
    again.client.set_cookie("huxiao_attempt", cookies.value)
    assert again.comes_back(said).status_code == 400


def test_a_state_that_was_changed_is_refused(browser: Browser) -> None:
    said = browser.at_provider(browser.leaves())
    assert browser.comes_back(said | {"state": "changed"}).status_code == 400
    assert browser.comes_back(said).status_code == 400


def test_the_provider_s_refusal_is_said_and_nothing_is_open(
    browser: Browser, provider: IdentityProvider
) -> None:
    provider.person = None
    assert browser.signs_in().status_code == 401
    assert not is_in(browser.client)


def test_a_provider_that_is_away_is_said_and_passwords_go_on(
    browser: Browser, provider: IdentityProvider
) -> None:
    provider.is_down = True
    answer = browser.client.get("/sign-in/oidc")
    assert answer.status_code == 503
    assert "暂时连不上" in answer.text
    assert 'name="password"' in answer.text


def test_a_provider_that_goes_away_half_way_is_said(
    browser: Browser, provider: IdentityProvider
) -> None:
    said = browser.at_provider(browser.leaves())
    provider.is_down = True
    answer = browser.comes_back(said)
    assert answer.status_code == 401
    assert "暂时连不上" in answer.text


def test_a_second_factor_of_ours_is_asked_for_all_the_same(
    browser: Browser, clock: list[int], app: APIFlask
) -> None:
    browser.signs_in()
    phone, _codes = set_up(browser.client, clock)
    again = Browser(app.test_client())
    assert again.signs_in().headers["Location"] == "/sign-in/second"
    assert not is_in(again.client)
    phone.wait()
    assert gives_code(again.client, phone.shows()).status_code == 302
    assert is_in(again.client)
