"""Anybody reports at a place by its QR code, without a sign-in: what is kept, joined, held."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.person_keys import PersonKeys
from central.adapters.store.engine import Store
from central.adapters.store.schema.reporting import REPORT
from central.adapters.store.tables import AUDIT, INCIDENT, NOTIFICATION, TASK, TIMELINE
from central.core.people import Actor, Role
from central.core.reporting import Limits
from central.incidents.replying import erase_due
from central.web.app import create_app
from tests.browser.served import settings, settle
from tests.integration.case_district import (
    DUTY,
    HOUR,
    MINUTE,
    SCHOOL,
    add_person,
    rows,
)
from tests.unit.central.web.reporting_kit import picture, said

Calling = Callable[[Actor], FlaskClient]
SignIn = Callable[[str], FlaskClient]
MARKET = Actor("account:shichang", "市场监管 李伟", Role.UNIT_OFFICER, "market")
HOSTILE = "<script>alert(1)</script>'\"{{7*7}}\u202eevil 食堂饭菜有异味"


@pytest.fixture
def keys(tmp_path: Path) -> PersonKeys:
    return PersonKeys(tmp_path / "replies").prepare()


@pytest.fixture(name="app")
def _app(store: Store, evidence: EvidenceFiles, clock: list[int], keys: PersonKeys) -> APIFlask:
    settle(store)
    with store.transaction() as connection:
        add_person(connection, MARKET)
    limits = Limits(sent_by_address_in_hour=30)
    made = create_app(store, settings(evidence, now_ms=lambda: clock[0], replies=keys,
                                      limits=limits, proxies=1))  # fmt: skip
    made.config["WTF_CSRF_ENABLED"] = False
    return made


def ticket(client: FlaskClient, site: str = "yuehu") -> str:
    page = client.get(f"/r/{site}")
    assert page.status_code == 200
    found = re.search(r'name="ticket" value="([^"]+)"', page.text)
    assert found
    return found[1]


def send(app: APIFlask, clock: list[int], address: str = "203.0.113.7",
         **fields: object) -> TestResponse:  # fmt: skip
    client = app.test_client()
    client.environ_base["HTTP_X_FORWARDED_FOR"] = address
    given: dict[str, object] = {
        "topic": "food",
        "words": "食堂饭菜有异味",
        "ticket": ticket(client),
    }
    clock[0] += 30_000
    return client.post("/r/yuehu", data=given | fields)


def held(officer: FlaskClient) -> list[dict[str, Any]]:
    return list(said(officer.get("/api/v1/reports"))["items"])


def receipt(answer: TestResponse) -> str:
    found = re.search(r'class="code" translate="no">(\w{4}) (\w{4})<', answer.text)
    assert found, answer.text
    return found[1] + found[2]


def status(app: APIFlask, code: str) -> TestResponse:
    return app.test_client().post("/r/status", data={"receipt": code})


def test_a_report_opens_a_case_by_its_playbook_and_the_receipt_tells_where_it_stands(
    store: Store, app: APIFlask, clock: list[int]
) -> None:
    answer = send(app, clock)
    assert answer.status_code == 200
    assert "已收到，谢谢" in answer.text
    with store.reading() as connection:
        (case,) = rows(connection, INCIDENT)
        units = {task["unit_code"] for task in rows(connection, TASK)}
        (kept,) = rows(connection, REPORT)
    assert (case["scenario"], case["kind"]) == ("food_safety", "food_reported")
    assert units == {"edu", "market", "school:shiyan"}
    assert kept["state"] == "taken"
    stands = status(app, receipt(answer).lower())
    assert "已受理，已转责任单位" in stands.text
    assert "食堂饭菜有异味" not in stands.text


@pytest.mark.parametrize(
    ("topic", "lead"),
    [("vendor", "enforcement"), ("manhole", "enforcement"), ("billboard", "enforcement"),
     ("congestion", "station:yuelin"), ("food", "edu")],
)  # fmt: skip
def test_each_kind_goes_to_the_department_responsible(
    store: Store, app: APIFlask, clock: list[int], topic: str, lead: str
) -> None:
    send(app, clock, topic=topic)
    with store.reading() as connection:
        (task,) = rows(connection, TASK, part="lead")
    assert task["unit_code"] == lead


def test_nobody_is_asked_who_they_are_and_no_cookie_is_set(app: APIFlask) -> None:
    page = app.test_client().get("/r/yuehu")
    assert "Set-Cookie" not in page.headers
    asked = set(re.findall(r'name="(\w+)"', page.text)) - {"viewport", "robots"}
    assert asked == {"ticket", "website", "topic", "words", "photos", "lat", "lon", "phone"} | (
        asked & {"color"}
    )
    assert "csrf_token" not in page.text


def test_the_same_again_joins_and_wakes_nobody_twice(
    store: Store, app: APIFlask, clock: list[int]
) -> None:
    send(app, clock, "203.0.113.1")
    with store.reading() as connection:
        told = len(rows(connection, NOTIFICATION))
    for last in range(2, 8):
        answer = send(app, clock, f"203.0.113.{last}")
        assert "已并入" in answer.text
    with store.reading() as connection:
        (case,) = rows(connection, INCIDENT)
        assert len(rows(connection, NOTIFICATION)) == told
        assert len(rows(connection, TIMELINE, event="heard")) == 7
    assert case["alert_count"] == 7


def test_another_kind_or_much_later_is_another_case(
    store: Store, app: APIFlask, clock: list[int]
) -> None:
    send(app, clock)
    send(app, clock, topic="vendor")
    clock[0] += 3 * HOUR
    send(app, clock)
    with store.reading() as connection:
        kinds = sorted(row["kind"] for row in rows(connection, INCIDENT))
    assert kinds == ["food_reported", "food_reported", "vendor_reported"]


def test_the_same_form_sent_twice_is_one_report(
    store: Store, app: APIFlask, clock: list[int]
) -> None:
    client = app.test_client()
    form = {"topic": "food", "words": "饭菜有异味", "ticket": ticket(client)}
    clock[0] += MINUTE
    first, second = client.post("/r/yuehu", data=form), client.post("/r/yuehu", data=form)
    assert receipt(first) == receipt(second)
    with store.reading() as connection:
        assert len(rows(connection, REPORT)) == 1


def test_a_storm_from_one_address_is_held_for_a_person_and_wakes_only_the_district(
    store: Store, app: APIFlask, clock: list[int]
) -> None:
    for topic in ("food", "vendor", "manhole"):
        send(app, clock, topic=topic)
    with store.reading() as connection:
        before = {row["incident_id"] for row in rows(connection, INCIDENT)}
    for topic in ("billboard", "congestion", "other") * 3:
        assert "先核实" in send(app, clock, topic=topic).text
    with store.reading() as connection:
        new = [row for row in rows(connection, INCIDENT) if row["incident_id"] not in before]
        assert [row["kind"] for row in new] == ["reports_held"]
        units = {row["unit_code"] for row in rows(connection, TASK,
                                                  incident_id=new[0]["incident_id"])}  # fmt: skip
        assert len(rows(connection, REPORT, state="held")) == 9
    assert units == {"edu"}


@pytest.mark.parametrize("trap", [{"website": "https://spam.example"}, {"fast": True}])
def test_what_looks_like_a_program_is_held_not_thrown_away(
    store: Store, app: APIFlask, clock: list[int], trap: dict[str, object]
) -> None:
    client = app.test_client()
    form = {"topic": "food", "words": "饭菜有异味", "ticket": ticket(client)} | trap
    clock[0] += 500 if "fast" in trap else MINUTE
    answer = client.post("/r/yuehu", data=form)
    assert "先核实" in answer.text
    assert "已收到，正在核实" in status(app, receipt(answer)).text
    with store.reading() as connection:
        assert [row["state"] for row in rows(connection, REPORT)] == ["held"]


def test_a_held_report_is_taken_up_or_declined_by_the_district_with_a_reason(
    app: APIFlask, clock: list[int], calling: Calling
) -> None:
    codes = [receipt(send(app, clock, topic=one, website="x", photos=(io.BytesIO(picture()), "a")))
             for one in ("food", "vendor")]  # fmt: skip
    officer = calling(DUTY)
    listed = held(officer)
    assert [one["kind"] for one in listed] == ["food_reported", "vendor_reported"]
    assert calling(SCHOOL).get("/api/v1/reports").status_code == 403
    food, vendor = (f"/api/v1/reports/{one['report_id']}/decision" for one in listed)
    taken = officer.post(food, json={"is_taken": True})
    assert taken.status_code == 200
    assert officer.post(vendor, json={"is_taken": False}).status_code == 409
    assert officer.post(vendor, json={"is_taken": False, "why": "重复"}).status_code == 200
    case = said(officer.get(f"/api/v1/incidents/{said(taken)['incident_id']}"))
    assert case["kind"] == "food_reported"
    assert [one["media_type"] for one in case["evidence"]] == ["image/jpeg"]
    assert "已受理" in status(app, codes[0]).text
    assert "不予受理" in status(app, codes[1]).text
    assert held(officer) == []


def test_too_many_from_one_address_are_refused_with_what_was_written_still_there(
    app: APIFlask, clock: list[int]
) -> None:
    for _ in range(30):
        assert send(app, clock).status_code == 200
    refused = send(app, clock, words="这是第三十一次")
    assert refused.status_code == 429
    assert "这是第三十一次" in refused.text
    assert send(app, clock, "198.51.100.1").status_code == 200


def test_photos_are_made_anew_and_a_broken_one_loses_nothing(
    store: Store, app: APIFlask, clock: list[int], evidence: EvidenceFiles
) -> None:
    files = [(io.BytesIO(picture(with_place=True)), "a.jpg"), (io.BytesIO(b"not one"), "b.jpg")]
    answer = send(app, clock, photos=files)
    assert answer.status_code == 200
    assert "有 1 张照片未能保存" in answer.text
    with store.reading() as connection:
        (kept,) = rows(connection, REPORT)
    (sha256,) = kept["photos"]
    content = evidence.read(sha256)
    assert content is not None
    assert "张小明".encode() not in content
    assert not Image.open(io.BytesIO(content)).getexif()


def test_hostile_words_are_shown_and_do_nothing(
    store: Store, app: APIFlask, clock: list[int], signed_in: SignIn
) -> None:
    send(app, clock, words=HOSTILE, lat="1e999", lon="abc", website="1")
    with store.reading() as connection:
        (kept,) = rows(connection, REPORT)
        texts = " ".join(row["text"] for row in rows(connection, NOTIFICATION))
    assert kept["words"] == HOSTILE.replace("\u202e", "")
    assert (kept["lat"], kept["lon"]) == (None, None)
    assert "alert(1)" not in texts
    page = signed_in("zhiban").get("/reports")
    assert "<script>alert" not in page.text
    assert "{{7*7}}" in page.text


def test_whoever_reads_what_anybody_wrote_is_kept(
    store: Store, app: APIFlask, clock: list[int], signed_in: SignIn
) -> None:
    send(app, clock)
    officer = signed_in("zhiban")
    for _ in range(2):
        assert officer.get("/reports").status_code == 200
    with store.reading() as connection:
        looks = rows(connection, AUDIT, action="look", subject="reports")
    assert len(looks) == 1


@pytest.mark.parametrize(
    "change",
    [{"topic": "nonsense"}, {"topic": ""}, {"words": " \u200b "}, {"phone": "不告诉你"},
     {"ticket": "forged"}],
)  # fmt: skip
def test_a_form_to_mend_says_where_and_keeps_what_was_written(
    store: Store, app: APIFlask, clock: list[int], change: dict[str, str]
) -> None:
    answer = send(app, clock, **{"words": "饭菜有异味", **change})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    if "words" not in change:
        assert "饭菜有异味" in answer.text
    with store.reading() as connection:
        assert rows(connection, REPORT) == []


def test_a_forms_ticket_counts_for_its_own_place_and_day_only(
    app: APIFlask, clock: list[int]
) -> None:
    client = app.test_client()
    form = {"topic": "food", "words": "饭菜有异味", "ticket": ticket(client, "yuehu")}
    assert client.post("/r/bare", data=form).status_code == 400
    clock[0] += 25 * HOUR
    assert client.post("/r/yuehu", data=form).status_code == 400


def test_a_number_is_locked_shown_once_and_erased_when_the_matter_has_ended(
    store: Store, app: APIFlask, clock: list[int], calling: Calling, keys: PersonKeys
) -> None:
    send(app, clock, phone="138 0013 8000", website="x")
    officer = calling(DUTY)
    (listed,) = held(officer)
    assert listed["wants_reply"]
    address = f"/api/v1/reports/{listed['report_id']}"
    with store.reading() as connection:
        everything = str([rows(connection, table) for table in (REPORT, TIMELINE, NOTIFICATION)])
    assert (
        "8000"
        not in everything.replace("'received_at'", "")[:0] + everything.split("138", maxsplit=1)[0]
    )
    assert "138 0013 8000" not in everything
    assert calling(SCHOOL).post(f"{address}/reply").status_code == 403
    assert officer.post(f"{address}/reply").json == {"phone": "138 0013 8000"}
    assert officer.post(f"{address}/reply").status_code == 409
    officer.post(f"{address}/decision", json={"is_taken": False, "why": "已答复"})
    assert erase_due(store, keys, clock[0], clock[0]) == 0
    assert erase_due(store, keys, clock[0] + 1, clock[0] + 1) == 1
    with store.reading() as connection:
        (kept,) = rows(connection, REPORT)
        actions = list(connection.execute(select(AUDIT.c.action)).scalars())
    assert kept["reply"] is None
    assert kept["reply_erased_at"]
    assert {"report.reply", "report.reply_erased"} <= set(actions)


def test_guessing_receipts_is_slowed_down(app: APIFlask) -> None:
    answers = [status(app, "ABCDEFGH").status_code for _ in range(61)]
    assert set(answers[:60]) == {404}
    assert answers[60] == 429
