"""The devices' pages say in words what is wrong and what to do, and show it by what is wrong."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import update

from central.adapters.store.engine import Store
from central.adapters.store.tables import DEVICE
from central.core.fleet import DAY_MS
from central.silences import EVERY_MS, GRACE_MS, Silences
from contract.messages import CameraHealth, Heartbeat
from tests.integration.case_district import MINUTE, NOON

SignedIn = Callable[[str], FlaskClient]
BLIND = CameraHealth(
    camera_id="cam1", state="running", fps=9.5, faults=("covered",), blind_zones=("edge",)
)


@pytest.fixture
def fleet(app: APIFlask, store: Store) -> Store:
    assert app
    change(store, "water-001", certificate_expires_at=NOON + 12 * DAY_MS, cameras=(BLIND,))
    change(store, "water-002")
    return store


def change(
    store: Store, device_id: str, *, cameras: tuple[CameraHealth, ...] = (), **values: Any
) -> None:
    said = Heartbeat(device_id=device_id, boot_id="b", at=datetime(2026, 11, 23, tzinfo=UTC),
                     uptime_s=1, outbox_depth=0, cameras=cameras)  # fmt: skip
    seen = {"is_online": True, "availability_at": NOON, "heartbeat_at": NOON,
            "heartbeat": said.model_dump(mode="json")}  # fmt: skip
    changed = update(DEVICE).where(DEVICE.c.device_id == device_id)
    with store.transaction() as connection:
        connection.execute(changed.values(**seen | values))


def test_what_is_wrong_is_said_with_what_to_do(fleet: Store, signed_in: SignedIn) -> None:
    assert fleet
    page = signed_in("zhiban").get("/devices").text
    assert "镜头被遮挡" in page
    assert "看不见区域 edge" in page
    assert "证书还有 12 天到期" in page
    assert "擦净镜头" in page
    assert page.index('data-device="water-001"') < page.index('data-device="water-002"')


def test_filters_are_links_with_counts_and_show_those_devices_only(
    fleet: Store, signed_in: SignedIn
) -> None:
    assert fleet
    client = signed_in("zhiban")
    assert 'href="/devices?show=blind"' in client.get("/devices").text
    blind = client.get("/devices?show=blind").text
    assert 'data-device="water-001"' in blind
    assert 'data-device="water-002"' not in blind
    assert 'data-device="water-002"' in client.get("/devices?show=nonsense").text


def test_one_device_has_a_page_of_its_own(fleet: Store, signed_in: SignedIn) -> None:
    assert fleet
    client = signed_in("zhiban")
    page = client.get("/devices/water-001").text
    assert "现在怎样，该做什么" in page
    assert "还有 12 天" in page
    assert "一切正常" not in page
    assert client.get("/devices/nothing-there").status_code == 404


def test_a_silent_device_leads_to_its_case(fleet: Store, signed_in: SignedIn) -> None:
    watch = Silences(fleet, None, 15 * MINUTE)
    watch.look(NOON - GRACE_MS - EVERY_MS)
    change(fleet, "water-002", heartbeat_at=NOON - 20 * MINUTE, availability_at=NOON - 30 * MINUTE)
    assert watch.look(NOON) == 1
    page = signed_in("zhiban").get("/devices/water-002").text
    assert "已立案：设备失联" in page
    assert "没有心跳" in page


def test_whoever_has_nothing_to_do_with_devices_sees_none(
    fleet: Store, signed_in: SignedIn
) -> None:
    assert fleet
    client = signed_in("zhenshui")
    for path in ("/devices", "/devices/part", "/devices/water-001", "/devices/water-001/part"):
        assert client.get(path).status_code == 403
