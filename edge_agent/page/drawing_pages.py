"""The live picture, and what is drawn on it."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, abort, render_template, request
from pydantic import ValidationError
from werkzeug.wrappers import Response

from contract import zone_editor
from edge_agent.adapters.drawings import DrawingError, StaleError
from edge_agent.config import CameraConfig, ConfigError
from edge_agent.page.desk import desk
from edge_agent.page.drawn_json import DrawnOnPage, as_json, is_in_effect
from edge_agent.page.languages import text as _
from edge_agent.page.script_words import editor_words

pages = Blueprint(
    "drawings", __name__, static_folder=zone_editor.FOLDER, static_url_path="/static/drawing"
)

Answer = tuple[dict[str, Any], int]


@pages.get("/cameras")
def cameras() -> str:
    """Show the first camera, or that there is none."""
    found = desk().drawings.config().cameras
    return _page(found[0]) if found else render_template("no_camera.html")


@pages.get("/cameras/<path:camera_id>")
def camera(camera_id: str) -> str:
    """Show one camera."""
    return _page(_camera(camera_id))


@pages.get("/api/cameras/<path:camera_id>/drawing")
def drawing(camera_id: str) -> dict[str, Any]:
    """Give what is drawn, and the revision of the file that says so."""
    revision = desk().drawings.revision()
    return {
        **as_json(_camera(camera_id)),
        "revision": revision,
        "has_before": desk().drawings.has_before(),
    }


@pages.put("/api/cameras/<path:camera_id>/drawing")
def save(camera_id: str) -> Answer:
    """Write what was drawn into the config."""
    try:
        drawn = DrawnOnPage.model_validate(request.get_json())
    except ValidationError as error:
        return {"error": str(error)}, 400
    return _changed(lambda: desk().drawings.save(camera_id, drawn.drawing(), drawn.revision))


@pages.post("/api/undo")
def undo() -> Answer:
    """Go back to the version before."""
    return _changed(desk().drawings.undo)


@pages.get("/api/cameras/<path:camera_id>/live")
def live(camera_id: str) -> dict[str, Any]:
    """Give what the watch says of the newest picture, and ask it for the next."""
    shown = _camera(camera_id)
    try:
        desk().live.want(camera_id)
    except OSError as error:
        said = _("实时画面目录无法写入：{why}", why=str(error.strerror or error))
        return {"fresh": False, "error": said}
    found = desk().live.look(camera_id)
    if found is None:
        return {"fresh": False}
    return {
        "fresh": found.is_fresh,
        "age_s": round(found.age_s, 1),
        "state": found.state,
        "in_effect": is_in_effect(shown, found.state),
    }


@pages.get("/api/cameras/<path:camera_id>/live.jpg")
def picture(camera_id: str) -> Response:
    """Give the newest picture."""
    content = desk().live.picture(_camera(camera_id).camera_id)
    if content is None:
        abort(404)
    return Response(content, mimetype="image/jpeg")


def _page(shown: CameraConfig) -> str:
    return render_template(
        "camera.html",
        camera=shown,
        cameras=desk().drawings.config().cameras,
        words=editor_words(),
    )


def _camera(camera_id: str) -> CameraConfig:
    found = {one.camera_id: one for one in desk().drawings.config().cameras}
    return found[camera_id] if camera_id in found else abort(404)


def _changed(change: Callable[[], str]) -> Answer:
    try:
        return {"revision": change(), "has_before": desk().drawings.has_before()}, 200
    except StaleError as error:
        return {"error": str(error)}, 409
    except ConfigError as error:
        return {"error": _("没有保存：画得不对。"), "problems": _problems(error)}, 422
    except DrawingError as error:
        return {"error": str(error)}, 500


def _problems(error: ConfigError) -> list[Mapping[str, str]]:
    return [{"key": one.key, "text": one.in_words()} for one in error.problems]
