"""The administration: proved again, asked again, audited, and undone where that can be."""

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from central.adapters import calendars
from central.adapters.backup.keeping import Backups
from central.adapters.live_playbooks import LivePlaybooks
from central.adapters.store import directory, pupils, sign_ins
from central.adapters.store.engine import Store
from central.adapters.store.schema.identity import ACCOUNT_MAIL, CONTACT
from central.adapters.store.tables import ACCOUNT, API_TOKEN, AUDIT, ORG_UNIT, SIGN_IN, SITE
from central.config import DataDir
from central.core.season import Season
from central.core.sign_in_policy import PROVED_FOR_MS
from central.ports import Answer, Letter, Limits
from central.web.here import KEY, Desk
from tests.browser.served import PASSWORD
from tests.integration.case_district import NOON, rows

SignIn = Callable[[str], FlaskClient]
WANG = {"username": "wangwu", "name": "王五", "role": "guard", "unit_code": "school:shiyan",
        "phone": "138 0000 0001"}  # fmt: skip


class Told:
    """A mail server that takes everything."""

    limits = Limits()

    def deliver(self, letter: Letter) -> Answer:
        assert "TEST" in letter.subject
        return Answer("accepted", "250 queued")

    def everyone(self) -> tuple[str, ...]:
        return ()


def row_of(store: Store, username: str) -> dict[str, Any]:
    with store.reading() as connection:
        return {row["username"]: row for row in rows(connection, ACCOUNT)}[username]


def trace(store: Store, action: str) -> list[dict[str, Any]]:
    with store.reading() as connection:
        return [row for row in rows(connection, AUDIT) if row["action"] == action]


def test_only_the_administrator_gets_in(signed_in: SignIn) -> None:
    for username in ("zhiban", "anquan", "shenji"):
        assert signed_in(username).get("/admin/people").status_code == 403
        assert signed_in(username).post("/admin/people", data=WANG).status_code == 403


def test_a_person_is_added_with_a_password_that_is_shown_once(
    signed_in: SignIn, store: Store
) -> None:
    admin = signed_in("guanli")
    shown = admin.post("/admin/people", data=WANG)
    assert "只显示这一次" in shown.text
    assert row_of(store, "wangwu")["phone"] == "13800000001"
    password = shown.text.split("只显示这一次）：")[1].split("<")[0].strip()
    form = {"username": "wangwu", "password": password}
    assert admin.application.test_client().post("/sign-in", data=form).status_code == 302
    (kept,) = trace(store, "user.add")
    assert (kept["actor"], kept["subject"]) == ("account:guanli", "account:wangwu")
    assert password not in json.dumps(kept["detail"])


def test_what_was_proved_long_ago_is_asked_again(
    signed_in: SignIn, store: Store, clock: list[int]
) -> None:
    admin = signed_in("guanli")
    clock[0] += PROVED_FOR_MS + 1
    answer = admin.post("/admin/people", data=WANG)
    assert answer.headers["Location"].startswith("/admin/prove?next=%2Fadmin%2Fpeople")
    with store.reading() as connection:
        assert sign_ins.account(connection, "wangwu") is None
    assert "现在确认" in admin.get("/admin/people").text
    alone = admin.post("/admin/prove", data={"password": PASSWORD})
    assert (alone.status_code, "验证码不正确" in alone.text) == (401, True)
    assert admin.post("/admin/people", data=WANG).status_code == 302
    assert trace(store, "user.add") == []


def test_an_account_is_closed_ends_its_sign_ins_and_is_opened_again(
    signed_in: SignIn, store: Store
) -> None:
    guard, admin = signed_in("zhenshui"), signed_in("guanli")
    assert admin.post("/admin/people/zhenshui/close").status_code == 302
    assert guard.get("/").status_code == 302
    assert not row_of(store, "zhenshui")["is_active"]
    page = admin.get("/admin/people/zhenshui").text
    assert "/admin/people/zhenshui/open" in page
    admin.post("/admin/people/zhenshui/open")
    assert row_of(store, "zhenshui")["is_active"]


def test_nobody_closes_themselves_nor_the_last_administrator(
    signed_in: SignIn, store: Store
) -> None:
    admin = signed_in("guanli")
    admin.post("/admin/people/guanli/close")
    own = {**WANG, "name": "管理员 郑洁", "role": "guard", "unit_code": "edu"}
    admin.post("/admin/people/guanli", data=own)
    row = row_of(store, "guanli")
    assert (row["is_active"], row["role"]) == (True, "district_admin")


