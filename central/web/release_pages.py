"""The devices' software: which releases there are, how far each has gone out, and stop."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.exceptions import BadRequest, Forbidden, NotFound, ServiceUnavailable
from werkzeug.wrappers import Response

from central.adapters.rolling import Rolling
from central.adapters.store import directory, figures, releases
from central.adapters.store.tables import DEVICE
from central.core.access import ROLLS_OUT, SEES_DEVICES
from central.core.refusals import CaseError
from central.core.rollouts import FAILED, MOST_FAILURES
from central.web import here
from central.web.languages import say
from central.web.languages import text as _
from central.web.saying import say_done

HOUR_MS = 3600 * 1000
LIMITS = {"canaries": (1, 50), "share": (0, 100), "soak_hours": (0, 720), "most_failures": (0, 100)}

pages = Blueprint("releases", __name__)

MOVED: dict[str, tuple[str, str]] = {
    "pause": ("更新已暂停。", "The roll-out is paused."),
    "resume": ("更新已继续。", "The roll-out goes on."),
    "take-back": (
        "更新已收回，设备陆续退回上一版本。",
        "Taken back; the devices return one by one.",
    ),
}


@pages.get("/releases")
def whole() -> str:
    """Show releases and roll-outs."""
    return render_template("releases.html", **_seen())


@pages.get("/releases/part")
def part() -> str:
    """Show what changes about them."""
    return render_template("releases_part.html", **_seen())


@pages.post("/releases/start")
def start() -> Response | tuple[str, int]:
    """Begin a roll-out."""
    form, how = request.form, _numbers()
    chosen = form.getlist("device_id")
    with here.store().reading() as connection:
        rows = directory.rows(connection, DEVICE, "device_id")
    profile = form.get("profile", "")
    everybody = [row["device_id"] for row in rows if profile in {"", row["profile"]}]
    try:
        _rolling().start(form.get("version", ""), chosen or everybody, here.actor().actor_id,
                         here.now_ms(), **how)  # fmt: skip
    except CaseError as error:
        return _refused(error)
    say_done(_("更新已开始，进度见下方。"))
    return redirect("/releases")


@pages.post("/releases/<rollout_id>/<move>")
def post_move(rollout_id: str, move: str) -> Response | tuple[str, int]:
    """Pause, resume or take back a roll-out."""
    rolling = _rolling()
    moves = {"pause": rolling.pause, "resume": rolling.resume, "take-back": rolling.take_back}
    if move not in moves:
        raise NotFound
    try:
        moves[move](rollout_id, here.actor().actor_id, here.now_ms())
    except CaseError as error:
        return _refused(error)
    say_done(say(MOVED[move]))
    return redirect("/releases")


def _numbers() -> dict[str, int]:
    given = {}
    for name, (least, most) in LIMITS.items():
        try:
            given[name] = int(request.form.get(name, ""))
        except ValueError:
            raise BadRequest from None
        if not least <= given[name] <= most:
            raise BadRequest
    return {"canaries": given["canaries"], "share": given["share"],
            "soak_ms": given["soak_hours"] * HOUR_MS,
            "most_failures": given["most_failures"]}  # fmt: skip


def _refused(error: CaseError) -> tuple[str, int]:
    said = say((error.message_zh, error.message_en))
    return render_template("releases.html", **_seen(), error=said), 409


def _rolling() -> Rolling:
    if here.actor().role not in ROLLS_OUT:
        raise Forbidden
    rolling = here.settings().rolling
    if rolling is None:
        raise ServiceUnavailable
    return rolling


def _seen() -> dict[str, Any]:
    who = here.actor()
    if who.role not in SEES_DEVICES:
        raise Forbidden
    with here.store().reading() as connection:
        found = releases.rollouts(connection)
        rollouts = [row | {"devices": releases.shown(connection, row["rollout_id"])}
                    for row in found]  # fmt: skip
        kept = releases.listed(connection)
        devices = figures.devices(connection)
    running: dict[str, int] = {}
    for one in devices:
        version = (one["reported"] or {}).get("release", "")
        running[version] = running.get(version, 0) + 1
    return {"releases": kept, "rollouts": rollouts, "failed": FAILED, "devices": devices,
            "running": sorted(running.items(), reverse=True),
            "most_failures": MOST_FAILURES, "may": who.role in ROLLS_OUT}  # fmt: skip
