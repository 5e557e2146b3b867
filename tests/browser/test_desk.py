"""The desk as it is lived at: by keyboard, by ear, without a network, with one thumb."""

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, Route, expect

from central.incidents import Step
from tests.browser import pages
from tests.browser.pages import Watched
from tests.browser.screens import PHONE
from tests.browser.served import PASSWORD, Served
from tests.browser.test_pages import raise_alert
from tests.integration.case_district import DUTY, TOWN, step, story, task_of

pytestmark = pytest.mark.stack

APART_MS = 6 * 60 * 1000
"""Alerts of one zone that belong to two cases."""


def needs(page: Page) -> list[str]:
    return [str(one.get_attribute("id")) for one in page.locator(".need").all()]


def steps_of(served: Served, incident_id: str, event: str) -> list[dict[str, object]]:
    with served.store.reading() as connection:
        return [one for one in story(connection, incident_id) if one["event"] == event]


def test_the_board_is_worked_through_by_keyboard(served: Served, desk: Watched) -> None:
    first = raise_alert(served, 1, APART_MS)
    raise_alert(served, 2)
    page = desk.page
    pages.sign_in(page, served.address, "zhenshui", PASSWORD)
    rows = needs(page)
    assert len(rows) == 2
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("j")  # under the dialog nothing moves
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    expect(page.locator(".is-chosen")).to_have_count(0)

    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("ja?k")
    expect(page.locator("#q")).to_have_value("ja?k")
    expect(page.locator(".is-chosen")).to_have_count(0)
    page.locator("#q").fill("")
    page.locator("#q").blur()

    for key, chosen in (("j", 0), ("j", 1), ("k", 0)):
        page.keyboard.press(key)
        expect(page.locator(".is-chosen")).to_have_attribute("id", rows[chosen])
    page.keyboard.press("a")
    expect(page.locator(f"#{rows[0]}")).to_have_attribute("data-step", "dispose")
    assert len(steps_of(served, first, "acknowledge")) == 1
    page.locator(f"#{rows[0]} a").first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/incidents/{first}"))


def test_life_safety_is_heard_until_somebody_acknowledges(
    served: Served, desk: Watched, phone: Watched
) -> None:
    page, sound = desk.page, desk.page.locator("#sound")
    pages.sign_in(page, served.address, "zhiban", PASSWORD)
    expect(sound.get_by_role("button")).to_have_text("提示音未开，点这里打开")
    sound.get_by_role("button").click()
    expect(sound).to_have_attribute("data-state", "on")

    incident_id = raise_alert(served)
    expect(page.locator(".ringing")).to_contain_text("生命安全，还没有人签收")
    expect(sound).to_have_attribute("data-state", "ringing")
    expect(page).to_have_title("‼ 紧急 (1) 实时看板 · 护校安园")
    expect(sound).to_have_attribute("data-rung", re.compile("[2-9]"), timeout=10_000)
    page.keyboard.press("m")
    expect(sound).to_have_attribute("data-state", "muted")
    expect(page).to_have_title("(1) 实时看板 · 护校安园")
    sound.get_by_role("button").click()
    expect(sound).to_have_attribute("data-state", "ringing")

    pages.sign_in(phone.page, served.address, "zhenshui", PASSWORD)
    phone.page.locator(".thumb button").click()
    expect(page.locator(".ringing")).to_have_count(0)
    expect(sound).to_have_attribute("data-state", "on")
    assert len(steps_of(served, incident_id, "acknowledge")) == 1


def test_a_browser_that_was_let_sound_keeps_the_setting_and_says_that_it_is_locked(
    served: Served, desk: Watched
) -> None:
    page, sound = desk.page, desk.page.locator("#sound")
    pages.sign_in(page, served.address, "zhiban", PASSWORD)
    sound.get_by_role("button").click()
    expect(sound).to_have_attribute("data-state", "on")
    page.reload()
    expect(sound).to_have_attribute("data-state", re.compile("locked|on"))
    page.locator("h2, .nothing").first.click()  # any press lets the browser sound again
    expect(sound).to_have_attribute("data-state", "on")


