"""The devices: which are there, how they do in plain words, and what to do about it."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request
from werkzeug.exceptions import Forbidden, NotFound

from central.adapters.store import commissioning, fleet
from central.core.access import DRAWS_ZONES, FILES_REPORTS, SEES_DEVICES
from central.core.fleet import (
    TROUBLE_WORDS,
    Box,
    Health,
    Remark,
    Trouble,
    box_of,
    certificate_days,
    health_of,
    remarks,
)
from central.web import here

pages = Blueprint("devices", __name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """A device as its card shows it."""

    row: dict[str, Any]
    box: Box
    health: Health
    remarks: tuple[Remark, ...]
    certificate_days: int | None

    @property
    def troubles(self) -> frozenset[Trouble]:
        """Give what is wrong with it, by kind."""
        return frozenset(one.trouble for one in self.remarks)

    @property
    def rank(self) -> tuple[bool, bool, str]:
        """Order devices: what is urgent first, revoked ones last."""
        urgent = any(one.is_urgent for one in self.remarks)
        return self.box.is_revoked, not urgent, self.box.device_id


@pages.get("/devices")
def devices() -> str:
    """Show the devices as a whole page; `?show=camera` those with such a trouble."""
    return render_template("devices.html", **_seen())


@pages.get("/devices/part")
def part() -> str:
    """Show what changes about them."""
    return render_template("devices_part.html", **_seen())


@pages.get("/devices/<device_id>")
def device(device_id: str) -> str:
    """Show one device with all that is known of it."""
    return render_template("device.html", one=one_of(device_id), draws_zones=DRAWS_ZONES)


@pages.get("/devices/<device_id>/part")
def device_part(device_id: str) -> str:
    """Show what changes about it."""
    return render_template("device_part.html", one=one_of(device_id), draws_zones=DRAWS_ZONES)


@pages.get("/devices/<device_id>/commissioning")
def reports(device_id: str) -> str:
    """Show what was confirmed on the spot when a device was handed over."""
    must_see_devices()
    with here.store().reading() as connection:
        rows = commissioning.of_device(connection, device_id)
    if not rows:
        raise NotFound
    shown = [row | {"said": json.loads(row["body"])} for row in rows]
    may_file = here.settings().scans is not None and here.actor().role in FILES_REPORTS
    return render_template("commissioning.html", device_id=device_id, rows=shown, may_file=may_file)


def must_see_devices() -> None:
    """Refuse whoever has nothing to do with devices."""
    if here.actor().role not in SEES_DEVICES:
        raise Forbidden


def one_of(device_id: str) -> Shown:
    """Read one device for whoever asks."""
    must_see_devices()
    with here.store().reading() as connection:
        rows = fleet.boxes(connection, here.actor(), device_id)
    if not rows:
        raise NotFound
    return _shown(rows[0])


def _seen() -> dict[str, Any]:
    must_see_devices()
    wanted = request.args.get("show", "")
    with here.store().reading() as connection:
        rows = fleet.boxes(connection, here.actor())
    found = sorted((_shown(row) for row in rows), key=lambda one: one.rank)
    counts = Counter(trouble for one in found for trouble in one.troubles)
    known = wanted in set(Trouble)
    return {
        "all": found,
        "show": wanted if known else "",
        "boxes": [one for one in found if not known or wanted in one.troubles],
        "filters": [(one, TROUBLE_WORDS[one], counts[one]) for one in Trouble if counts[one]],
        "online": sum(one.box.is_online and not one.box.is_revoked for one in found),
        "in_use": sum(not one.box.is_revoked for one in found),
    }


def _shown(row: dict[str, Any]) -> Shown:
    box, now_ms = box_of(row), here.now_ms()
    return Shown(row, box, health_of(box, now_ms), remarks(box, now_ms),
                 certificate_days(box, now_ms))  # fmt: skip
