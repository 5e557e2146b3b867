"""Forms from elsewhere, addresses that lead elsewhere, cursors that somebody made up."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from central.core.people import Actor, Role
from central.web.door import API
from tests.browser.served import PASSWORD
from tests.integration.case_district import AUDITOR, DUTY

SignIn = Callable[[str], FlaskClient]
Calling = Callable[[Actor], FlaskClient]

ELSEWHERE = [
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "/\t/evil.example/",
    "/\n/evil.example/",
    "https://evil.example/",
    "https:evil.example",
    "javascript:alert(1)",
    "\\\\evil.example",
    "/x\r\nSet-Cookie: stolen=1",
    "\t//evil.example/",
    "/\x00/evil.example/",
    "/\x7f/evil.example/",
    "/%2Fevil.example/",
    "%2F%2Fevil.example/",
    "/%5Cevil.example/",
    "/%09/evil.example/",
    "/%0d%0aSet-Cookie: stolen=1",
    "/%252F%252Fevil.example/",
    "/%25252525252Fevil.example/",
]


WITHOUT_A_COOKIE = ("/VIID/", "/hooks/", "/r/", "/t/", "/c/")
"""Where no cookie says who one is: others' machines, codes on signs and papers, links."""
TOLERANT = frozenset({"/api/v1/door-events"})
"""What machines send is a message of the wire: unknown fields are ignored, and change nothing."""


def posts(app: APIFlask, *, api: bool) -> list[str]:
    """List the addresses that take a POST, with something in each place."""
    rules: list[Rule] = [
        rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or set())
    ]
    paths = [rule.build(dict.fromkeys(rule.arguments, "x")) for rule in rules]
    found = [path[1] for path in paths if path]
    return sorted(path for path in found if path.startswith(API) == api)


def test_no_page_takes_a_form_from_elsewhere(app: APIFlask, signed_in: SignIn) -> None:
    client = signed_in("guanli")
    app.config["WTF_CSRF_ENABLED"] = True
    taking = [path for path in posts(app, api=False) if not path.startswith(WITHOUT_A_COOKIE)]
    assert len(taking) > 3
    answers = {path: client.post(path, data={"step": "acknowledge"}) for path in taking}
    assert {path: one.status_code for path, one in answers.items()} == dict.fromkeys(taking, 400)


def test_a_cookie_alone_changes_nothing_through_any_call(app: APIFlask, signed_in: SignIn) -> None:
    client = signed_in("guanli")
    taking = posts(app, api=True)
    assert len(taking) > 3
    answers = {path: client.post(path, json={}).status_code for path in taking}
    assert answers == dict.fromkeys(taking, 401)


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_no_sign_in_leads_elsewhere(app: APIFlask, wanted: str) -> None:
    form = {"username": "zhiban", "password": PASSWORD}
    answer = app.test_client().post("/sign-in", query_string={"next": wanted}, data=form)
    if "\x00" in wanted:
        assert answer.status_code == 400
        return
    assert answer.headers["Location"] == "/"
    assert not any("stolen" in cookie for cookie in answer.headers.getlist("Set-Cookie"))


@pytest.mark.parametrize(("wanted", "led_to"), [
    *((one, "/") for one in ELSEWHERE if "\x00" not in one),
    ("/incidents?site_id=yuehu&note=%E6%9C%88", "/incidents?site_id=yuehu&note=%E6%9C%88"),
])  # fmt: skip
def test_the_form_itself_leads_to_these_pages_only(app: APIFlask, wanted: str, led_to: str) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = app.test_client()
    page = client.get("/sign-in", query_string={"next": wanted}).text
    (action,) = re.findall(r'<form method="post" action="(/sign-in[^"]*)"', page)
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page)[0]
    form = {"username": "zhiban", "password": PASSWORD, "csrf_token": token}
    answer = client.post(html.unescape(action), data=form)
    assert (answer.status_code, answer.headers["Location"]) == (302, led_to)


@pytest.mark.parametrize("path", ["//evil.example/", "/\\evil.example/", "/%5Cevil.example", "/x"])
def test_no_language_leads_elsewhere(signed_in: SignIn, path: str) -> None:
    client = signed_in("zhiban")
    headers = {"Referer": f"http://localhost{path}"}
    answer = client.post("/language", data={"language": "en"}, headers=headers)
    _stays_here(answer.headers["Location"])


def _stays_here(location: str) -> None:
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))
    assert not set(location) & set("\r\n\t")


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/incidents?before=99999999999999999999999999_x",
        "/api/v1/incidents?before=-1_x",
        "/api/v1/incidents?before=٣٣٣_x",
        "/api/v1/incidents?before=1_' OR 1=1 --",
        "/api/v1/incidents?since=0001-01-01T00:00:00Z",
        "/api/v1/incidents?since=9999-12-31T23:59:59Z",
        "/api/v1/incidents?since=0001-01-01T00:00:00%2B23:59",
        "/api/v1/statistics?since=0001-01-01T00:00:00Z",
        "/api/v1/statistics?since=9999-12-31T23:59:59-23:59",
        "/api/v1/notifications?limit=0",
        "/api/v1/unusual-access?x=1",
    ],
)
def test_what_somebody_made_up_is_never_our_mistake(calling: Calling, path: str) -> None:
    assert calling(DUTY).get(path).status_code < 500


@pytest.mark.parametrize("before", [2**63, 2**64, -1, 10**30])
def test_an_id_that_no_database_keeps_is_refused(calling: Calling, before: int) -> None:
    answer = calling(AUDITOR).get(f"/api/v1/audit?before={before}")
    assert answer.status_code == 422


def test_nobody_gives_themselves_a_role_or_a_case(app: APIFlask, calling: Calling) -> None:
    """Every call that takes JSON refuses keys that it does not know."""
    client = calling(Actor("token:x", "x", Role.SCHOOL_SAFETY_LEAD, "school:shiyan"))
    more: dict[str, Any] = {"role": "district_admin", "is_granted": True, "status": "closed",
                            "incident_id": "x", "opened_at": 0}  # fmt: skip
    taken = [
        path for path in set(posts(app, api=True)) - TOLERANT
        if client.post(path, json=more).status_code < 400
    ]  # fmt: skip
    assert taken == []