def test_a_lost_line_is_said_and_what_was_missed_comes_after_it(
    served: Served, desk: Watched
) -> None:
    page = desk.page
    pages.sign_in(page, served.address, "zhiban", PASSWORD)
    page.context.set_offline(True)
    expect(page.locator("#lost")).to_contain_text("起连接中断，您看到的是旧的内容")
    incident_id = raise_alert(served)
    expect(pages.row(page, incident_id)).to_have_count(0)
    page.context.set_offline(False)
    expect(pages.row(page, incident_id)).to_be_visible(timeout=40_000)
    expect(page.locator("#lost")).to_be_hidden()
    desk.errors.clear()  # the browser says that requests failed while there was no network


def test_an_acknowledgement_without_a_network_waits_and_is_sent_once(
    served: Served, phone: Watched
) -> None:
    incident_id = raise_alert(served)
    page = phone.page
    pages.sign_in(page, served.address, "zhenshui", PASSWORD)
    thumb = page.locator(".thumb button")
    box = thumb.bounding_box()
    assert box
    assert box["height"] >= 56  # a thumb's
    assert box["y"] > PHONE["height"] / 2
    page.wait_for_load_state("load")  # the page's scripts are there
    page.context.set_offline(True)
    thumb.click()
    expect(thumb).to_have_text("未发出…")
    expect(page.locator("#presses")).to_contain_text("1 件签收尚未发出")
    pages.keep(page, "phone-not-sent-yet")
    assert steps_of(served, incident_id, "acknowledge") == []
    page.context.set_offline(False)
    expect(page.locator("#presses")).to_have_text("已签收", timeout=20_000)
    expect(page.locator(".need")).to_have_attribute("data-step", "dispose")
    assert len(steps_of(served, incident_id, "acknowledge")) == 1
    assert page.evaluate("localStorage.getItem('huxiao.presses')") == "[]"
    phone.errors.clear()


def test_a_press_that_comes_too_late_is_refused_in_words(served: Served, phone: Watched) -> None:
    incident_id = raise_alert(served)
    page = phone.page
    pages.sign_in(page, served.address, "zhenshui", PASSWORD)
    page.wait_for_load_state("load")  # the page's scripts are there
    page.context.set_offline(True)
    page.locator(".thumb button").click()
    expect(page.locator("#presses")).to_contain_text("尚未发出")
    with served.store.transaction() as connection:
        step(connection, TOWN, incident_id, Step.ACKNOWLEDGE, 1)
    page.context.set_offline(False)
    expect(page.locator("#presses")).to_contain_text(
        "没有签收成功：任务现为“已签收”", timeout=20_000
    )
    assert page.evaluate("localStorage.getItem('huxiao.presses')") == "[]"
    phone.errors.clear()


@pytest.fixture
def app(chromium: Browser, served: Served) -> Iterator[Page]:
    """The page kept on a phone: its worker has begun."""
    context = chromium.new_context(viewport=PHONE, locale="zh-CN")
    page = context.new_page()
    pages.sign_in(page, served.address, "zhenshui", PASSWORD)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    yield page
    context.close()


def test_without_a_network_the_app_says_so_and_has_kept_no_case(served: Served, app: Page) -> None:
    incident_id = raise_alert(served)
    app.goto(f"{served.address}/incidents/{incident_id}")
    assert app.evaluate("navigator.serviceWorker.controller !== null")
    app.context.set_offline(True)
    app.goto(served.address)
    expect(app.get_by_role("heading", name="没有网络")).to_be_visible()
    pages.keep(app, "phone-offline")
    kept = app.evaluate(
        """async () => {
          const names = [];
          for (const store of await caches.keys())
            for (const one of await (await caches.open(store)).keys())
              names.push(new URL(one.url).pathname);
          return names;
        }"""
    )
    assert kept
    assert [one for one in kept if one != "/offline" and not one.startswith("/static/")] == []
    app.context.set_offline(False)  # and by itself it goes where one wanted to go
    expect(app.locator("#board")).to_be_visible(timeout=20_000)