def test_a_new_role_ends_what_was_begun_in_the_old(signed_in: SignIn, store: Store) -> None:
    signed_in("zhenshui")
    changed = {**WANG, "name": "林涛", "role": "unit_officer", "unit_code": "water"}
    signed_in("guanli").post("/admin/people/zhenshui", data=changed)
    assert row_of(store, "zhenshui")["role"] == "unit_officer"
    with store.reading() as connection:
        assert "zhenshui" not in {row["username"] for row in rows(connection, SIGN_IN)}
    (kept,) = trace(store, "user.set")
    assert kept["detail"]["before"] == {"role": "water_warden", "unit_code": "town:yuelin"}


def test_a_class_teachers_classes_are_those_that_the_form_names(
    signed_in: SignIn, store: Store
) -> None:
    admin = signed_in("guanli")
    told = {**WANG, "role": "class_teacher", "classes": "三年级二班， 3-1"}
    admin.post("/admin/people", data=told)
    assert "3-1, 3-2" in admin.get("/admin/people/wangwu").text
    admin.post("/admin/people/wangwu", data={**told, "classes": "3-1"})
    with store.reading() as connection:
        assert pupils.classes_of(connection, "account:wangwu", "school:shiyan") == {"3-1"}
    admin.post("/admin/people/wangwu", data={**told, "role": "guard"})
    assert "班级只用于学校的班主任" in admin.get("/admin/people/wangwu").text


def test_owner_and_auditor_hear_of_a_new_password(signed_in: SignIn, store: Store) -> None:
    with store.transaction() as connection:
        for username in ("zhenshui", "shenji"):
            directory.change_account(connection, username, email=f"{username}@example.com")
    signed_in("guanli").post("/admin/people/zhenshui/password")
    with store.reading() as connection:
        told = {row["username"] for row in rows(connection, ACCOUNT_MAIL)
                if "密码已由管理员重置" in row["subject"]}  # fmt: skip
    assert told == {"zhenshui", "shenji"}


def test_a_wrong_entry_is_refused_in_words(signed_in: SignIn, store: Store) -> None:
    admin = signed_in("guanli")
    admin.post("/admin/people", data={**WANG, "phone": "many"})
    assert "手机号码格式不对" in admin.get("/admin/people").text
    admin.post("/admin/people", data={**WANG, "unit_code": "school:nowhere"})
    assert "不存在" in admin.get("/admin/people").text
    with store.reading() as connection:
        assert sign_ins.account(connection, "wangwu") is None


def test_a_unit_is_added_renamed_moved_and_moved_back(signed_in: SignIn, store: Store) -> None:
    admin = signed_in("guanli")
    admin.post("/admin/units", data={"code": "school:xinxue", "name_zh": "新学校"})
    admin.post("/admin/units/school:xinxue/name", data={"name_zh": "新小学"})
    admin.post("/admin/units/school:xinxue/move", data={"parent": "town:yuelin"})
    page = admin.get("/admin/units").text
    assert "新小学" in page
    with store.reading() as connection:
        unit = {row["code"]: row for row in rows(connection, ORG_UNIT)}["school:xinxue"]
    assert (unit["name_zh"], unit["parent_code"]) == ("新小学", "town:yuelin")
    assert [one["detail"]["before"] for one in trace(store, "unit.move")] == ["edu"]
    admin.post("/admin/units", data={"code": "nowhere", "name_zh": "x"})
    assert "编号应为" in admin.get("/admin/units").text


def test_a_boundary_is_uploaded_or_refused_in_words(signed_in: SignIn) -> None:
    admin = signed_in("guanli")
    shape = {"type": "Polygon", "coordinates": [[[121, 29], [121.1, 29], [121.1, 29.1]]]}
    where = "/admin/units/school:shiyan"
    file = (io.BytesIO(json.dumps(shape).encode()), "a.geojson")
    admin.post(f"{where}/boundary", data={"file": file})
    assert "未登记" not in admin.get(where).text
    admin.post(f"{where}/boundary", data={"file": (io.BytesIO(b"no"), "a.json")})
    assert 'role="alert"' in admin.get(where).text


