"""A second factor: asked for, right once, not to be guessed, not to be slipped past."""

from collections.abc import Callable

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import select

from central.adapters.store.engine import Store
from central.adapters.store.schema.identity import ACCOUNT_MAIL, AUTHENTICATOR, RECOVERY_CODE
from central.core.sign_in_policy import MOST_WRONG, PROVED_FOR_MS, WITHIN_MS
from central.web.door import COOKIE, OPEN_TO_ALL, SETTING_UP
from central.web.entering import ATTEMPT_COOKIE
from tests.browser.served import PASSWORD
from tests.unit.central.web.second_factor import (
    Phone,
    gives_code,
    gives_password,
    is_in,
    secret_in,
    set_up,
)

SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def phone(signed_in: SignIn, clock: list[int]) -> Phone:
    """The duty officer's, set up; its next digits are there."""
    made, _codes = set_up(signed_in("zhiban"), clock)
    made.wait()
    return made


def test_after_the_password_the_code_is_asked_for_and_lets_in(app: APIFlask, phone: Phone) -> None:
    client = app.test_client()
    assert gives_password(client, "zhiban").headers["Location"] == "/sign-in/second"
    assert not is_in(client)
    assert client.get("/api/v1/incidents").status_code == 401
    assert gives_code(client, phone.shows()).status_code == 302
    assert is_in(client)


def test_a_code_is_accepted_once(app: APIFlask, phone: Phone) -> None:
    first, second = app.test_client(), app.test_client()
    gives_password(first, "zhiban")
    gives_password(second, "zhiban")
    code = phone.shows()
    assert gives_code(first, code).status_code == 302
    assert gives_code(second, code).status_code == 401
    assert not is_in(second)


def test_the_code_that_set_it_up_is_over(
    app: APIFlask, signed_in: SignIn, clock: list[int]
) -> None:
    made, _codes = set_up(signed_in("zhiban"), clock)
    client = app.test_client()
    gives_password(client, "zhiban")
    assert gives_code(client, made.shows()).status_code == 401


@pytest.mark.parametrize("off", [-2, 2])
def test_a_code_of_another_minute_is_wrong(app: APIFlask, phone: Phone, off: int) -> None:
    client = app.test_client()
    gives_password(client, "zhiban")
    assert gives_code(client, phone.shows(off)).status_code == 401


def test_guessing_codes_is_slowed_down_wherever_it_comes_from_and_the_owner_is_told(
    app: APIFlask, store: Store, phone: Phone, clock: list[int]
) -> None:
    for number in range(MOST_WRONG):
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = f"10.0.0.{number}"
        gives_password(client, "zhiban")
        assert gives_code(client, phone.shows(5)).status_code == 401
    client = app.test_client()
    gives_password(client, "zhiban")
    assert gives_code(client, phone.shows()).status_code == 429
    with store.reading() as connection:
        told = connection.execute(select(ACCOUNT_MAIL.c.subject)).scalars().all()
    assert sum("猜" in subject for subject in told) == 1
    clock[0] += WITHIN_MS + 1
    gives_password(client, "zhiban")
    assert gives_code(client, phone.shows()).status_code == 302


def test_nobody_without_the_password_can_pause_another_s_codes(app: APIFlask, phone: Phone) -> None:
    for name in ("2:zhiban", "2:zhiban ", "1:zhiban", "zhiban"):
        for _ in range(MOST_WRONG):
            stranger = app.test_client()
            stranger.environ_base["REMOTE_ADDR"] = "10.9.9.9"
            stranger.post("/sign-in", data={"username": name, "password": "x"})
    client = app.test_client()
    assert gives_password(client, "zhiban").status_code == 302
    assert gives_code(client, phone.shows()).status_code == 302


def test_the_owner_is_told_when_a_factor_is_set_up(store: Store, phone: Phone) -> None:
    assert phone.secret
    with store.reading() as connection:
        told = connection.execute(select(ACCOUNT_MAIL.c.subject)).scalars().all()
    assert sum("登录方式有变化" in subject for subject in told) == 1


def test_a_second_step_without_a_first_leads_back(app: APIFlask, phone: Phone) -> None:
    client = app.test_client()
    assert gives_code(client, phone.shows()).headers["Location"] == "/sign-in"
    client.set_cookie(ATTEMPT_COOKIE, "made-up")
    assert gives_code(client, phone.shows()).headers["Location"] == "/sign-in"


