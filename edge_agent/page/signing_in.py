"""In by PIN, out by a button."""

import math

from flask import Blueprint, redirect, render_template, request, session
from werkzeug.wrappers import Response

from edge_agent.page import door
from edge_agent.page.desk import desk
from edge_agent.page.languages import text as _

TOO_MANY = 429

pages = Blueprint("signing_in", __name__)


@pages.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Response | str | tuple[str, int]:
    """Ask for the PIN; the role follows from it."""
    if not desk().pins.roles():
        return render_template("no_pin.html")
    if request.method == "GET":
        return redirect("/") if door.my_role() else _asked("")
    role = desk().doorkeeper.role_of(request.form.get("pin", ""))
    if role is not None:
        door.begin(role)
        return redirect("/")
    wait_s = math.ceil(desk().doorkeeper.wait_s())
    if wait_s:
        return _asked(_("输错次数太多，请等 {seconds} 秒再试。", seconds=wait_s)), TOO_MANY
    return _asked(_("PIN 不对。")), 403


@pages.post("/sign-out")
def sign_out() -> Response:
    """Go."""
    session.clear()
    return redirect("/sign-in")


def _asked(error: str) -> str:
    return render_template("sign_in.html", error=error)
