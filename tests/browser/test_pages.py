"""What people at the district see and do, in a real browser."""

import hashlib
import os
from pathlib import Path
from time import monotonic

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from central.adapters.clock import now_ms
from central.adapters.store.tables import EVIDENCE
from central.incidents import take_alert
from contract.messages import EvidenceRef
from tests.browser import pages
from tests.browser.pages import Watched
from tests.browser.served import PASSWORD, Served
from tests.integration.case_district import an_alert

pytestmark = pytest.mark.stack

PICTURE = Path(__file__).resolve().parents[2] / "tests" / "media" / "warned.jpg"
TOWN, SCHOOL = "town:yuelin", "school:shiyan"


def raise_alert(served: Served, seq: int = 1, **changes: object) -> str:
    with served.store.transaction() as connection:
        return take_alert(connection, an_alert(seq, now_ms(), **changes), now_ms()).incident_id


def picture(page: Page, name: str) -> None:
    """Keep what is on the screen, where asked for."""
    if folder := os.environ.get("HUXIAO_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=False)


def test_an_incident_appears_on_the_board_without_a_reload(served: Served, desk: Watched) -> None:
    pages.sign_in(desk.page, served.address, "zhiban", PASSWORD)
    expect(desk.page.get_by_text("没有未办结的事件")).to_be_visible()
    desk.page.evaluate("window.stillHere = true")
    began = monotonic()
    incident_id = raise_alert(served)
    expect(pages.row(desk.page, incident_id)).to_be_visible()
    print(f"\nrow after {(monotonic() - began) * 1000:.0f} ms")  # noqa: T201
    assert desk.page.evaluate("window.stillHere") is True
    expect(desk.page).to_have_title("(1) 实时看板 · 护校安园")