def test_a_first_step_serves_its_own_account_only_and_once(
    app: APIFlask, signed_in: SignIn, phone: Phone, clock: list[int]
) -> None:
    theirs, _codes = set_up(signed_in("zhenshui"), clock)
    theirs.wait()
    client = app.test_client()
    gives_password(client, "zhiban")
    attempt = client.get_cookie(ATTEMPT_COOKIE)
    assert attempt
    assert gives_code(client, theirs.shows()).status_code == 401
    assert gives_code(client, phone.shows()).status_code == 302
    again = app.test_client()
    again.set_cookie(ATTEMPT_COOKIE, attempt.value)
    phone.wait()
    assert gives_code(again, phone.shows()).headers["Location"] == "/sign-in"


def test_the_second_step_runs_out(app: APIFlask, phone: Phone, clock: list[int]) -> None:
    client = app.test_client()
    gives_password(client, "zhiban")
    clock[0] += 11 * 60 * 1000
    assert gives_code(client, phone.shows()).headers["Location"] == "/sign-in"


def test_a_cookie_that_was_there_before_signing_in_is_worth_nothing_after(app: APIFlask) -> None:
    client = app.test_client()
    client.set_cookie(COOKIE, "planted-by-somebody")
    gives_password(client, "zhiban")
    fresh = client.get_cookie(COOKIE)
    assert fresh
    assert fresh.value != "planted-by-somebody"
    other = app.test_client()
    other.set_cookie(COOKIE, "planted-by-somebody")
    assert not is_in(other)


def test_a_recovery_code_lets_in_once_and_the_owner_is_told(
    app: APIFlask, store: Store, signed_in: SignIn, clock: list[int]
) -> None:
    _phone, codes = set_up(signed_in("zhiban"), clock)
    assert len(set(codes)) == 10
    client = app.test_client()
    gives_password(client, "zhiban")
    assert gives_code(client, codes[3].lower().replace("-", " ")).status_code == 302
    other = app.test_client()
    gives_password(other, "zhiban")
    assert gives_code(other, codes[3]).status_code == 401
    assert gives_code(other, codes[4]).status_code == 302
    with store.reading() as connection:
        told = connection.execute(select(ACCOUNT_MAIL.c.subject)).scalars().all()
        kept = str(connection.execute(select(RECOVERY_CODE)).all())
    assert sum("恢复码" in subject for subject in told) == 2
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)


def test_the_secret_is_not_readable_in_the_database(store: Store, phone: Phone) -> None:
    with store.reading() as connection:
        row = connection.execute(select(AUTHENTICATOR)).one()
    assert phone.secret.encode() not in row.secret


@pytest.mark.parametrize("username", ["guanli", "shenji"])
def test_whose_role_must_have_one_sees_nothing_before_it_is_set_up(
    app: APIFlask, clock: list[int], username: str
) -> None:
    client = app.test_client()
    gives_password(client, username)
    barred = {
        str(rule)
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or set()) and not rule.arguments
        and rule.endpoint not in SETTING_UP | OPEN_TO_ALL
    }  # fmt: skip
    assert {"/", "/devices", "/account", "/api/v1/incidents", "/events"} <= barred
    for path in barred:
        answer = client.get(path)
        assert answer.status_code == 403 or answer.headers["Location"] == "/account/second", path
    assert "<nav" not in client.get("/account/second").text
    set_up(client, clock)
    assert "<nav" in client.get("/account").text


def test_setting_one_up_ends_what_was_begun_with_a_password_alone(
    signed_in: SignIn, clock: list[int]
) -> None:
    thief = signed_in("zhiban")
    set_up(signed_in("zhiban"), clock)
    assert not is_in(thief)


def test_a_stolen_cookie_alone_changes_no_factor(signed_in: SignIn, clock: list[int]) -> None:
    client = signed_in("zhiban")
    clock[0] += PROVED_FOR_MS + 1
    for path in ("/account/second/app", "/account/second/app/remove", "/account/second/recovery"):
        assert client.post(path).headers["Location"] == "/account/second/prove"
    assert client.post("/account/second/prove", data={"password": "not this"}).status_code == 401
    assert client.post("/account/second/prove", data={"password": PASSWORD}).status_code == 302
    assert secret_in(client.post("/account/second/app").text)


def test_who_must_have_one_cannot_take_the_last_away(app: APIFlask, clock: list[int]) -> None:
    client = app.test_client()
    gives_password(client, "guanli")
    set_up(client, clock)
    assert client.post("/account/second/app/remove").status_code == 409
    assert "已启用" in client.get("/account/second").text


def test_the_picture_is_drawn_into_the_page_and_breaks_no_policy(signed_in: SignIn) -> None:
    answer = signed_in("zhiban").post("/account/second/app")
    assert "<svg" in answer.text
    assert "style=" not in answer.text
    assert "data:" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
