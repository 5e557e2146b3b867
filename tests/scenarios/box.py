"""A device as the broker meets it: its certificate, its topics, its numbers."""

import hashlib
import json
import ssl
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, MQTTMessage, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion
from uuid_utils import uuid7

from contract.messages import Alert, EvidenceRef
from contract.topics import Up, all_down, up

AGAIN_S = 3.0
MOST_TRIES = 12


@dataclass
class Box:
    """One device: what it says is published under its own certificate."""

    device_id: str
    bundle: Path
    port: int
    receipts: list[dict[str, Any]] = field(default_factory=list)
    seq: int = 0

    def __post_init__(self) -> None:
        self._here = threading.Event()
        self._client = Client(CallbackAPIVersion.VERSION2, self.device_id, protocol=MQTTv5)
        context = ssl.create_default_context(cafile=str(self.bundle / "ca.crt"))
        context.load_cert_chain(self.bundle / "device.crt", self.bundle / "device.key")
        context.check_hostname = False
        self._client.tls_set_context(context)
        self._client.on_connect = self._connected
        self._client.on_subscribe = self._subscribed
        self._client.on_message = self._heard

    def plug_in(self) -> None:
        """Connect."""
        self._client.connect("127.0.0.1", self.port)
        self._client.loop_start()
        assert self._here.wait(20), f"{self.device_id} found no broker"

    def pull(self) -> None:
        """Disconnect."""
        self._client.disconnect()
        self._client.loop_stop()

    def sees(self, scenario: str, kind: str, **more: Any) -> Alert:
        """Send an alert of now, again and again until its receipt comes, as a device does."""
        self.seq += 1
        fields: dict[str, Any] = {
            "alert_id": str(uuid7()),
            "device_id": self.device_id,
            "boot_id": "boot-1",
            "seq": self.seq,
            "scenario": scenario,
            "kind": kind,
            "severity": "warning",
            "occurred_at": datetime.now(UTC) + timedelta(seconds=more.pop("later_s", 0)),
            "camera_id": "cam1",
        }
        alert = Alert(**fields | more)
        body = alert.model_dump_json().encode()
        for _ in range(MOST_TRIES):
            self._publish(up(self.device_id, Up.ALERT), body)
            if self._is_kept(alert):
                return alert
        msg = f"no receipt for alert {alert.seq} of {self.device_id}"
        raise AssertionError(msg)

    def says(self, topic: str, body: Any) -> None:
        """Send anything else under this device's own topics."""
        self._publish(f"huxiao/v1/{self.device_id}/up/{topic}", json.dumps(body).encode())

    def shows(self, picture: bytes, media_type: str = "image/jpeg") -> EvidenceRef:
        """Send a picture; give how an alert names it."""
        sha256 = hashlib.sha256(picture).hexdigest()
        self._publish(up(self.device_id, Up.EVIDENCE, sha256), picture)
        return EvidenceRef(sha256=sha256, media_type=media_type, size_bytes=len(picture))  # type: ignore[arg-type]

    def receipt_of(self, alert: Alert) -> dict[str, Any] | None:
        """Give the last receipt for an alert, once there is one."""
        mine = [r for r in self.receipts if alert.seq in r["seqs"]]
        return mine[-1] if mine else None

    def hears(self, incident_id: str) -> str:
        """Give the status that this device last heard of an incident."""
        mine = [r["status"] for r in self.receipts if r.get("incident_id") == incident_id]
        return str(mine[-1]) if mine else ""

    def incident_of(self, alert: Alert) -> str:
        """Give the incident that an alert became, by its receipt."""
        receipt = self.receipt_of(alert)
        assert receipt is not None
        return str(receipt["incident_id"])

    def _is_kept(self, alert: Alert) -> bool:
        until = time.monotonic() + AGAIN_S
        while not self.receipt_of(alert) and time.monotonic() < until:
            time.sleep(0.02)
        return self.receipt_of(alert) is not None

    def _publish(self, topic: str, payload: bytes) -> None:
        self._client.publish(topic, payload, qos=1).wait_for_publish(20)

    def _connected(self, client: Client, *_: Any) -> None:
        client.subscribe(all_down(self.device_id), 1)

    def _subscribed(self, *_: Any) -> None:
        self._here.set()

    def _heard(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        if message.topic.endswith("/receipt"):
            self.receipts.append(json.loads(message.payload))
