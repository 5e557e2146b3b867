"""What people at the district see and do, in a real browser."""

import hashlib
from pathlib import Path
from time import monotonic

import cv2
import pytest
from playwright.sync_api import expect
from sqlalchemy import delete, update

from central.adapters.clock import now_ms
from central.adapters.store.tables import EVIDENCE, SIGN_IN
from central.incidents import take_alert
from contract.messages import EvidenceRef
from tests.browser import pages
from tests.browser.pages import Watched
from tests.browser.served import PASSWORD, Served
from tests.integration.case_district import an_alert

pytestmark = pytest.mark.stack

PLAZA = Path(__file__).resolve().parents[1] / "media" / "plaza.mp4"
TOWN, SCHOOL = "town:yuelin", "school:shiyan"


def raise_alert(served: Served, seq: int = 1, ago_ms: int = 0, **changes: object) -> str:
    at_ms = now_ms() - ago_ms
    with served.store.transaction() as connection:
        return take_alert(connection, an_alert(seq, at_ms, **changes), at_ms).incident_id


def a_picture() -> bytes:
    """Give a frame of the recording as the device would send it."""
    recording = cv2.VideoCapture(str(PLAZA))
    recording.set(cv2.CAP_PROP_POS_FRAMES, 40)
    is_read, image = recording.read()
    assert is_read
    return bytes(cv2.imencode(".jpg", image)[1])


def raise_with_picture(served: Served, seq: int = 1, ago_ms: int = 0, **changes: object) -> str:
    content = a_picture()
    sha256 = hashlib.sha256(content).hexdigest()
    ref = EvidenceRef(sha256=sha256, media_type="image/jpeg", size_bytes=len(content))
    incident_id = raise_alert(served, seq, ago_ms, evidence=(ref,), **changes)
    assert served.evidence.put(sha256, content)
    with served.store.transaction() as connection:
        arrived = update(EVIDENCE).where(EVIDENCE.c.sha256 == sha256)
        connection.execute(arrived.values(received_at=now_ms()))
    return incident_id


def test_an_incident_appears_on_the_board_without_a_reload(served: Served, desk: Watched) -> None:
    pages.sign_in(desk.page, served.address, "zhiban", PASSWORD)
    expect(desk.page.get_by_text("没有未办结的事件")).to_be_visible()
    desk.page.evaluate("window.stillHere = true")
    began = monotonic()
    incident_id = raise_alert(served)
    expect(pages.row(desk.page, incident_id)).to_be_visible()
    print(f"\nrow after {(monotonic() - began) * 1000:.0f} ms")  # noqa: T201
    assert desk.page.evaluate("window.stillHere") is True
    expect(desk.page).to_have_title("‼ 紧急 (1) 实时看板 · 护校安园")


def test_a_case_goes_from_the_board_to_closed(
    served: Served, desk: Watched, phone: Watched
) -> None:
    incident_id = raise_with_picture(served)
    address = f"{served.address}/incidents/{incident_id}"
    pages.sign_in(phone.page, served.address, "zhenshui", PASSWORD)
    pages.row(phone.page, incident_id).get_by_role("link").click()
    pages.take(phone.page, TOWN, "签收")
    pages.stands(phone.page, TOWN, "acknowledged")
    pages.take(phone.page, TOWN, "处置", "已到现场，两名学生已劝离水边")
    pages.stands(phone.page, TOWN, "disposed")
    pages.keep(phone.page, "incident-phone")
    pages.take(phone.page, TOWN, "反馈", "两名学生已安全离开，已联系学校")
    pages.stands(phone.page, TOWN, "reported")

    pages.sign_in(desk.page, served.address, "anquan", PASSWORD)
    desk.page.goto(address)
    for step, note, status in (
        ("签收", "", "acknowledged"),
        ("处置", "", "disposed"),
        ("反馈", "班会已开展防溺水教育", "reported"),
    ):
        pages.take(desk.page, SCHOOL, step, note)
        pages.stands(desk.page, SCHOOL, status)
    desk.page.get_by_role("button", name="退出").click()

    pages.sign_in(desk.page, served.address, "zhiban", PASSWORD)
    desk.page.goto(address)
    pages.keep(desk.page, "incident-reported")
    for step, status in (("核查", "verified"), ("办结", "closed")):
        for unit in (TOWN, SCHOOL):
            pages.take(desk.page, unit, step)
            pages.stands(desk.page, unit, status)
    expect(desk.page.locator("h1 .status")).to_have_text("已办结")
    expect(desk.page.locator('[data-event="close"]')).to_have_count(2)
    expect(pages.task(phone.page, TOWN)).to_have_attribute("data-status", "closed")


def test_what_others_do_shows_on_an_open_page_but_never_wipes_a_note(
    served: Served, desk: Watched, phone: Watched
) -> None:
    incident_id = raise_alert(served)
    pages.sign_in(desk.page, served.address, "zhiban", PASSWORD)
    desk.page.goto(f"{served.address}/incidents/{incident_id}")
    pages.sign_in(phone.page, served.address, "zhenshui", PASSWORD)
    phone.page.goto(f"{served.address}/incidents/{incident_id}")
    pages.take(phone.page, TOWN, "签收")
    pages.stands(desk.page, TOWN, "acknowledged")
    pages.task(desk.page, TOWN).get_by_text("其他操作").click()
    note = pages.task(desk.page, TOWN).get_by_label("说明")
    note.fill("请注意安全")
    pages.take(phone.page, TOWN, "处置", "到场")
    pages.stands(phone.page, TOWN, "disposed")
    desk.page.wait_for_timeout(700)  # longer than the page takes to show what others did
    expect(note).to_have_value("请注意安全")


def test_the_pages_speak_english_when_asked(served: Served, desk: Watched) -> None:
    incident_id = raise_with_picture(served)
    pages.sign_in(desk.page, served.address, "zhiban", PASSWORD)
    desk.page.get_by_role("button", name="English").click()
    expect(desk.page.get_by_role("link", name="Live board")).to_be_visible()
    pages.keep(desk.page, "board-english")
    desk.page.goto(f"{served.address}/incidents/{incident_id}")
    expect(desk.page.locator("html")).to_have_attribute("lang", "en")
    expect(pages.task(desk.page, TOWN)).to_contain_text("Go to the spot")
    shown = desk.page.locator("main").inner_text()
    desk.page.get_by_role("button", name="中文").click()
    expect(desk.page.locator("html")).to_have_attribute("lang", "zh-Hans-CN")
    assert "任务" not in shown


def test_a_refusal_is_said_where_the_step_was_asked_for(served: Served, phone: Watched) -> None:
    incident_id = raise_alert(served)
    pages.sign_in(phone.page, served.address, "zhenshui", PASSWORD)
    phone.page.goto(f"{served.address}/incidents/{incident_id}")
    pages.take(phone.page, TOWN, "签收")
    pages.take(phone.page, TOWN, "处置")
    pages.take(phone.page, TOWN, "反馈")
    expect(pages.task(phone.page, TOWN).get_by_role("alert")).to_contain_text("请填写说明")
    phone.errors.clear()  # the browser notes the 409 of the refusal as an error of its own


def test_a_page_left_open_asks_to_sign_in_once_its_sign_in_has_ended(
    served: Served, desk: Watched
) -> None:
    pages.sign_in(desk.page, served.address, "zhiban", PASSWORD)
    with served.store.transaction() as connection:
        connection.execute(delete(SIGN_IN))
    raise_alert(served)  # the page hears of it, asks, and is known no more
    expect(desk.page.get_by_label("密码")).to_be_visible()
    desk.errors.clear()  # the browser may note that the feed has ended
