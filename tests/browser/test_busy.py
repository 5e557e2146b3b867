"""A district on a busy afternoon: that it can be read at a desk, on a phone, by night."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from central.adapters.clock import now_ms
from central.adapters.store import directory
from central.adapters.store.engine import Store
from central.core.people import Actor
from central.deadlines import sweep
from central.incidents import Step, take_alert, take_step
from contract.messages import CameraHealth, Heartbeat
from tests.browser import pages
from tests.browser.pages import Watched
from tests.browser.served import PASSWORD, Served
from tests.integration.case_district import (
    DUTY,
    MINUTE,
    SCHOOL,
    TOWN,
    an_alert,
    task_of,
)

pytestmark = pytest.mark.stack

BUSY: tuple[tuple[int, dict[str, object]], ...] = (
    (95, {"zone_id": "north-bank"}),
    (61, {"zone_id": "steps", "kind": "line_crossed", "severity": "critical"}),
    (34, {"device_id": "water-002", "zone_id": "dam"}),
    (12, {"device_id": "bare-1", "zone_id": "edge"}),
    (2, {"zone_id": "pier", "people": 1}),
    (0, {"zone_id": "steps", "kind": "line_crossed", "severity": "critical"}),
)
LOOP = (Step.ACKNOWLEDGE, Step.DISPOSE, Step.REPORT_BACK)
WIDE_PX = 390


def step(store: Store, who: Actor, incident_id: str, unit: str, wanted: Step, at: int) -> None:
    with store.transaction() as connection:
        task_id = task_of(connection, incident_id, unit)
        take_step(connection, who, incident_id, task_id, wanted, at, note="已到现场，学生已离开")


def a_busy_district(served: Served) -> list[str]:
    ids = []
    for seq, (minutes, changes) in enumerate(BUSY, start=1):
        at = now_ms() - minutes * MINUTE
        with served.store.transaction() as connection:
            ids.append(take_alert(connection, an_alert(seq, at, **changes), at).incident_id)
    first, second, third = ids[:3]
    for one, steps in ((first, LOOP), (second, LOOP[:2]), (third, LOOP[:1])):
        for wanted in steps:
            step(served.store, TOWN, one, "town:yuelin", wanted, now_ms() - 30 * MINUTE)
    for wanted in LOOP:
        step(served.store, SCHOOL, first, "school:shiyan", wanted, now_ms() - 29 * MINUTE)
    step(served.store, SCHOOL, second, "school:shiyan", Step.ACKNOWLEDGE, now_ms() - 20 * MINUTE)
    step(served.store, DUTY, first, "town:yuelin", Step.VERIFY, now_ms() - MINUTE)
    sweep(served.store, now_ms())
    return ids


def there(served: Served, device_id: str, state: str) -> None:
    """Let a device have told how it does."""
    running = state == "running"
    camera = {"camera_id": "cam1", "state": state, "fps": 9.8 if running else 0,
              "detail": "" if running else "no frame for 42 s"}  # fmt: skip
    cameras = (CameraHealth.model_validate(camera),)
    beat = Heartbeat(device_id=device_id, boot_id="boot-1", at=datetime.now(UTC), uptime_s=86400,
                     cameras=cameras, temperature_c=54, disk_free_bytes=21_474_836_480,
                     outbox_depth=0)  # fmt: skip
    with served.store.transaction() as connection:
        directory.change_device(
            connection, device_id, is_online=True, availability_at=now_ms(), heartbeat_at=now_ms(),
            heartbeat=beat.model_dump(mode="json"),
        )  # fmt: skip


def fits(page: Page) -> None:
    """Hold that nothing sticks out sideways."""
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDE_PX


def test_a_busy_board_can_be_read(served: Served, desk: Watched) -> None:
    ids = a_busy_district(served)
    there(served, "water-001", "running")
    there(served, "water-002", "stalled")
    pages.sign_in(desk.page, served.address, "zhiban", PASSWORD)
    expect(desk.page.locator("#board tbody tr")).to_have_count(len(BUSY))
    expect(desk.page.locator("#board tbody tr").first).to_have_class(
        "row severity-warning is-overdue"
    )
    pages.keep(desk.page, "board-busy")
    desk.page.emulate_media(color_scheme="dark")
    pages.keep(desk.page, "board-dark")
    desk.page.goto(f"{served.address}/incidents/{ids[1]}")
    pages.keep(desk.page, "incident-dark", whole=True)
    desk.page.emulate_media(color_scheme="light")
    desk.page.goto(f"{served.address}/devices")
    expect(desk.page.locator('[data-health="camera"]')).to_have_count(1)
    expect(desk.page.locator('[data-health="never"]')).to_have_count(1)
    pages.keep(desk.page, "devices-health")


def test_everything_fits_a_phone(served: Served, phone: Watched) -> None:
    ids = a_busy_district(served)
    phone.page.goto(f"{served.address}/sign-in")
    pages.keep(phone.page, "sign-in-phone")
    fits(phone.page)
    pages.sign_in(phone.page, served.address, "zhiban", PASSWORD)
    pages.keep(phone.page, "board-phone")
    for path in ("/", f"/incidents/{ids[1]}", "/devices", "/account"):
        phone.page.goto(f"{served.address}{path}")
        fits(phone.page)
    phone.page.get_by_role("button", name="English").click()
    for path in ("/", f"/incidents/{ids[1]}", "/devices", "/account"):
        phone.page.goto(f"{served.address}{path}")
        fits(phone.page)
