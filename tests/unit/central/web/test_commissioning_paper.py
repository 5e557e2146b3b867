"""The commissioning report on paper, and the signed page beside it."""

import io
import json
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from PIL import Image

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.report_pictures import drawn
from central.adapters.store import commissioning
from central.adapters.store.engine import Store
from central.web.app import create_app
from contract.commissioning import CommissioningReport, SeenCamera
from tests.browser.served import settings, settle
from tests.unit.central.web.test_claims import SignIn


def jpeg(width: int = 320, height: int = 180) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (40, 90, 60)).save(out, "JPEG")
    return out.getvalue()


def body() -> str:
    step = {"camera_id": "", "at": "2026-11-30T02:00:00Z", "who": "李强", "result": "passed"}
    said = {
        "device_id": "water-001", "site_name": "月湖东岸", "release": "0.2.0",
        "at": datetime(2026, 11, 30, 3, tzinfo=UTC).isoformat(), "passed": True,
        "steps": [{**step, "step": "voice", "note": "北岸台阶也听得清"},
                  {**step, "step": "light", "note": "12 lx"},
                  {**step, "step": "button", "device_says": "演练已到平台，用时 1.2 秒"}],
        "cameras": [{"camera_id": "cam1", "jpeg": b64encode(jpeg()).decode(),
                     "zones": [{"name": "steps", "points": [[0.4, 0.6], [0.7, 0.6], [0.7, 1.0]]}],
                     "lines": [{"name": "bank", "points": [[0.8, 0.4], [0.8, 1.0]]}]}],
    }  # fmt: skip
    return CommissioningReport.model_validate(said).model_dump_json()


NAME = sha256(body().encode()).hexdigest()


@pytest.fixture
def app(store: Store, evidence: EvidenceFiles, clock: list[int]) -> APIFlask:
    settle(store)
    row = {"sha256": NAME, "device_id": "water-001", "at": 0, "received_at": 0, "passed": True,
           "is_trusted": True, "body": body()}  # fmt: skip
    with store.transaction() as connection:
        commissioning.keep(connection, row)
    made = create_app(store, settings(evidence, now_ms=lambda: clock[0], scans=evidence))
    made.config["WTF_CSRF_ENABLED"] = False
    return made


def send(client: FlaskClient, content: bytes) -> int:
    at = f"/devices/water-001/commissioning/{NAME}/scan"
    return client.post(at, data={"scan": (io.BytesIO(content), "page.jpg")}).status_code


def test_a_report_is_printed_with_its_pictures_and_room_to_sign(signed_in: SignIn) -> None:
    given = signed_in("guanli").get(f"/devices/water-001/commissioning/{NAME}.pdf")
    assert given.status_code == 200
    assert given.mimetype == "application/pdf"
    assert given.data.startswith(b"%PDF-")
    assert b"/Subtype /Image" in given.data or b"/Subtype/Image" in given.data


def test_zones_and_lines_are_on_the_picture() -> None:
    camera = SeenCamera.model_validate(json.loads(body())["cameras"][0])
    made = drawn(camera)
    assert made
    with Image.open(io.BytesIO(made)) as picture:
        red, _green, blue = picture.getpixel((int(0.55 * 319), int(0.6 * 179)))  # type: ignore[misc]
    assert red > 180 > blue
    assert drawn(camera.model_copy(update={"jpeg": "AAAA"})) is None


def test_the_signed_page_is_kept_beside_and_made_anew(signed_in: SignIn) -> None:
    admin = signed_in("guanli")
    assert send(admin, b"no picture") == 400
    assert send(admin, jpeg()) == 302
    assert "已签字" in admin.get("/devices/water-001/commissioning").text
    shown = admin.get(f"/devices/water-001/commissioning/{NAME}/scan.jpg")
    assert shown.mimetype == "image/jpeg"


def test_others_neither_print_nor_file(signed_in: SignIn) -> None:
    assert send(signed_in("zhiban"), jpeg()) == 403
    school = signed_in("anquan")
    assert school.get(f"/devices/water-001/commissioning/{NAME}.pdf").status_code == 403
    at = f"/devices/water-002/commissioning/{NAME}.pdf"
    assert signed_in("guanli").get(at).status_code == 404
