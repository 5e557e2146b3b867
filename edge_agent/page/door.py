"""The door: every request needs a PIN's session, and the role that its endpoint asks for."""

import time
from typing import Any

from flask import Flask, abort, g, redirect, render_template, request, session
from werkzeug.wrappers import Response

from edge_agent.adapters.pins import PageRole
from edge_agent.page.desk import desk
from edge_agent.page.languages import text as _

FILES = frozenset({"static", "drawings.static"})
OPEN_TO_ALL = FILES | {"signing_in.sign_in", "languages.language"}
FOR_SCHOOL = frozenset(
    {
        "home.home",
        "home.part",
        "home.findings",
        "trials.trials",
        "trials.ask",
        "trials.follow",
        "signing_in.sign_out",
    }
)
"""What the school may use; everything else is the installer's. A test holds both to the routes."""

SCHOOL_TRIALS = frozenset({"press", "drill", "test_voice"})
SEEN_EVERY_S = 30.0
CLOCK_STEP_S = 60.0  # the clock may be set back a little while somebody is signed in

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def guard(app: Flask) -> None:
    """Put the door before every route of an app, and the headers on every answer."""
    app.before_request(_let_in)
    app.after_request(_dress)
    app.jinja_env.globals["my_role"] = my_role


def my_role() -> PageRole | None:
    """Tell as whom this request came."""
    role: PageRole | None = g.get("role")
    return role


def _let_in() -> Response | str | None:
    g.role = None if request.endpoint in FILES else _known()
    if request.endpoint is None or request.endpoint in OPEN_TO_ALL:
        return None
    if not desk().pins.roles():
        return render_template("no_pin.html")
    if g.role is None:
        if request.path.startswith("/api/"):
            abort(401)
        return redirect("/sign-in")
    if g.role is PageRole.SCHOOL and request.endpoint not in FOR_SCHOOL:
        abort(403, _("这一页只供安装人员使用。"))
    return None


def begin(role: PageRole) -> None:
    """Begin a session, in a cookie that only this page's own requests carry."""
    session.clear()
    session.update(role=role.value, mark=desk().pins.mark(role), seen=time.time())


def _known() -> PageRole | None:
    kept: dict[str, Any] = dict(session)
    try:
        role = PageRole(kept.get("role", ""))
        idle_s = time.time() - float(kept["seen"])
    except (KeyError, TypeError, ValueError):
        return None
    if kept.get("mark") != desk().pins.mark(role) or not -CLOCK_STEP_S <= idle_s <= desk().idle_s:
        session.clear()
        return None
    is_watching = request.path.startswith("/api/") and request.method == "GET"
    if idle_s > SEEN_EVERY_S and not is_watching:  # an open page alone keeps nobody signed in
        session["seen"] = time.time()
    return role


def _dress(answer: Response) -> Response:
    for name, value in ALWAYS.items():
        answer.headers.setdefault(name, value)
    if request.endpoint in FILES:
        answer.headers["Cache-Control"] = "no-cache"
    else:
        answer.headers.setdefault("Cache-Control", "no-store")
    return answer
