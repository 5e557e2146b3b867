"""Zones that the district draws for a camera: a picture on request, the drawing sent down."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from pydantic import ValidationError
from sqlalchemy import Connection
from uuid_utils import uuid7
from werkzeug.exceptions import Forbidden, NotFound
from werkzeug.wrappers import Response

from central.adapters.store import audit, drawings
from central.core.access import DRAWS_ZONES
from central.core.drawings import state_of, undoing
from central.core.local_time import from_ms
from central.web import here, saying
from central.web.device_pages import Shown, one_of
from central.web.drawing_words import editor_words
from central.web.languages import text as _
from contract import zone_editor
from contract.drawing import CameraDrawing, Command

LASTS_MS = 10 * 60 * 1000
"""How long a device may take to answer; one that comes later is not asked any more."""
LEAST_REASON, MOST_REASON = 4, 200
MOST_CAMERA = 64
MOST_DRAWING = 120_000

pages = Blueprint(
    "drawings", __name__, static_folder=zone_editor.FOLDER, static_url_path="/static/drawing"
)
ROOM = "/devices/<device_id>/cameras/<camera_id>"


@pages.get(ROOM)
def camera(device_id: str, camera_id: str) -> str:
    """Show the last picture of a camera with what is drawn on it."""
    return render_template(
        "drawing.html", **_seen(device_id, camera_id), words=editor_words(),
        least=LEAST_REASON, most=MOST_REASON,
    )  # fmt: skip


@pages.get(f"{ROOM}/state")
def state(device_id: str, camera_id: str) -> str:
    """Show what has become of picture and drawing."""
    return render_template("drawing_state.html", **_seen(device_id, camera_id))


@pages.post(f"{ROOM}/picture")
def ask(device_id: str, camera_id: str) -> Response:
    """Ask the device for a picture, with a reason."""
    _allowed(device_id, camera_id)
    reason, who, now_ms = request.form.get("reason", "").strip(), here.actor(), here.now_ms()
    if not LEAST_REASON <= len(reason) <= MOST_REASON:
        saying.say_error(_("请说明为什么需要截图（%(least)s 至 %(most)s 个字）。",
                           least=LEAST_REASON, most=MOST_REASON))  # fmt: skip
        return _back(device_id, camera_id)
    at = from_ms(now_ms)
    command = Command(
        device_id=device_id, command_id=str(uuid7()), command="snapshot", camera_id=camera_id,
        at=at, expires_at=at + timedelta(milliseconds=LASTS_MS),
    )  # fmt: skip
    with here.store().transaction() as connection:
        drawings.ask_picture(connection, command, who.actor_id, reason)
        _noted(connection, "device.picture", device_id, camera_id, reason=reason)
    return _back(device_id, camera_id)


@pages.get("/devices/<device_id>/pictures/<command_id>")
def picture(device_id: str, command_id: str) -> Response:
    """Give a picture that was asked for; each look is kept."""
    _may_draw()
    with here.store().transaction() as connection:
        content = drawings.picture(connection, device_id, command_id)
        if content is None:
            raise NotFound
        audit.append(connection, here.now_ms(), here.actor().actor_id, "look.device_picture",
                     f"device:{device_id}", {"command": command_id})  # fmt: skip
    return Response(content, mimetype="image/jpeg")


@pages.post(f"{ROOM}/drawing")
def save(device_id: str, camera_id: str) -> Response:
    """Send a drawing down, over the picture that it was drawn on."""
    _allowed(device_id, camera_id)
    with here.store().reading() as connection:
        shown = drawings.last_picture(connection, device_id, camera_id)
    if shown is None or shown["command_id"] != request.form.get("command"):
        saying.say_error(_("截图已换，请在新截图上再画。"))
        return _back(device_id, camera_id)
    try:
        drawn = CameraDrawing.model_validate_json(request.form.get("drawing", "")[:MOST_DRAWING])
    except ValidationError:
        saying.say_error(_("没有保存：画得不对，请检查名称和各个角。"))
        return _back(device_id, camera_id)
    _put(device_id, camera_id, shown["revision"], drawn, shown["drawing"])
    saying.say_done(_("已下发，设备采用后这里会显示“已生效”。"))
    return _back(device_id, camera_id)


@pages.post(f"{ROOM}/undo")
def undo(device_id: str, camera_id: str) -> Response:
    """Send down what was drawn before the last drawing in force."""
    one = _allowed(device_id, camera_id)
    with here.store().reading() as connection:
        last = drawings.last_drawing(connection, device_id, camera_id)
    over = one.box.reported.config_digest if one.box.reported else None
    if last is None or last["taken_at"] is None or over is None:
        saying.say_error(_("没有可撤销的版本。"))
        return _back(device_id, camera_id)
    before, drawn = (CameraDrawing.model_validate(last[key]) for key in ("before", "drawing"))
    back = undoing(before, drawn)
    _put(device_id, camera_id, over, back, last["drawing"], undoes=last["revision"])
    saying.say_done(_("已下发上一版，设备采用后这里会显示“已生效”。"))
    return _back(device_id, camera_id)


def _put(
    device_id: str, camera_id: str, over: str, drawn: CameraDrawing, before: Mapping[str, Any],
    undoes: int | None = None,
) -> None:  # fmt: skip
    wanted = {"device_id": device_id, "camera_id": camera_id, "over": over, "drawing": drawn,
              "before": CameraDrawing.model_validate(before)}  # fmt: skip
    who, now_ms = here.actor().actor_id, here.now_ms()
    with here.store().transaction() as connection:
        revision = drawings.put_drawing(connection, wanted, who, now_ms, undoes)
        action = "device.drawing" if undoes is None else "device.drawing.undo"
        _noted(connection, action, device_id, camera_id, revision=revision)


def _seen(device_id: str, camera_id: str) -> dict[str, Any]:
    one = _allowed(device_id, camera_id)
    with here.store().reading() as connection:
        shown = drawings.last_picture(connection, device_id, camera_id)
        asked = drawings.last_asked(connection, device_id, camera_id)
        last = drawings.last_drawing(connection, device_id, camera_id)
    digest = one.box.reported.config_digest if one.box.reported else None
    is_waiting = asked is not None and asked["answered_at"] is None
    return {
        "one": one,
        "camera_id": camera_id,
        "shown": shown,
        "asked": asked,
        "is_waiting": is_waiting and asked["expires_at"] > here.now_ms(),  # type: ignore[index]
        "last": last,
        "stands": state_of(last["taken_at"], last["refused"]) if last else None,
        "is_stale": bool(shown and digest and shown["revision"] != digest),
    }


def _allowed(device_id: str, camera_id: str) -> Shown:
    """Give the device of a camera, to whoever may draw on it."""
    _may_draw()
    one = one_of(device_id)
    cameras = {camera.camera_id for camera in one.box.cameras}
    cameras |= set(one.box.reported.cameras) if one.box.reported else set()
    if camera_id not in cameras or len(camera_id) > MOST_CAMERA:
        raise NotFound
    return one


def _may_draw() -> None:
    if here.actor().role not in DRAWS_ZONES:
        raise Forbidden


def _noted(
    connection: Connection, action: str, device_id: str, camera_id: str, **detail: Any
) -> None:
    audit.append(connection, here.now_ms(), here.actor().actor_id, action, f"device:{device_id}",
                 {"camera": camera_id, **detail})  # fmt: skip


def _back(device_id: str, camera_id: str) -> Response:
    return redirect(url_for("drawings.camera", device_id=device_id, camera_id=camera_id))
