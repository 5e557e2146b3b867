"""The map in a real browser: drawn from its own file, the table beside it says the same."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from central.adapters.clock import now_ms
from central.adapters.maps.building import Telling, Wanted, build
from central.adapters.store import directory, geography
from central.adapters.store.tables import DEVICE, SITE
from central.incidents import take_alert
from contract.messages import CameraHealth, Heartbeat
from scripts.demonstration import landscape
from tests.browser import pages
from tests.browser.pages import Watched
from tests.browser.served import PASSWORD, Served, serving
from tests.integration.case_district import HOUR, add_site, an_alert

pytestmark = pytest.mark.stack

GATES = {"shiyan-gate": (-315.0, 380.0), "dongxi-gate": (3760.0, 1110.0), "wangka": (300.0, 700.0)}


@pytest.fixture(scope="session")
def base_map(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("map")
    landscape.write(folder / "district.geojson")
    out = folder / "base.pmtiles"
    build(Wanted([folder / "district.geojson"], out, credit="自绘示范地图"), Telling())
    return out


@pytest.fixture
def mapped(tmp_path: Path, base_map: Path) -> Iterator[Served]:
    with serving(tmp_path, base_map=base_map) as running:
        furnish(running)
        yield running


def furnish(served: Served) -> None:
    relations = {"town": "town:yuelin", "school": "school:shiyan", "station": "station:yuelin"}
    with served.store.transaction() as connection:
        names = {"shiyan-gate": "实验小学正门", "dongxi-gate": "东溪小学正门", "wangka": "星空网吧"}
        for site_id, (x, y) in GATES.items():
            add_site(connection, site_id, names[site_id], relations)
            kind = "venue" if site_id == "wangka" else "gate"
            connection.execute(update(SITE).where(SITE.c.site_id == site_id).values(kind=kind))
            lon, lat = landscape.place(x, y)
            geography.put_point(connection, site_id, lat, lon)
        lon, lat = landscape.place(*landscape.POND)
        geography.put_point(connection, "yuehu", lat, lon)
        yard = [(one[0], one[1]) for one in landscape.school_boundary()]
        geography.put_boundary(connection, "school:shiyan", yard, 0)
        directory.add_device(connection, {"device_id": "gate-001", "site_id": "shiyan-gate",
                                          "profile": "gate", "created_at": 0})  # fmt: skip
    for seq in range(1, 6):
        raise_alert(served, seq, zone_id=f"z{seq}", ago_ms=seq * HOUR)
    raise_alert(served, 1, device_id="gate-001", scenario="campus_four_100",
                kind="button_pressed", severity="critical", zone_id=None)  # fmt: skip
    beat(served, "water-001", CameraHealth(camera_id="cam1", state="running", fps=9.5))
    beat(served, "gate-001", CameraHealth(camera_id="cam1", state="running", fps=9.5,
                                          faults=("covered",), blind_zones=("gate",)))  # fmt: skip


def raise_alert(served: Served, seq: int, ago_ms: int = 0, **changes: object) -> str:
    at_ms = now_ms() - ago_ms
    with served.store.transaction() as connection:
        return take_alert(connection, an_alert(seq, at_ms, **changes), at_ms).incident_id


def beat(served: Served, device_id: str, camera: CameraHealth) -> None:
    said = Heartbeat(device_id=device_id, boot_id="b", at=datetime.now(UTC), uptime_s=1,
                     outbox_depth=0, cameras=(camera,))  # fmt: skip
    changed = update(DEVICE).where(DEVICE.c.device_id == device_id)
    with served.store.transaction() as connection:
        connection.execute(changed.values(
            is_online=True, availability_at=now_ms(), heartbeat_at=now_ms(),
            heartbeat=said.model_dump(mode="json"),
        ))  # fmt: skip


ALL_LOADED = """() => {
  const all = [...document.querySelectorAll('#map canvas.leaflet-tile')];
  return all.length > 0 && all.every((one) => one.classList.contains('leaflet-tile-loaded'));
}"""


def drawn(page: Page) -> None:
    """Wait until tiles of the base map are on the screen, and none is still on its way."""
    page.wait_for_function(ALL_LOADED)
    page.wait_for_timeout(400)  # the last labels are laid out over neighbours


def test_places_cases_and_rings_stand_on_the_district_s_own_map(
    mapped: Served, desk: Watched
) -> None:
    pages.sign_in(desk.page, mapped.address, "zhiban", PASSWORD)
    desk.page.goto(f"{mapped.address}/map?layers=devices,hot_spots,incidents,schools,sites")
    drawn(desk.page)
    expect(desk.page.locator(".mark-critical")).to_have_count(1)
    expect(desk.page.locator("path.school-ring")).to_have_count(1)
    expect(desk.page.locator("path.hot-spot")).to_have_count(1)
    pages.keep(desk.page, "map")
    desk.page.locator("#place-yuehu").get_by_role("button", name="在地图上看").click()
    expect(desk.page.locator(".leaflet-popup").get_by_role("link", name="高德地图")).to_be_visible()
    drawn(desk.page)
    pages.keep(desk.page, "map-place")


def test_a_new_case_appears_on_the_open_map_without_a_reload(mapped: Served, desk: Watched) -> None:
    pages.sign_in(desk.page, mapped.address, "zhiban", PASSWORD)
    desk.page.goto(f"{mapped.address}/map")
    drawn(desk.page)
    marks = desk.page.locator(".mark-count", has_text="6")
    expect(marks).to_have_count(0)
    desk.page.get_by_role("checkbox", name="学校边界和100米范围").uncheck()
    expect(desk.page.locator("path.school-ring")).to_have_count(0)
    raise_alert(mapped, 9, zone_id="z9")
    expect(marks).to_have_count(1)


def test_layers_are_switched_by_keyboard_and_kept_in_the_address(
    mapped: Served, desk: Watched
) -> None:
    pages.sign_in(desk.page, mapped.address, "zhiban", PASSWORD)
    desk.page.goto(f"{mapped.address}/map")
    drawn(desk.page)
    desk.page.get_by_role("checkbox", name="未办结事件").focus()
    desk.page.keyboard.press("Space")
    expect(desk.page.locator(".mark-critical")).to_have_count(0)
    expect(desk.page.locator("#map-list a[href^='/incidents/']")).to_have_count(0)
    assert "layers=devices%2Cschools%2Csites" in desk.page.url
    desk.page.reload()
    expect(desk.page.get_by_role("checkbox", name="未办结事件")).not_to_be_checked()
    marker = desk.page.locator(".leaflet-marker-icon").first
    marker.focus()
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator(".leaflet-popup")).to_be_visible()


def test_the_map_fits_a_phone_and_goes_dark(mapped: Served, phone: Watched) -> None:
    pages.sign_in(phone.page, mapped.address, "zhenshui", PASSWORD)
    phone.page.goto(f"{mapped.address}/map")
    drawn(phone.page)
    width = phone.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    pages.keep(phone.page, "map-phone")
    phone.page.emulate_media(color_scheme="dark")
    phone.page.wait_for_timeout(300)
    drawn(phone.page)
    pages.keep(phone.page, "map-phone-dark")
