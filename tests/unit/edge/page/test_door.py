"""Who comes in, and how often one may guess."""

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.adapters.pins import PageRole, PinError, PinFile, refuse_weak
from edge_agent.core.lockout import FREE_TRIES, LONGEST_LOCK_S, Lockout
from edge_agent.page.door import FOR_SCHOOL, OPEN_TO_ALL
from tests.unit.edge.page.page_kit import (
    INSTALLER_PIN,
    SCHOOL_PIN,
    PageKit,
    enter,
    page_kit,
    send,
    token,
)

WRONG = "618204"


def test_nothing_but_the_way_in_is_open(kit: PageKit) -> None:
    endpoints = {rule.endpoint: rule for rule in kit.app.url_map.iter_rules()}
    assert endpoints.keys() >= OPEN_TO_ALL | FOR_SCHOOL
    for endpoint in endpoints.keys() - OPEN_TO_ALL:
        rule = endpoints[endpoint]
        path = re.sub(r"<[^>]+>", "cam1", rule.rule)
        client = kit.visitor()
        headers = {"X-CSRFToken": token(client)}
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            answer = client.open(path, method=method, headers=headers, json={})
            assert answer.status_code in {302, 401}, (endpoint, answer.status_code)


def test_the_school_sees_only_its_own(kit: PageKit) -> None:
    client = kit.signed_in(SCHOOL_PIN)
    for path in ("/", "/trials", "/api/health", "/api/findings"):
        assert client.get(path).status_code == 200
    for path in ("/cameras", "/cameras/cam1", "/suggestions", "/commissioning"):
        assert client.get(path).status_code == 403
    for path in ("/api/cameras/cam1/drawing", "/api/cameras/cam1/live"):
        assert client.get(path).status_code == 403


def test_a_right_pin_opens_and_sign_out_closes(kit: PageKit) -> None:
    client = kit.signed_in()
    assert client.get("/").status_code == 200
    client.post("/sign-out", data={"csrf_token": token(client, "/")})
    assert client.get("/").status_code == 302


def test_the_cookie_is_for_this_page_alone(kit: PageKit) -> None:
    answer = enter(kit.visitor(), INSTALLER_PIN)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


def test_guessing_is_locked_and_says_for_how_long(kit: PageKit) -> None:
    client = kit.visitor()
    codes = [enter(client, WRONG).status_code for _ in range(FREE_TRIES)]
    assert codes == [403] * (FREE_TRIES - 1) + [429]
    locked = enter(client, INSTALLER_PIN)
    assert locked.status_code == 429
    assert "30 秒" in locked.get_data(as_text=True)
    kit.ticks.now_s += 30.0
    assert enter(client, INSTALLER_PIN).status_code == 302


@given(st.lists(st.floats(min_value=0.0, max_value=5000.0), max_size=30))
def test_a_lock_never_shortens_while_one_goes_on_guessing(pauses: list[float]) -> None:
    lockout, now, longest = Lockout(), 0.0, 0.0
    for pause in pauses:
        now += lockout.wait_s(now) + pause
        lockout = lockout.failed(now)
        wait = lockout.wait_s(now)
        assert longest <= wait + 1e-6
        assert wait <= LONGEST_LOCK_S + 1e-6
        longest = wait


def test_a_new_pin_throws_out_who_came_with_the_old(kit: PageKit) -> None:
    client = kit.signed_in()
    kit.desk.pins.set(PageRole.INSTALLER, "903174")
    assert client.get("/").status_code == 302


def test_without_a_pin_the_page_says_how_to_set_one(tmp_path: Path) -> None:
    kit = page_kit(tmp_path, pins=False)
    try:
        shown = kit.visitor().get("/").get_data(as_text=True)
        assert "huxiao-edge page pin installer" in shown
        for path in ("/cameras", "/sign-in"):
            assert "还没有 PIN" in kit.visitor().get(path).get_data(as_text=True)
    finally:
        kit.book.file.close()


def test_a_request_without_the_forms_token_changes_nothing(kit: PageKit) -> None:
    client = kit.signed_in()
    before = kit.config_file.read_bytes()
    drawn = client.get("/api/cameras/cam1/drawing").get_json()
    body = {"revision": drawn["revision"], "zones": []}
    assert client.put("/api/cameras/cam1/drawing", json=body).status_code == 400
    assert client.post("/api/trials", json={"kind": "press"}).status_code == 400
    assert client.post("/api/undo").status_code == 400
    assert kit.config_file.read_bytes() == before
    assert kit.trials.asked == []


def test_every_answer_forbids_scripts_from_elsewhere_and_inline(kit: PageKit) -> None:
    client = kit.signed_in()
    for path in ("/", "/cameras", "/trials", "/suggestions", "/commissioning", "/nowhere"):
        answer = client.get(path)
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        scripts = re.findall(r"<script([^>]*)>", answer.get_data(as_text=True))
        assert all("src=" in one or 'type="application/json"' in one for one in scripts)
        assert " on" not in re.sub(r">[^<]*<", "><", "".join(scripts))
        assert "style=" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "pin", ["12345", "123456", "987654", "111111", "121212", "1234567890123", "29531a"]
)
def test_what_is_guessed_first_is_refused(pin: str) -> None:
    with pytest.raises(PinError):
        refuse_weak(pin)


def test_two_roles_never_share_a_pin(kit: PageKit) -> None:
    with pytest.raises(PinError, match="同一个"):
        kit.desk.pins.set(PageRole.SCHOOL, INSTALLER_PIN)


def test_the_file_holds_no_pin_and_is_read_by_its_owner_alone(kit: PageKit) -> None:
    file = kit.folder / "page" / "pins.json"
    assert INSTALLER_PIN not in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600


@given(st.binary(max_size=80))
def test_a_damaged_file_never_lets_anybody_in(content: bytes) -> None:
    import tempfile  # noqa: PLC0415 - hypothesis and tmp_path do not go together

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pins.json"
        path.write_bytes(content)
        assert PinFile(path).role_of(INSTALLER_PIN) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root writes for somebody else")
def test_what_root_sets_the_page_can_read(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65534)
    PinFile(tmp_path / "page" / "pins.json").set(PageRole.SCHOOL, SCHOOL_PIN)
    for path in (tmp_path / "page", tmp_path / "page" / "pins.json"):
        assert path.stat().st_uid == 65534


def test_an_open_page_alone_keeps_nobody_signed_in(kit: PageKit) -> None:
    client = kit.signed_in()
    with client.session_transaction() as kept:
        kept["seen"] -= 500.0
        seen = kept["seen"]
    assert client.get("/api/health").status_code == 200
    with client.session_transaction() as kept:
        assert kept["seen"] == seen
        kept["seen"] -= 200.0
    assert client.get("/api/health").status_code == 401


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example", "/\\evil", "javascript:1"]
)
def test_a_change_of_language_leads_nowhere_else(kit: PageKit, back: str) -> None:
    client = kit.signed_in()
    answer = client.post(
        "/language", data={"language": "en", "back": back, "csrf_token": token(client, "/")}
    )
    assert answer.headers["Location"] == "/"
    assert send(client, "POST", "/api/trials", {"kind": "nonsense"}).status_code == 400
