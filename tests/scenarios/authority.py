"""The lawful authority of the stories: it signs what it asks for, and its platform reports hits."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from contract.signing import make_signing_key, signed, signing_key_of
from tests.scenarios.people import Someone

KEY = make_signing_key()
PLATFORM = "33028300005030000001"
CAMERA = "33028300001320000017"
PASSWORD = "a password of the police's platform"  # noqa: S105 - opens a test's door
CATEGORY = "C3"

SETTINGS = f"""
[dispositions]
categories = ["{CATEGORY}"]

[[dispositions.authorities]]
name = "fenju"
signing_key = "{b64encode(signing_key_of(KEY)).decode()}"

[viid]
server_id = "33028300005030000099"
username = "fenju"
password = "{PASSWORD}"
platforms = ["{PLATFORM}"]
[viid.cameras]
{CAMERA} = "shiyan-gate"
"""


def asks(police: Someone, disposition_id: str, action: str, **changes: Any) -> dict[str, Any]:
    """Hand a signed disposition over; give the answer."""
    now = datetime.now(UTC)
    order = {
        "authority": "fenju", "disposition_id": disposition_id, "action": action,
        "urgency": "critical", "approver": "何军", "legal_basis": "分局〔2026〕18号",
        "issued_at": now.isoformat(), "expires_at": (now + timedelta(days=30)).isoformat(),
        "category": CATEGORY, "schools": ["school:shiyan"],
    }  # fmt: skip
    body = signed(order | changes, KEY, "disposition")
    answer = police.client.post(
        "dispositions", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.is_success, answer.text
    return dict(answer.json())


class Platform:
    """The police's own platform, which speaks GA/T 1400 over HTTP digest."""

    def __init__(self, address: str) -> None:
        self.client = httpx.Client(
            base_url=address, auth=httpx.DigestAuth("fenju", PASSWORD), timeout=20,
            headers={"User-Identify": PLATFORM, "Content-Type": "application/VIID+JSON"},
        )  # fmt: skip

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.client.post(path, content=json.dumps(body))
        assert answer.is_success, answer.text
        return dict(answer.json())

    def registers(self) -> None:
        said = self.post("/VIID/System/Register", {"RegisterObject": {"DeviceID": PLATFORM}})
        assert said["ResponseStatusObject"]["StatusCode"] == 0

    def hits(self, notification_id: str, disposition_id: str) -> dict[str, Any]:
        """Report a hit, with all that a platform sends along; give its status."""
        at = datetime.now(UTC) + timedelta(hours=8)
        hit = {
            "NotificationID": notification_id, "DispositionID": disposition_id,
            "Title": "重点人员张三", "TriggerTime": at.strftime("%Y%m%d%H%M%S"),
            "PersonObject": {"DeviceID": CAMERA, "Name": "张三"},
        }  # fmt: skip
        body = {"DispositionNotificationListObject": {"DispositionNotificationObject": [hit]}}
        said = self.post("/VIID/DispositionNotifications", body)
        return dict(said["ResponseStatusListObject"]["ResponseStatusObject"][0])