def test_a_place_is_added_placed_and_changed(signed_in: SignIn, store: Store) -> None:
    admin = signed_in("guanli")
    told = {"kind": "water", "name_zh": "东塘", "school": "school:shiyan"}
    admin.post("/admin/places", data={"site_id": "dongtang", **told})
    where = "/admin/places/dongtang"
    admin.post(f"{where}/point", data={"pair": "121.41,29.65", "datum": "wgs84"})
    assert "121.410000,29.650000" in admin.get(where).text
    admin.post(where, data={**told, "town": "town:yuelin"})
    with store.reading() as connection:
        site = {row["site_id"]: row for row in rows(connection, SITE)}["dongtang"]
    assert site["relations"] == {"school": "school:shiyan", "town": "town:yuelin"}
    assert "撤销上一步" in admin.get(where).text
    admin.post(f"{where}/point", data={"pair": "somewhere", "datum": "wgs84"})
    assert "请填两个数" in admin.get(where).text


def test_a_contact_is_added_and_removed_with_its_number(signed_in: SignIn, store: Store) -> None:
    admin = signed_in("guanli")
    told = {"name": "老周", "role": "water_warden", "unit_code": "town:yuelin"}
    admin.post("/admin/contacts", data=told)
    assert "请填写手机或邮箱" in admin.get("/admin/contacts").text
    admin.post("/admin/contacts", data={**told, "phone": "13800000009"})
    assert "13800000009" in admin.get("/admin/contacts").text
    with store.reading() as connection:
        (row,) = rows(connection, CONTACT)
    admin.post(f"/admin/contacts/{row['contact_id']}/remove")
    assert "13800000009" not in admin.get("/admin/contacts").text
    assert trace(store, "contact.remove")


def test_a_token_is_made_with_scopes_shown_once_and_revoked(
    signed_in: SignIn, store: Store
) -> None:
    admin = signed_in("guanli")
    form = {"name": "大屏", "role": "duty_officer", "unit_code": "edu", "days": "30"}
    admin.post("/admin/tokens", data=form)
    assert "至少勾选" in admin.get("/admin/tokens").text
    shown = admin.post("/admin/tokens", data={**form, "scope-incidents:read": "1"}).text
    token = shown.split("只显示这一次）：")[1].split("<")[0].strip()
    with store.reading() as connection:
        (row,) = rows(connection, API_TOKEN)
    assert (row["scopes"], token in str(row)) == ("incidents:read", False)
    assert token not in admin.get("/admin/tokens").text
    admin.post(f"/admin/tokens/{row['token_hash'][:12]}/revoke")
    with store.reading() as connection:
        (row,) = rows(connection, API_TOKEN)
    assert row["is_revoked"]


def test_the_audit_log_is_searched_by_auditors_and_each_search_is_kept(
    signed_in: SignIn, store: Store
) -> None:
    signed_in("guanli").post("/admin/people", data=WANG)
    auditor = signed_in("shenji")
    found = auditor.get("/admin/audit?who=guanli&action=user.add").text
    assert "account:wangwu" in found
    assert "account:wangwu" not in auditor.get("/admin/audit?who=zhiban&action=user.add").text
    assert "account:wangwu" not in auditor.get("/admin/audit?to=2020-01-01").text
    exported = auditor.get("/admin/audit.csv?action=user.add").text
    assert exported.count("user.add") == 1
    looks = [one["detail"]["asked"] for one in trace(store, "look") if one["subject"] == "audit"]
    assert {"who": "guanli", "action": "user.add"} in looks
    assert trace(store, "audit.export")
    assert signed_in("guanli").get("/admin/audit").status_code == 403


def test_a_backup_is_asked_for_and_the_page_warns_without_one(
    signed_in: SignIn, store: Store, app: APIFlask, tmp_path: Path
) -> None:
    admin = signed_in("guanli")
    assert "没有设置自动备份" in admin.get("/admin/backups").text
    assert admin.post("/admin/backups/backup").status_code == 404
    desk: Desk = app.extensions[KEY]
    url = store.engine.url.render_as_string(hide_password=False)
    set_up = Backups(store, DataDir(tmp_path / "data"), url, tmp_path / "copies", "x" * 12, 3,
                     3_600_000)  # fmt: skip
    app.extensions[KEY] = replace(desk, settings=replace(desk.settings, backups=set_up))
    assert "备份过期" in admin.get("/admin/backups").text
    assert admin.post("/admin/backups/check").status_code == 302
    assert set_up.work(NOON)
    page = admin.get("/admin/backups").text
    assert "没有备份 / there is no backup" in page
    assert trace(store, "backup.asked")
    assert "立即备份" not in signed_in("shenji").get("/admin/backups").text


