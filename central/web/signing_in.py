"""Signing in and out: a random secret in a cookie, its hash in the database."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from central.adapters.store import account_mails, audit, factors, sign_ins
from central.adapters.store.account_mails import Mail
from central.adapters.store.attempts import Attempt
from central.core.sign_in_policy import MOST_WRONG, WITHIN_MS
from central.web import codes, entering, here
from central.web.addresses import within
from central.web.door import COOKIE
from central.web.entering import Tries, let_in
from central.web.languages import text as _

TOO_OFTEN = 429

pages = Blueprint("signing_in", __name__)

_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))
"""What an unknown name is compared with, so that it takes as long as a known one."""


@pages.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Response | tuple[str, int]:
    """Show the form, or let a person in, or on to their second factor."""
    wanted = within(request.args.get("next", "/"))
    if request.method == "GET":
        if here.visitor():
            return redirect(wanted)
        return _form(wanted, "", 200)
    username = request.form.get("username", "").strip()
    tries = Tries.at_password(username)
    if not tries.begin():
        return _form(wanted, _("错误次数过多，请 15 分钟后再试。"), TOO_OFTEN)
    if not is_right(username, request.form.get("password", "")):
        return _form(wanted, _("用户名或密码不正确。"), 401)
    with here.store().transaction() as connection:
        tries.were_right(connection)
    return on(username, "password", wanted)


def on(username: str, how: str, wanted: str) -> Response:
    """Let a person in who needs no more, or ask for the second factor that they have."""
    with here.store().reading() as connection:
        has_second = factors.of(connection, username).has_any
    if not has_second:
        return let_in(username, how, wanted)
    answer = redirect("/sign-in/second")
    asked = Attempt("second", username, {"wanted": wanted, "how": how})
    return answer if entering.attempt(answer, asked) else redirect("/sign-in")


@pages.route("/sign-in/second", methods=["GET", "POST"])
def second() -> Response | tuple[str, int]:
    """Ask for the second factor of whoever has just proved the first."""
    asked = entering.waiting("second")
    if asked is None or asked.username is None:
        return redirect("/sign-in")
    if request.method == "GET":
        return _second_form(asked.username, "", 200)
    tries = Tries.at_code(asked.username)
    if not tries.begin():
        return _second_form(asked.username, _("错误次数过多，请 15 分钟后再试。"), TOO_OFTEN)
    how = codes.spent(asked.username, request.form.get("code", ""))
    if how is None:
        _warn_owner(asked.username)
        return _second_form(asked.username, _("验证码不正确，或已经用过。"), 401)
    if entering.taken("second") is None:
        return redirect("/sign-in")
    with here.store().transaction() as connection:
        tries.were_right(connection)
    return let_in(asked.username, f"{asked.detail['how']}+{how}", asked.detail["wanted"])


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


def is_right(username: str, password: str) -> bool:
    """Tell whether this is the password, in the same time whether or not there is such a name."""
    with here.store().reading() as connection:
        account = sign_ins.account(connection, username)
    try:
        _HASHER.verify(account.password_hash if account else _NOBODY, password)
    except (Argon2Error, InvalidHashError):
        return False
    return account is not None


def hash_of_password(password: str) -> str:
    """Give the form in which a password is kept."""
    return _HASHER.hash(password)


def _form(wanted: str, error: str, status: int) -> tuple[str, int]:
    """Show the sign-in page with all ways in that the district has."""
    settings = here.settings()
    page = render_template(
        "sign_in.html", wanted=wanted, error=error, username=request.form.get("username", ""),
        has_passkeys=settings.relying_party is not None,
        oidc=settings.oidc.label if settings.oidc else "",
    )  # fmt: skip
    return page, status


def _second_form(username: str, error: str, status: int) -> tuple[str, int]:
    with here.store().reading() as connection:
        has = factors.of(connection, username)
    can_key = has.passkeys > 0 and here.settings().relying_party is not None
    return render_template("sign_in_second.html", has=has, can_key=can_key, error=error), status


def _warn_owner(username: str) -> None:
    """Tell the owner, once a spell, that somebody has the password and guesses codes."""
    since = here.now_ms() - WITHIN_MS
    with here.store().transaction() as connection:
        if sign_ins.failures_of(connection, Tries.at_code(username).name, since) == MOST_WRONG:
            account_mails.put(connection, Mail(username, *_GUESSED), here.now_ms())
            audit.append(connection, here.now_ms(), f"account:{username}", "sign_in.guessed",
                         username, {"address": entering.address()})  # fmt: skip


_GUESSED = (
    "【护校安园】有人在猜您的验证码 somebody guesses your codes",
    """有人输入了您的正确密码，但连续输错验证码，已暂停 15 分钟。
如果不是您本人：您的密码已经泄露，请立即修改，并告知管理员。

Somebody typed your right password and then several wrong codes; it is paused for 15 minutes.
If this was not you, your password is known: change it at once and tell your administrator.
""",
)
