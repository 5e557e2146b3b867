"""The local page in a browser: a zone drawn by mouse, one by finger, an alarm by slide."""

import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.browser import pages
from tests.browser.local import PIN, SCHOOL_PIN, Local, local_page
from tests.browser.pages import Watched, watch
from tests.unit.edge.sending.sending_kit import a_body, stored

pytestmark = pytest.mark.stack

LAPTOP = ViewportSize(width=1280, height=800)
HAND = ViewportSize(width=390, height=844)
CORNERS = ((0.10, 0.10), (0.30, 0.10), (0.30, 0.35), (0.10, 0.35))


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Local]:
    with local_page(tmp_path) as served:
        yield served


@pytest.fixture
def laptop(chromium: Browser) -> Iterator[Watched]:
    yield from _opened(chromium, LAPTOP, is_hand=False)


@pytest.fixture
def hand(chromium: Browser) -> Iterator[Watched]:
    yield from _opened(chromium, HAND, is_hand=True)


def _opened(chromium: Browser, size: ViewportSize, *, is_hand: bool) -> Iterator[Watched]:
    context = chromium.new_context(
        viewport=size, has_touch=is_hand, is_mobile=is_hand, locale="zh-CN"
    )
    watched = watch(context.new_page())
    yield watched
    context.close()
    watched.assert_clean()


def enter(page: Page, local: Local, pin: str = PIN) -> None:
    page.goto(local.address)
    page.get_by_label("PIN").fill(pin)
    page.get_by_role("button", name="进入").click()
    expect(page.locator("#health")).to_be_visible()


def draw(page: Page, local: Local) -> Locator:
    page.goto(f"{local.address}/cameras")
    expect(page.locator("#veil")).to_be_hidden()
    expect(page.locator("#effect")).to_have_text("已生效")
    canvas = page.locator("#canvas")
    canvas.scroll_into_view_if_needed()
    return canvas


def place(canvas: Locator, at: tuple[float, float]) -> tuple[float, float]:
    box = canvas.bounding_box()
    assert box
    return box["x"] + at[0] * box["width"], box["y"] + at[1] * box["height"]


def zones(local: Local) -> dict[str, Any]:
    raw = tomllib.loads(local.config_file.read_text("utf-8"))["cameras"][0]
    return {zone["zone_id"]: zone for zone in raw.get("zones", [])}


def near(polygon: Any, corners: tuple[tuple[float, float], ...]) -> bool:
    return len(polygon) == len(corners) and all(
        abs(x - a) < 0.02 and abs(y - b) < 0.02
        for (x, y), (a, b) in zip(polygon, corners, strict=True)
    )


def fits(page: Page) -> None:
    size = page.viewport_size
    assert size
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_a_zone_drawn_by_mouse_is_in_the_file_and_takes_effect(
    local: Local, laptop: Watched
) -> None:
    page = laptop.page
    enter(page, local)
    canvas = draw(page, local)
    page.get_by_role("button", name="+ 区域").click()
    for corner in CORNERS:
        page.mouse.click(*place(canvas, corner))
    page.mouse.click(*place(canvas, CORNERS[0]))
    page.get_by_label("名称").fill("码头")
    page.get_by_label("允许停留（秒）").fill("5")
    page.get_by_role("button", name="保存到设备").click()
    expect(page.locator("#saved")).to_have_text("已生效")
    zone = zones(local)["码头"]
    assert near(zone["polygon"], CORNERS)
    assert zone["dwell_limit_s"] == 5.0
    assert "# the steps that go down to the water" in local.config_file.read_text("utf-8")
    page.get_by_role("button", name="岸线").click()
    pages.keep(page, "local-drawing")
    fits(page)


def test_corners_are_dragged_by_mouse_added_and_undone(local: Local, laptop: Watched) -> None:
    page = laptop.page
    enter(page, local)
    canvas = draw(page, local)
    page.get_by_role("button", name="台阶").click()
    start, end = place(canvas, (0.52, 0.55)), place(canvas, (0.40, 0.45))
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=4)
    page.mouse.up()
    page.mouse.move(*place(canvas, (0.60, 0.50)))  # the middle of the upper edge
    page.mouse.down()
    page.mouse.move(*place(canvas, (0.60, 0.30)), steps=4)
    page.mouse.up()
    page.get_by_role("button", name="撤销").click()
    page.get_by_role("button", name="重做").click()
    page.keyboard.press("Control+z")
    page.get_by_role("button", name="保存到设备").click()
    expect(page.locator("#saved")).to_have_text("已生效")
    polygon = zones(local)["台阶"]["polygon"]
    assert near(polygon, ((0.40, 0.45), (0.80, 0.55), (0.86, 0.92), (0.50, 0.92)))
    page.on("dialog", lambda dialog: dialog.accept())
    with page.expect_response("**/api/undo"):
        page.get_by_role("button", name="恢复上一版").click()
    expect(page.locator("#saved")).to_have_text("已生效")
    assert zones(local)["台阶"]["polygon"][0] == [0.52, 0.55]


def test_keys_alone_move_a_corner(local: Local, laptop: Watched) -> None:
    page = laptop.page
    enter(page, local)
    draw(page, local)
    page.get_by_role("button", name="台阶").press("Enter")
    page.locator("#canvas").focus()
    for key in ("Tab", "ArrowLeft", "ArrowLeft"):
        page.keyboard.press(key)
    page.get_by_role("button", name="保存到设备").press("Enter")
    expect(page.locator("#saved")).to_have_text("已生效")
    assert zones(local)["台阶"]["polygon"][0] == [0.51, 0.55]


