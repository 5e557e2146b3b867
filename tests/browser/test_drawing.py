"""Zones drawn in the district, on a picture that a device has sent."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import cv2
import pytest
from playwright.sync_api import expect
from sqlalchemy import insert, select

from central.adapters.clock import now_ms
from central.adapters.store import directory, drawings
from central.adapters.store.schema.fleet import DEVICE_DRAWING
from central.adapters.store.tables import ACCOUNT
from central.core.local_time import from_ms
from contract.drawing import Command
from contract.messages import CameraHealth, Heartbeat, Reported
from tests.browser import pages
from tests.browser.pages import Watched
from tests.browser.served import PASSWORD, Served, serving

pytestmark = pytest.mark.stack

PLAZA = Path(__file__).resolve().parents[1] / "media" / "plaza.mp4"
DIGEST = "0123456789abcdef"
DRAWN = {"zones": [{"was": 0, "zone_id": "edge", "dwell_limit_s": 8.0,
                    "polygon": [[0.42, 0.6], [0.74, 0.6], [0.74, 0.98], [0.42, 0.98]]}],
         "lines": [], "posts": [], "masks": []}  # fmt: skip
ROOM = "/devices/water-001/cameras/cam1"


@pytest.fixture
def district(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path, must_have_second=frozenset()) as running:
        with running.store.transaction() as connection:
            like = connection.execute(select(ACCOUNT).limit(1)).mappings().one()
            connection.execute(insert(ACCOUNT).values(
                dict(like) | {"username": "anzhuang", "name": "安装员 赵岩", "role": "installer"}
            ))  # fmt: skip
            camera = CameraHealth(camera_id="cam1", state="running", fps=9.5)
            beat = Heartbeat(device_id="water-001", boot_id="b", at=datetime.now(UTC), uptime_s=1,
                             outbox_depth=0, cameras=(camera,))  # fmt: skip
            said = Reported(device_id="water-001", boot_id="b", at=datetime.now(UTC), release="1",
                            cameras=("cam1",), config_digest=DIGEST)  # fmt: skip
            directory.change_device(
                connection, "water-001", is_online=True, availability_at=now_ms(),
                heartbeat_at=now_ms(), heartbeat=beat.model_dump(mode="json"),
                reported=said.model_dump(mode="json"),
            )  # fmt: skip
        yield running


def answer(served: Served) -> None:
    """Let the device answer what was asked."""
    recording = cv2.VideoCapture(str(PLAZA))
    recording.set(cv2.CAP_PROP_POS_FRAMES, 40)
    jpeg = bytes(cv2.imencode(".jpg", recording.read()[1])[1])
    with served.store.transaction() as connection:
        asked = drawings.last_asked(connection, "water-001", "cam1")
        assert asked is not None
        drawings.keep_answer(connection, asked["command_id"], answered_at=now_ms(), picture=jpeg,
                             drawing=DRAWN, revision=DIGEST)  # fmt: skip


def test_a_line_is_drawn_on_the_picture_that_was_asked_for_and_sent(
    district: Served, desk: Watched
) -> None:
    pages.sign_in(desk.page, district.address, "anzhuang", PASSWORD)
    desk.page.goto(f"{district.address}/devices/water-001")
    pages.keep(desk.page, "device")
    desk.page.get_by_role("link", name="在画面上画区域").click()
    desk.page.get_by_label("为什么需要截图").fill("水位上涨，重画警戒线")
    desk.page.get_by_role("button", name="请设备截图").click()
    expect(desk.page.get_by_text("已请设备截图，等它回应")).to_be_visible()
    answer(district)
    canvas = desk.page.locator("#canvas")
    expect(canvas).to_be_visible(timeout=10_000)  # by itself, once the picture is there
    expect(desk.page.locator("#items button")).to_have_text(["区域 edge · 8 秒"])
    desk.page.get_by_role("button", name="+ 警戒线").click()
    box = canvas.bounding_box()
    assert box is not None
    for x, y in ((0.3, 0.5), (0.35, 0.9)):
        canvas.click(position={"x": box["width"] * x, "y": box["height"] * y})
    desk.page.get_by_label("名称").fill("岸边")
    desk.page.keyboard.press("Tab")
    pages.keep(desk.page, "drawing")
    desk.page.get_by_role("button", name="下发到设备").click()
    expect(desk.page.get_by_text("已下发，等设备采用")).to_be_visible()
    with district.store.reading() as connection:
        (kept,) = connection.execute(select(DEVICE_DRAWING)).mappings().all()
    assert [line["line_id"] for line in kept["drawing"]["lines"]] == ["岸边"]
    assert kept["drawing"]["zones"] == DRAWN["zones"]
    assert kept["drawn_over"] == DIGEST


def test_the_picture_fits_a_phone(district: Served, phone: Watched) -> None:
    with district.store.transaction() as connection:
        at = from_ms(now_ms())
        command = Command(device_id="water-001", command_id="c-1", command="snapshot",
                          camera_id="cam1", at=at, expires_at=at)  # fmt: skip
        drawings.ask_picture(connection, command, "account:anzhuang", "重画")
    answer(district)
    pages.sign_in(phone.page, district.address, "anzhuang", PASSWORD)
    phone.page.goto(f"{district.address}{ROOM}")
    expect(phone.page.locator("#canvas")).to_be_visible()
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    pages.keep(phone.page, "drawing-phone")
