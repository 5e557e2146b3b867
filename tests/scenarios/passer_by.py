"""Somebody at a school's gate with a phone: the QR code's form, without a sign-in."""

import json
import re
import time
from io import BytesIO

import httpx
from PIL import Image

from tests.scenarios.stage import Stage
from tests.servers.mosquitto import wait_until

READS_S = 3.5
"""So long does a person need for the form; who is faster is taken for a program."""


def a_photo(shade: int = 120) -> bytes:
    """Give a picture as a phone takes it."""
    out = BytesIO()
    Image.new("RGB", (320, 240), (shade, 140, 90)).save(out, "JPEG")
    return out.getvalue()


def reports(stage: Stage, site_id: str, topic: str, words: str) -> str:
    """Fill in the form of a place and give the receipt code."""
    with httpx.Client(base_url=stage.address, timeout=20) as phone:
        page = phone.get(f"/r/{site_id}").text
        began = time.monotonic()
        ticket = re.search(r'name="ticket" value="([^"]+)"', page)
        assert ticket, page
        wait_until(lambda: time.monotonic() - began > READS_S, 20, "the form to be read")
        form = {"topic": topic, "words": words, "ticket": ticket[1]}
        files = {"photos": ("a.jpg", a_photo(), "image/jpeg")}
        answer = phone.post(f"/r/{site_id}", data=form, files=files)
    code = re.search(r'class="code" translate="no">(\w{4}) (\w{4})<', answer.text)
    assert code, answer.text
    return code[1] + code[2]


def stands(stage: Stage, receipt: str) -> str:
    """Give the page on which a receipt says where the matter stands."""
    return httpx.post(f"{stage.address}/r/status", data={"receipt": receipt}, timeout=20).text


def why(refused: str) -> str:
    """Give what an API's problem says."""
    return str(json.loads(refused)["detail"])


def brings(stage: Stage, username: str, incident_id: str, shade: int = 60) -> str:
    """Let somebody bring a photograph to a case."""
    client = stage[username].client
    answer = client.post(
        f"incidents/{incident_id}/photos", content=a_photo(shade),
        headers={"Content-Type": "image/jpeg"},
    )  # fmt: skip
    assert answer.is_success, answer.text
    return str(answer.json()["sha256"])