def test_a_zone_drawn_by_finger_is_in_the_file(local: Local, hand: Watched) -> None:
    page = hand.page
    enter(page, local)
    pages.keep(page, "local-home-phone")
    fits(page)
    canvas = draw(page, local)
    page.get_by_role("button", name="+ 区域").tap()
    for corner in CORNERS:
        page.touchscreen.tap(*place(canvas, corner))
    page.get_by_role("button", name="完成").tap()
    drag_by_finger(page, place(canvas, CORNERS[0]), place(canvas, (0.02, 0.02)))
    page.get_by_role("button", name="保存到设备").tap()
    expect(page.locator("#saved")).to_have_text("已生效")
    polygon = zones(local)["zone-1"]["polygon"]
    assert polygon[0] == [0.0, 0.0], "near the picture's corner it goes into it"
    assert near(polygon, ((0.0, 0.0), *CORNERS[1:]))
    pages.keep(page, "local-drawing-phone")
    fits(page)


def drag_by_finger(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag slowly, by the stamps: a browser takes a quick one for a fling."""
    session = page.context.new_cdp_session(page)
    steps = 6
    began = time.time() - steps * 0.2
    for index in range(steps + 1):
        x, y = (
            s + (e - s) * min(index / (steps - 1), 1.0) for s, e in zip(start, end, strict=True)
        )
        kind = "touchMove" if index else "touchStart"
        touch = {"type": kind, "touchPoints": [{"x": x, "y": y}], "timestamp": began + index * 0.2}
        session.send("Input.dispatchTouchEvent", touch)
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_crossed_edges_cannot_be_saved_and_are_said(local: Local, laptop: Watched) -> None:
    page = laptop.page
    enter(page, local)
    canvas = draw(page, local)
    page.get_by_role("button", name="+ 区域").click()
    for corner in ((0.1, 0.1), (0.3, 0.3), (0.3, 0.1), (0.1, 0.3)):
        page.mouse.click(*place(canvas, corner))
    page.get_by_role("button", name="完成").click()
    expect(page.locator("#problem")).to_contain_text("边相交")
    expect(page.get_by_role("button", name="保存到设备")).to_be_disabled()
    page.get_by_role("button", name="撤销").click()


def test_a_slide_raises_an_alarm_and_shows_its_way(local: Local, hand: Watched) -> None:
    page = hand.page
    enter(page, local, SCHOOL_PIN)
    page.get_by_role("link", name="测试与报警").tap()
    slide = page.get_by_label("把滑块拖到最右边才报警")
    expect(slide).to_be_enabled()
    start, middle, end = (place(slide, (x, 0.5)) for x in (0.08, 0.60, 0.97))
    page.touchscreen.tap(*end)
    drag_by_finger(page, start, middle)
    expect(page.locator(".alarm .outcome")).to_contain_text("请从最左边")
    assert local.requests.pending() == [], "neither a tap at the end nor half a slide is an alarm"
    drag_by_finger(page, start, end)
    expect(page.locator(".alarm .outcome")).to_contain_text("已要求")
    [request] = local.requests.pending()
    assert (request.kind, request.by) == ("press", "page:school")
    alert = local.outbox.put(a_body(critical=True))
    local.requests.done(request.request_id, "已鸣笛", alert_id=alert.alert_id)
    way = page.locator(".alarm .journey li")
    expect(way.nth(0)).to_contain_text("等待中")
    local.outbox.sent([alert.seq])
    expect(way.nth(0)).to_contain_text("✓")
    receipt = stored(alert.seq).model_copy(update={"alert_id": alert.alert_id})
    local.outbox.settle(receipt)
    expect(way.nth(1)).to_contain_text("✓")
    local.outbox.settle(receipt.model_copy(update={"seqs": (), "status": "acknowledged"}))
    expect(way.nth(2)).to_contain_text("✓")
    pages.keep(page, "local-alarm-phone")
    fits(page)


def test_everything_fits_a_phone_in_both_languages_and_has_names(
    local: Local, hand: Watched
) -> None:
    page = hand.page
    enter(page, local)
    for language, tag in (("English", "en"), ("中文", "zh-Hans-CN")):
        for path in ("/", "/cameras", "/trials", "/suggestions", "/commissioning"):
            page.goto(f"{local.address}{path}")
            fits(page)
            assert page.evaluate(NAMELESS) == []
        page.get_by_role("button", name=language, exact=True).tap()
        expect(page.locator("html")).to_have_attribute("lang", tag)


NAMELESS = """() => [...document.querySelectorAll('button, input, select, a, canvas, img')]
  .filter((e) => e.type !== 'hidden' && !e.hidden)
  .filter((e) => !(e.textContent.trim() || e.ariaLabel || e.alt !== undefined && e.tagName === 'IMG'
    || (e.labels && e.labels.length) || e.getAttribute('aria-label')))
  .map((e) => e.outerHTML)"""


def test_the_commissioning_ends_in_a_report(local: Local, laptop: Watched) -> None:
    page = laptop.page
    enter(page, local)
    pages.keep(page, "local-home")
    page.get_by_role("link", name="验收").click()
    pages.keep(page, "local-commissioning")
    for number in range(page.locator(".steps > li").count()):
        step = page.locator(".steps > li").nth(number)
        step.get_by_label("确认人").fill("王宁")
        step.get_by_label("读数或说明").fill("12 lx" if number == 8 else "已试")
        step.get_by_role("button", name="合格", exact=True).click()
        expect(step.locator(".mark")).to_have_text("合格")
    page.get_by_role("button", name="签名并生成报告").click()
    expect(page.locator(".report h1")).to_contain_text("合格")
    pages.keep(page, "local-report", whole=True)
