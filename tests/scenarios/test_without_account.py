"""A water warden without an account: told by short message, acts from a phone through its link."""

import io
import json
import re

import httpx
import pytest
from PIL import Image

from tests.scenarios.stage import Stage
from tests.servers.mosquitto import wait_until

pytestmark = [pytest.mark.stack, pytest.mark.timeout(180)]

PHONE = "13900000042"
TOKEN = re.compile(r"\b([a-z2-7]{26})\b")


def a_photo() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(made, "JPEG")
    return made.getvalue()


def test_who_has_no_account_acts_by_the_link_in_a_short_message(stage: Stage) -> None:
    words = ("contact", "add", "--name", "赵大山", "--role", "water_warden", "--unit",
             "town:yuelin", "--phone", PHONE, "--json")  # fmt: skip
    contact = json.loads(stage.district.central(*words))["contact_id"]
    pond = stage.box("water-001")
    incident = pond.incident_of(pond.sees("drowning_risk", "overstay", zone_id="edge", people=1))
    number = stage["zhiban"].case(incident)["number"]

    found = TOKEN.search(stage.told("sms", PHONE, number, "岳林街道月湖"))
    assert found
    page = f"{stage.address}/t/{found[1]}"

    with httpx.Client(timeout=20, trust_env=False) as phone:
        shown = phone.get(page)
        assert number in shown.text
        assert stage["zhenshui"].task(incident)["status"] == "dispatched"
        for step, form in (
            ("acknowledge", {}),
            ("dispose", {"note": "已到场劝离"}),
            ("report_back", {"note": "孩子已离开水边，家长已到"}),
        ):
            photo = {"photos": ("shore.jpg", a_photo(), "image/jpeg")}
            files = photo if step == "report_back" else None
            answer = phone.post(f"{page}/steps", data={"step": step, **form}, files=files)
            assert answer.status_code == httpx.codes.SEE_OTHER, answer.text

        case = stage["zhiban"].case(incident)
        mine = [line for line in case["timeline"] if line["actor"] == f"contact:{contact}"]
        assert [line["event"] for line in mine if line["event"] != "evidence"] == [
            "acknowledge", "dispose", "report_back",
        ]  # fmt: skip
        assert {line["actor_name"] for line in mine} == {"赵大山"}

        stage["anquan"].does_its_part(incident, "已联系家长，已开展安全教育")
        stage["zhiban"].checks_and_closes(incident, "town:yuelin", "school:shiyan")
        over = phone.get(page)
        assert over.status_code == httpx.codes.GONE
        assert "任务已办结" in over.text

    wait_until(lambda: pond.hears(incident) == "closed", 20, f"the end: {pond.receipts}")
    stage.district.central("contact", "remove", contact)
    assert PHONE not in stage.district.central("contact", "list")