def a_large_photograph() -> bytes:
    out = BytesIO()
    Image.effect_noise((3000, 2000), 60).convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()


def test_a_photograph_is_made_smaller_and_goes_ahead_of_the_report(
    served: Served, phone: Watched
) -> None:
    incident_id = raise_alert(served)
    with served.store.transaction() as connection:
        for wanted in (Step.ACKNOWLEDGE, Step.DISPOSE):
            step(connection, TOWN, incident_id, wanted, 1)
        assert task_of(connection, incident_id, TOWN.unit_code)
    page = phone.page
    pages.sign_in(page, served.address, "zhenshui", PASSWORD)
    page.goto(f"{served.address}/incidents/{incident_id}")
    card = pages.task(page, TOWN.unit_code)
    expect(card.get_by_role("button", name="拍照")).to_be_visible()
    content = a_large_photograph()
    sent: list[int] = []
    page.on("request", lambda one: sent.append(len(one.post_data_buffer or b""))
            if one.url.endswith("/photos") else None)  # fmt: skip
    file = FilePayload(name="IMG_2031.jpg", mimeType="image/jpeg", buffer=content)
    field = card.locator("input[data-photos][data-ready]").first
    expect(field).to_be_attached()
    page.wait_for_load_state("networkidle")  # a part that is drawn anew just now has other fields
    field.set_input_files([file])
    expect(card.locator(".photo")).to_have_attribute("data-state", "sent", timeout=30_000)
    assert 0 < sent[0] < len(content) / 2
    card.get_by_label("说明").fill("两名学生已离开水边")
    card.get_by_role("button", name="反馈", exact=True).click()
    pages.stands(page, TOWN.unit_code, "reported")
    (report,) = steps_of(served, incident_id, "report_back")
    assert len(report["detail"]["report"]["photos"]) == 1  # type: ignore[index]
    expect(page.locator(".thumb-picture")).to_be_visible()


def test_a_photograph_chosen_before_the_scripts_are_there_goes_ahead_too(
    served: Served, phone: Watched
) -> None:
    incident_id = raise_alert(served)
    with served.store.transaction() as connection:
        for wanted in (Step.ACKNOWLEDGE, Step.DISPOSE):
            step(connection, TOWN, incident_id, wanted, 1)
    page = phone.page
    pages.sign_in(page, served.address, "zhenshui", PASSWORD)
    held: list[Route] = []
    page.route("**/photos.js*", lambda route: held.append(route))  # noqa: PLW0108 - it keeps a mark
    page.goto(f"{served.address}/incidents/{incident_id}", wait_until="commit")
    card = pages.task(page, TOWN.unit_code)
    file = FilePayload(name="IMG_2032.jpg", mimeType="image/jpeg", buffer=a_large_photograph())
    card.locator("input[data-photos]").first.set_input_files([file])
    assert not card.locator(".photo").count()
    held[0].continue_()
    expect(card.locator(".photo")).to_have_attribute("data-state", "sent", timeout=30_000)


def test_a_false_alarm_is_taken_back_at_once(served: Served, desk: Watched) -> None:
    incident_id = raise_alert(served)
    page = desk.page
    pages.sign_in(page, served.address, "zhiban", PASSWORD)
    page.goto(f"{served.address}/incidents/{incident_id}")
    card = pages.task(page, TOWN.unit_code)
    card.get_by_text("其他操作").click()
    card.get_by_label("说明").fill("水面反光")
    card.get_by_label("误报是什么").select_option("reflection")
    card.get_by_role("button", name="误报", exact=True).click()
    expect(page.locator("h1 .status")).to_have_text("已办结")
    page.locator(".said").get_by_role("button", name="撤销").click()
    expect(page.locator("h1 .status")).to_have_text("待签收")
    expect(page.locator('[data-event="undone"]').first).to_contain_text(DUTY.name)
