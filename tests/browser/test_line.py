"""The line as a visitor sees it: real frames, real broker, real pages, until it is closed."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from scripts.demonstration.district import DEVICE_ID, PEOPLE
from scripts.demonstration.line import Line, Wishes, running
from scripts.demonstration.story import receipts
from tests.browser.pages import Watched, keep, sign_in, stands, take, watch
from tests.browser.screens import DESK, PHONE
from tests.servers.mosquitto import wait_until

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]

DUTY, TOWN, SCHOOL = PEOPLE


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    wishes = Wishes(tmp_path / "demo", port=0, headless=True)
    wishes.data.mkdir()
    with running(wishes, lambda _text: None) as up:
        yield up


def opened(chromium: Browser, line: Line, username: str, size: ViewportSize) -> Watched:
    context = chromium.new_context(viewport=size, locale="zh-CN")
    watched = watch(context.new_page())
    sign_in(watched.page, line.address, username, line.district.passwords[username])
    return watched


def test_a_person_by_the_water_is_warned_and_the_case_is_seen_through_to_its_close(
    line: Line, chromium: Browser
) -> None:
    duty = opened(chromium, line, DUTY.username, DESK)
    rows = duty.page.locator("[id^=incident-]")
    expect(rows.first).to_be_visible(timeout=90_000)  # it came by itself: nothing was reloaded
    expect(rows).to_have_count(2, timeout=60_000)
    keep(duty.page, "board")
    assert any(line.said.glob("*.wav"))
    row_id = rows.last.get_attribute("id") or ""
    address = f"{line.address}/incidents/{row_id.removeprefix('incident-')}"

    duty.page.goto(address)
    evidence = duty.page.locator("img[src*='evidence']").first
    expect(evidence).to_be_visible(timeout=30_000)
    wait_until(
        lambda: bool(evidence.evaluate("image => image.naturalWidth > 0")), 30, "the picture"
    )
    keep(duty.page, "incident")

    watched = [duty]
    for person, size in ((TOWN, PHONE), (SCHOOL, PHONE)):
        theirs = opened(chromium, line, person.username, size)
        watched.append(theirs)
        theirs.page.goto(address)
        take(theirs.page, person.unit, "签收")
        stands(theirs.page, person.unit, "acknowledged")
        keep(theirs.page, f"phone-{person.username}")
        take(theirs.page, person.unit, "处置", "已到现场劝离")
        stands(theirs.page, person.unit, "disposed")
        take(theirs.page, person.unit, "反馈", "孩子已离开水边，已通知家长")
        stands(theirs.page, person.unit, "reported")

    for step, status in (("核查", "verified"), ("办结", "closed")):
        for person in (TOWN, SCHOOL):
            stands(duty.page, person.unit, {"verified": "reported", "closed": "verified"}[status])
            take(duty.page, person.unit, step)
            stands(duty.page, person.unit, status)
    keep(duty.page, "closed")

    incident_id = row_id.removeprefix("incident-")
    wait_until(lambda: "closed" in receipts(line.outbox, incident_id), 30, "the device's receipt")
    duty.page.goto(f"{line.address}/devices")
    expect(duty.page.get_by_text(DEVICE_ID).first).to_be_visible()
    keep(duty.page, "devices")
    for one in watched:
        one.assert_clean()
        one.page.context.close()
    if folder := os.environ.get("HUXIAO_PICTURES"):
        pictures = (line.district.data / "evidence").glob("??/*")
        newest = max(pictures, key=lambda path: path.stat().st_mtime)
        shutil.copyfile(newest, Path(folder) / "warned.jpg")
