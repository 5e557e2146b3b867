"""A clip that comes later is there on the open page, and plays."""

import hashlib
import os
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select, update

from central.adapters.clock import now_ms
from central.adapters.store.tables import AUDIT, EVIDENCE
from central.incidents import take_alert
from contract.messages import EvidenceRef
from tests.browser import pages
from tests.browser.pages import Watched
from tests.browser.served import PASSWORD, Served
from tests.browser.test_pages import raise_with_picture
from tests.integration.case_district import an_alert
from tests.servers.mosquitto import wait_until

pytestmark = pytest.mark.stack

PLAZA = Path(__file__).resolve().parents[1] / "media" / "plaza.mp4"


def a_clip(folder: Path) -> bytes:
    """Give four seconds as a device encodes them."""
    clip = folder / "clip.mp4"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", PLAZA, "-t", "4", "-r", "5", "-vf", "scale=640:-2",
         "-c:v", "libx264", "-pix_fmt", "yuv420p", "-movflags", "+faststart", clip],
        check=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return clip.read_bytes()


def arrive(served: Served, seq: int, alert_id: str, content: bytes) -> str:
    """Let the device say that it has a clip of an alert, and let that arrive."""
    sha256 = hashlib.sha256(content).hexdigest()
    ref = EvidenceRef(sha256=sha256, media_type="video/mp4", size_bytes=len(content))
    at_ms = now_ms()
    update_of = an_alert(seq, at_ms, alert_id=alert_id, phase="update", evidence=(ref,))
    with served.store.transaction() as connection:
        take_alert(connection, update_of, at_ms)
    assert served.evidence.put(sha256, content)
    with served.store.transaction() as connection:
        arrived = update(EVIDENCE).where(EVIDENCE.c.sha256 == sha256)
        connection.execute(arrived.values(received_at=now_ms()))
    return sha256


def plays(page: Page) -> float:
    """Play the clip for a moment, and give how long it is."""
    page.evaluate("document.querySelector('video').muted = true")
    page.evaluate("document.querySelector('video').play()")
    wait_until(
        lambda: bool(page.evaluate(
            "(() => { const v = document.querySelector('video');"
            " return v.readyState >= 2 && v.currentTime > 0.3 && !v.error; })()"
        )), 20, "the clip to play",
    )  # fmt: skip
    return float(page.evaluate("document.querySelector('video').duration"))


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_clip_arrives_on_the_open_page_and_plays(
    served: Served, size: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    watched: Watched = request.getfixturevalue(size)
    incident_id = raise_with_picture(served)
    pages.sign_in(watched.page, served.address, "zhiban", PASSWORD)
    watched.page.goto(f"{served.address}/incidents/{incident_id}")
    expect(watched.page.locator(".evidence img")).to_have_count(1)
    watched.page.evaluate("window.stillHere = true")
    ranges: list[int] = []
    watched.page.on("response", lambda r: ranges.append(r.status) if "evidence" in r.url else None)
    sha256 = arrive(served, 2, "alert-water-001-1", a_clip(tmp_path))
    video = watched.page.locator("video")
    expect(video).to_be_visible(timeout=10_000)
    assert watched.page.evaluate("window.stillHere") is True
    assert "evidence" in str(video.get_attribute("poster"))
    assert 3.5 < plays(watched.page) < 4.5
    assert 206 in ranges
    if folder := os.environ.get("HUXIAO_PICTURES"):
        watched.page.screenshot(path=f"{folder}/clip-{size}.png", full_page=True)
    with served.store.reading() as connection:
        looks = select(func.count()).select_from(AUDIT)
        mine = looks.where(AUDIT.c.subject.contains(sha256[:12]))
        assert connection.execute(mine).scalar_one() == 1  # one look, however many ranges
