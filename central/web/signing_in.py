"""Signing in and out: a random secret in a cookie, its hash in the database."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from central.adapters.store import audit, sign_ins
from central.web import here
from central.web.door import COOKIE
from central.web.languages import text as _

SIGNED_IN_FOR_S = 12 * 3600  # one duty; ours
WITHIN_MS = 15 * 60 * 1000
MOST_WRONG = 5
MOST_WRONG_FROM_ADDRESS = 50  # a school's staff may share one address

pages = Blueprint("signing_in", __name__)

_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))
"""What an unknown name is compared with, so that it takes as long as a known one."""


@pages.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Response | tuple[str, int]:
    """Show the form, or let a person in."""
    wanted = _within(request.args.get("next", "/"))
    if request.method == "GET":
        if here.visitor():
            return redirect(wanted)
        return render_template("sign_in.html", wanted=wanted, error="", username=""), 200
    username = request.form.get("username", "").strip()
    address = request.remote_addr or ""
    if _is_throttled(username, address):
        error = _("错误次数过多,请 15 分钟后再试。")
        return render_template("sign_in.html", wanted=wanted, error=error, username=username), 429
    if not _is_right(username, request.form.get("password", "")):
        with here.store().transaction() as connection:
            sign_ins.fail(connection, username, address, here.now_ms())
        error = _("用户名或密码不正确。")
        return render_template("sign_in.html", wanted=wanted, error=error, username=username), 401
    return _let_in(username, address, wanted)


@pages.post("/sign-out")
def sign_out() -> Response:
    """End this sign-in."""
    found = here.visitor()
    if found:
        with here.store().transaction() as connection:
            sign_ins.end(connection, found.username, found.sign_in_id)
            now_ms = here.now_ms()
            audit.append(connection, now_ms, found.actor.actor_id, "sign_out", found.username)
    answer = redirect("/sign-in")
    answer.delete_cookie(COOKIE)
    answer.headers["Clear-Site-Data"] = '"cache"'  # no picture stays on a shared machine
    return answer


def _let_in(username: str, address: str, wanted: str) -> Response:
    secret, now_ms = secrets.token_urlsafe(32), here.now_ms()
    origin = sign_ins.From(request.user_agent.string, address)
    with here.store().transaction() as connection:
        until = now_ms + SIGNED_IN_FOR_S * 1000
        sign_ins.start(connection, secret, username, now_ms, until, origin)
        sign_ins.forgive(connection, username, address, now_ms - WITHIN_MS)
        audit.append(connection, now_ms, f"account:{username}", "sign_in", username,
                     {"address": address})  # fmt: skip
    answer = redirect(wanted)
    answer.set_cookie(
        COOKIE, secret, max_age=SIGNED_IN_FOR_S, httponly=True, samesite="Lax",
        secure=here.settings().secure_cookies,
    )  # fmt: skip
    return answer


def _is_throttled(username: str, address: str) -> bool:
    with here.store().reading() as connection:
        since = here.now_ms() - WITHIN_MS
        named, from_here = sign_ins.failures(connection, username, address, since)
    return named >= MOST_WRONG or from_here >= MOST_WRONG_FROM_ADDRESS


def _is_right(username: str, password: str) -> bool:
    with here.store().reading() as connection:
        account = sign_ins.account(connection, username)
    try:
        _HASHER.verify(account.password_hash if account else _NOBODY, password)
    except (Argon2Error, InvalidHashError):
        return False
    return account is not None


def _within(address: str) -> str:
    """Give an address on these pages, whatever was asked for."""
    is_ours = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if is_ours else "/"