@pytest.fixture
def set_up(app: APIFlask, tmp_path: Path) -> Path:
    """Give the pages a data folder with playbooks that a page may change."""
    desk: Desk = app.extensions[KEY]
    data = DataDir(tmp_path / "data")
    data.playbooks.mkdir(parents=True)
    live = LivePlaybooks(data.playbooks, ("email",))
    changed = replace(desk.settings, data=data, live=live, playbooks=live())
    app.extensions[KEY] = replace(desk, settings=changed)
    calendars.follow(data.path)
    return data.path


def test_a_playbook_is_uploaded_compared_put_in_force_and_undone(
    signed_in: SignIn, store: Store, set_up: Path
) -> None:
    admin, where = signed_in("guanli"), "/admin/playbooks/traffic_hazard"
    shipped = (resources.files("central") / "playbooks" / "traffic_hazard.yaml").read_text("utf-8")
    assert "随附" in admin.get("/admin/playbooks").text
    changed = re.sub(r"^version: \d+", "version: 99", shipped, flags=re.MULTILINE)
    file = (io.BytesIO(changed.encode()), "t.yaml")
    at = admin.post("/admin/playbooks", data={"file": file}).headers["Location"]
    page = admin.get(at).text
    assert "+version: 99" in page
    assert "预演" in page
    assert not list((set_up / "playbooks").iterdir())
    text_id = at.split("text=")[1]
    admin.post(f"{where}/force", data={"text_id": text_id})
    assert (set_up / "playbooks" / "traffic_hazard.yaml").read_text("utf-8") == changed
    assert "v99" in admin.get("/admin/playbooks").text
    admin.post(f"{where}/force")
    assert "v99" not in admin.get("/admin/playbooks").text
    assert [one["detail"]["version"] for one in trace(store, "playbook.force")] == [99, 0]


def test_a_playbook_with_mistakes_is_refused_with_their_places(
    signed_in: SignIn, set_up: Path
) -> None:
    admin = signed_in("guanli")
    bad = (io.BytesIO(b"playbook: x\nversion: one\n"), "bad.yaml")
    admin.post("/admin/playbooks", data={"file": bad})
    assert "bad.yaml:2" in admin.get("/admin/playbooks").text
    assert not list((set_up / "playbooks").iterdir())


def test_the_calendar_is_changed_at_once_and_back(
    signed_in: SignIn, set_up: Path, store: Store
) -> None:
    admin, day = signed_in("guanli"), date(2026, 11, 24)
    assert calendars.current().is_workday(day)
    told = {"holidays": "2026-11-24\uff0c2026-11-25", "school_terms": "2026-09-01 2027-01-22"}
    admin.post("/admin/calendar", data=told)
    assert not calendars.current().is_workday(day)
    assert "本区规定" in admin.get("/admin/calendar").text
    admin.post("/admin/calendar", data={"holidays": "tomorrow"})
    assert "不是日期" in admin.get("/admin/calendar").text
    admin.post("/admin/calendar", data={})
    assert calendars.current().is_workday(day)
    admin.post("/admin/calendar/undo")
    assert not calendars.current().is_workday(day)
    assert len(trace(store, "calendar.set")) == 2
    admin.post("/admin/calendar", data={"drowning_months": "5 至 13"})
    assert "重点期应写两个月份" in admin.get("/admin/calendar").text
    admin.post("/admin/calendar", data={"drowning_months": "5月 9月"})
    assert calendars.current().drowning == Season(5, 9)
    assert 'value="5 9"' in admin.get("/admin/calendar").text
    (set_up / "calendars.yaml").unlink()
    calendars.look()


def test_channels_show_what_is_set_up_and_a_test_says_what_was_answered(
    signed_in: SignIn, app: APIFlask, store: Store
) -> None:
    admin = signed_in("guanli")
    assert "未设置" in admin.get("/admin/channels").text
    desk: Desk = app.extensions[KEY]
    channels = {"email": Told()}
    app.extensions[KEY] = replace(desk, settings=replace(desk.settings, channels=channels))
    admin.post("/admin/channels", data={"channel": "email", "address": "a@example.com"})
    assert "250 queued" in admin.get("/admin/channels").text
    assert trace(store, "channel.test")
    admin.post("/admin/channels", data={"channel": "sms", "address": "1"})
    assert "没有设置这个渠道" in admin.get("/admin/channels").text


def test_retention_shows_terms_and_what_is_due(signed_in: SignIn) -> None:
    page = signed_in("shenji").get("/admin/retention").text
    assert "evidence_days" in page
    assert "试算" in page
    assert signed_in("zhiban").get("/admin/retention").status_code == 403
