"""Who gets in, who does not, and what a browser is told."""

from collections.abc import Callable
from http.cookies import SimpleCookie

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.store.engine import Store
from central.adapters.store.tables import SIGN_IN
from central.core.sign_in_policy import MOST_WRONG, WITHIN_MS
from central.web.app import create_app
from central.web.door import COOKIE, OPEN_TO_ALL
from central.web.entering import SIGNED_IN_FOR_S
from tests.browser.served import PASSWORD, settings
from tests.integration.case_district import DUTY, rows

SignIn = Callable[[str], FlaskClient]
RIGHT = {"username": "zhiban", "password": PASSWORD}
WRONG = {"username": "zhiban", "password": "not this"}


def test_every_route_needs_somebody_known_unless_it_is_on_the_list(app: APIFlask) -> None:
    client, let_in = app.test_client(), set()
    for rule in app.url_map.iter_rules():
        path = str(rule)
        for name in rule.arguments:
            path = path.replace(f"<{name}>", "x").replace(f"<path:{name}>", "x")
        for method in (rule.methods or set()) & {"GET", "POST"}:
            answer = client.open(path, method=method)
            to_sign_in = answer.status_code == 302 and "/sign-in" in answer.headers["Location"]
            if answer.status_code != 401 and not to_sign_in:
                let_in.add(rule.endpoint)
    # these two lead to themselves, or back to the first
    assert let_in | {"signing_in.sign_in", "signing_in.second"} == OPEN_TO_ALL


def test_the_cookie_is_a_secret_of_which_only_the_hash_is_kept(
    store: Store, signed_in: SignIn
) -> None:
    client = signed_in("zhiban")
    cookie = client.get_cookie(COOKIE)
    assert cookie
    with store.reading() as connection:
        (kept,) = rows(connection, SIGN_IN)
    assert cookie.value not in str(kept)
    assert cookie.http_only
    assert cookie.same_site == "Lax"


def test_behind_https_the_cookie_never_travels_without(
    store: Store, app: APIFlask, evidence: EvidenceFiles
) -> None:
    secure = create_app(store, settings(evidence, secure_cookies=True))
    secure.config["WTF_CSRF_ENABLED"] = False
    answer = secure.test_client().post("/sign-in", data=RIGHT)
    cookies = SimpleCookie("; ".join(answer.headers.getlist("Set-Cookie")))
    assert cookies[COOKIE]["secure"]
    assert "Strict-Transport-Security" in answer.headers
    assert app.test_client().get("/sign-in").headers.get("Strict-Transport-Security") is None


@pytest.mark.parametrize("form", [WRONG, {"username": "nobody", "password": PASSWORD}, {}])
def test_a_wrong_name_or_password_says_the_same(app: APIFlask, form: dict[str, str]) -> None:
    answer = app.test_client().post("/sign-in", data=form)
    assert answer.status_code == 401
    assert "用户名或密码不正确" in answer.text


def test_guessing_is_slowed_down_and_forgiven_in_time(app: APIFlask, clock: list[int]) -> None:
    client = app.test_client()
    for _ in range(MOST_WRONG):
        assert client.post("/sign-in", data=WRONG).status_code == 401
    assert client.post("/sign-in", data=RIGHT).status_code == 429
    other = {"username": "zhenshui", "password": PASSWORD}
    assert app.test_client().post("/sign-in", data=other).status_code == 302
    clock[0] += WITHIN_MS + 1
    assert client.post("/sign-in", data=RIGHT).status_code == 302


def test_a_sign_in_runs_out(clock: list[int], signed_in: SignIn) -> None:
    client = signed_in("zhiban")
    assert client.get("/").status_code == 200
    clock[0] += SIGNED_IN_FOR_S * 1000
    assert client.get("/").status_code == 302


def test_signing_out_ends_the_secret_not_only_the_cookie(signed_in: SignIn) -> None:
    client = signed_in("zhiban")
    cookie = client.get_cookie(COOKIE)
    assert cookie
    client.post("/sign-out")
    client.set_cookie(COOKIE, cookie.value)
    assert client.get("/").status_code == 302


def test_a_lost_phone_can_be_signed_out_from_here_and_only_by_its_owner(
    store: Store, signed_in: SignIn
) -> None:
    lost = signed_in("zhiban")
    with store.reading() as connection:
        (kept,) = rows(connection, SIGN_IN)
    path = f"/account/sign-ins/{kept['sign_in_id']}/end"
    assert signed_in("zhenshui").post(path).status_code == 404
    assert lost.get("/").status_code == 200
    assert signed_in("zhiban").post(path).status_code == 302
    assert lost.get("/").status_code == 302


def test_a_part_asked_for_too_late_moves_the_whole_page(app: APIFlask) -> None:
    answer = app.test_client().get("/board", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["HX-Redirect"] == "/sign-in"


@pytest.mark.parametrize("wanted", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
def test_signing_in_never_leads_elsewhere(app: APIFlask, wanted: str) -> None:
    answer = app.test_client().post("/sign-in", query_string={"next": wanted}, data=RIGHT)
    assert answer.headers["Location"] == "/"


def test_a_form_from_elsewhere_is_refused(app: APIFlask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    answer = app.test_client().post("/sign-in", data=RIGHT)
    assert answer.status_code == 400
    assert "页面已过期" in answer.text


def test_a_cookie_reads_the_api_but_changes_nothing_through_it(signed_in: SignIn) -> None:
    client = signed_in("zhiban")
    assert client.get("/api/v1/incidents").status_code == 200
    body = {"site_id": "yuehu", "scenario": "drowning_risk", "kind": "overstay"}
    assert client.post("/api/v1/incidents", json=body).status_code == 401


def test_a_wrong_token_is_a_problem_and_says_what_is_wanted(app: APIFlask) -> None:
    answer = app.test_client().get("/api/v1/incidents", headers={"Authorization": "Bearer hx_no"})
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_no_page_may_load_or_be_framed_from_elsewhere(signed_in: SignIn) -> None:
    answer = signed_in("zhiban").get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "<style" not in answer.text
    assert "onclick" not in answer.text


def test_the_language_is_kept_on_the_account(signed_in: SignIn) -> None:
    client = signed_in("zhiban")
    client.post("/language", data={"language": "en"})
    assert "Live board" in client.get("/").text
    assert "Live board" in signed_in("zhiban").get("/").text
    assert DUTY.name in client.get("/account").text
