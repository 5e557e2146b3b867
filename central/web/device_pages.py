"""The devices: which are there, and how they do."""

from typing import Any

from flask import Blueprint, render_template
from werkzeug.exceptions import Forbidden

from central.adapters.store import figures
from central.web import here
from central.web.showing import SEES_DEVICES

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
    return {"rows": [row | {"health": health_of(row, here.now_ms())} for row in rows]}


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
