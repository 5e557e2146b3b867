"""Trying voice, siren, lamp and button; and the soft button, which is a real alarm."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, abort, render_template, request

from edge_agent.adapters.pins import PageRole
from edge_agent.page import door
from edge_agent.page.desk import desk
from edge_agent.page.languages import text as _
from edge_agent.page.script_words import trial_words
from edge_agent.ports import OutboxError

TRIALS = ("test_voice", "test_siren", "test_lamp", "drill", "press")

pages = Blueprint("trials", __name__)


@pages.get("/trials")
def trials() -> str:
    """Show what may be tried."""
    return render_template("trials.html", kinds=_allowed(), words=trial_words())


@pages.post("/api/trials")
def ask() -> tuple[dict[str, Any], int]:
    """Ask the button's process to try something."""
    asked = request.get_json()
    kind = asked.get("kind") if isinstance(asked, dict) else None
    if kind not in TRIALS:
        abort(400)
    role = door.my_role()
    if kind not in _allowed() or role is None:
        abort(403, _("这一项只供安装人员使用。"))
    try:
        return {"trial_id": desk().trials.ask(str(kind), f"page:{role.value}")}, 202
    except OutboxError as error:
        return {"error": str(error)}, 503


@pages.get("/api/trials/<trial_id>")
def follow(trial_id: str) -> tuple[dict[str, Any], int]:
    """Tell how far it has come."""
    try:
        trip = desk().trials.follow(trial_id)
    except OutboxError as error:
        return {"error": str(error)}, 503
    if trip is None:
        abort(404)
    return asdict(trip), 200


def _allowed() -> list[str]:
    if door.my_role() is PageRole.INSTALLER:
        return list(TRIALS)
    return [kind for kind in TRIALS if kind in door.SCHOOL_TRIALS]
