"""The devices: which are there, and how they do."""

import json
from typing import Any

from flask import Blueprint, render_template
from werkzeug.exceptions import Forbidden, NotFound

from central.adapters.store import commissioning, figures
from central.core.access import SEES_DEVICES
from central.web import here

_BAD = frozenset({"failed", "stalled"})
SILENT_AFTER_MS = 3 * 60 * 1000  # three heartbeats

pages = Blueprint("devices", __name__)


@pages.get("/devices")
def devices() -> str:
    """Show the devices as a whole page."""
    return render_template("devices.html", **_seen())


@pages.get("/devices/part")
def part() -> str:
    """Show what changes about them."""
    return render_template("devices_part.html", **_seen())


def _seen() -> dict[str, Any]:
    if here.actor().role not in SEES_DEVICES:
        raise Forbidden
    with here.store().reading() as connection:
        rows = figures.devices(connection)
        reports = commissioning.newest(connection, [row["device_id"] for row in rows])
    now_ms = here.now_ms()
    return {
        "rows": [
            row | {"health": health_of(row, now_ms), "report": reports.get(row["device_id"])}
            for row in rows
        ]
    }


@pages.get("/devices/<device_id>/commissioning")
def reports(device_id: str) -> str:
    """Show what was confirmed on the spot when a device was handed over."""
    if here.actor().role not in SEES_DEVICES:
        raise Forbidden
    with here.store().reading() as connection:
        rows = commissioning.of_device(connection, device_id)
    if not rows:
        raise NotFound
    shown = [row | {"said": json.loads(row["body"])} for row in rows]
    return render_template("commissioning.html", device_id=device_id, rows=shown)


def health_of(row: dict[str, Any], now_ms: int) -> str:
    """Say how a device does in one word: what is worst about it."""
    if row["is_revoked"]:
        return "revoked"
    if not row["is_online"]:
        return "offline" if row["availability_at"] else "never"
    if row["heartbeat_at"] is None or now_ms - row["heartbeat_at"] > SILENT_AFTER_MS:
        return "silent"
    cameras = (row["heartbeat"] or {}).get("cameras", [])
    if any(camera["state"] in _BAD or camera.get("faults") for camera in cameras):
        return "camera"
    return "well"
