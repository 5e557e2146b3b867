"""A person's own page: language, and where they are signed in."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.exceptions import BadRequest, Forbidden, NotFound
from werkzeug.wrappers import Response

from central.adapters.store import audit, sign_ins
from central.adapters.store.sign_ins import Visitor
from central.web import here
from central.web.addresses import within
from central.web.languages import COOKIE, NAMES

YEAR_S = 365 * 24 * 3600

pages = Blueprint("account", __name__)


@pages.get("/account")
def account() -> str:
    """Show who one is here, and one's sign-ins."""
    me = _person()
    with here.store().reading() as connection:
        mine = sign_ins.of_user(connection, me.username, here.now_ms())
    return render_template("account.html", sign_ins=mine)


@pages.post("/account/sign-ins/<sign_in_id>/end")
def end(sign_in_id: str) -> Response:
    """End one of one's own sign-ins, on a lost phone for instance."""
    me = _person()
    with here.store().transaction() as connection:
        if not sign_ins.end(connection, me.username, sign_in_id):
            raise NotFound
        audit.append(connection, here.now_ms(), me.actor.actor_id, "sign_in.end", me.username)
    return redirect("/account")


@pages.post("/language")
def language() -> Response:
    """Keep the language wanted: on the account, or in a cookie before signing in."""
    wanted = request.form.get("language", "")
    if wanted not in NAMES:
        raise BadRequest
    me = here.visitor()
    if me and me.username:
        with here.store().transaction() as connection:
            sign_ins.set_locale(connection, me.username, wanted)
    answer = redirect(_back())
    answer.set_cookie(
        COOKIE, wanted, max_age=YEAR_S, httponly=True, samesite="Lax",
        secure=here.settings().secure_cookies,
    )  # fmt: skip
    return answer


def _back() -> str:
    """Give the page the button was on, by path only, so that nobody is sent elsewhere."""
    referrer = request.referrer or ""
    here_url = request.host_url
    is_ours = referrer.startswith(here_url)
    return within(referrer.removeprefix(here_url.rstrip("/"))) if is_ours else "/"


def _person() -> Visitor:
    me = here.visitor()
    if me is None or not me.username:
        raise Forbidden
    return me
