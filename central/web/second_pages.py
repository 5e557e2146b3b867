"""What a person has beside a password: set up, confirmed, taken away; by its owner only."""

import pyotp
import segno
from flask import Blueprint, redirect, render_template, request
from markupsafe import Markup
from sqlalchemy import Connection
from werkzeug.exceptions import Forbidden, NotFound
from werkzeug.wrappers import Response

from central.adapters.store import account_mails, audit, factors, sign_ins
from central.adapters.store.account_mails import Mail
from central.adapters.store.sign_ins import Visitor
from central.core.one_time_codes import accepted_step, address_of
from central.core.sign_in_policy import PROVED_FOR_MS, Factors
from central.web import codes, here, signing_in
from central.web.entering import Tries
from central.web.languages import text as _

ISSUER = "护校安园"
OVERVIEW = "/account/second"
PROVE = "/account/second/prove"

pages = Blueprint("second", __name__)


def person() -> Visitor:
    """Give the person who is signed in; a program has no account."""
    me = here.visitor()
    if me is None or not me.sign_in_id:
        raise Forbidden
    return me


def is_proved(me: Visitor) -> bool:
    """Tell whether this person has proved just now who they are."""
    return here.now_ms() - me.proved_at <= PROVED_FOR_MS


def must_have(me: Visitor) -> bool:
    """Tell whether the district asks a second factor of this person's role."""
    return me.actor.role in here.settings().must_have_second


@pages.get("/account/second")
def second() -> str:
    """Show what there is, and what may be done about it."""
    return overview()


@pages.route("/account/second/prove", methods=["GET", "POST"])
def prove() -> Response | tuple[str, int] | str:
    """Ask for the password again, before anything is changed that one signs in with."""
    me = person()
    if request.method == "GET":
        return render_template("prove.html", error="")
    tries = Tries.at_password(me.username)
    if not tries.begin():
        error = _("错误次数过多，请 15 分钟后再试。")
        return render_template("prove.html", error=error), signing_in.TOO_OFTEN
    if not signing_in.is_right(me.username, request.form.get("password", "")):
        return render_template("prove.html", error=_("密码不正确。")), 401
    with here.store().transaction() as connection:
        tries.were_right(connection)
        sign_ins.prove(connection, me.sign_in_id, here.now_ms())
    return redirect(OVERVIEW)


@pages.post("/account/second/app")
def app() -> Response | str:
    """Begin with an authenticator: show its secret as a picture, this once."""
    me = person()
    if not is_proved(me):
        return redirect(PROVE)
    secret = pyotp.random_base32()
    sealed = here.settings().vault.seal(secret.encode(), f"app\x00{me.username}")
    with here.store().transaction() as connection:
        if not factors.offer(connection, me.username, sealed, here.now_ms()):
            return redirect(OVERVIEW)
    return _picture(me, secret, "")


@pages.post("/account/second/app/confirm")
def confirm_app() -> Response | tuple[str, int] | str:
    """Take the first code: from now on the authenticator is asked for."""
    me = person()
    known = codes.secret_of(me.username, confirmed=False)
    if known is None or not is_proved(me):
        return redirect(OVERVIEW if known is None else PROVE)
    tries = Tries.at_code(me.username)
    if not tries.begin():
        error = _("错误次数过多，请 15 分钟后再试。")
        return _picture(me, known[0], error), signing_in.TOO_OFTEN
    step = accepted_step(known[0], request.form.get("code", ""), known[1], here.now_ms())
    if step is None:
        error = _("验证码不正确。请核对手机时间，再输入新的一组数字。")
        return _picture(me, known[0], error), 401
    with here.store().transaction() as connection:
        if not factors.confirm(connection, me.username, step, here.now_ms()):
            return redirect(OVERVIEW)
        tries.were_right(connection)
        sign_ins.prove(connection, me.sign_in_id, here.now_ms(), twice=True)
        note(connection, me, "second.app")
    return render_template("recovery.html", codes=codes.new_recovery(me.username))


@pages.post("/account/second/app/remove")
def remove_app() -> Response | tuple[str, int]:
    """Take the authenticator away, where something else is left or nothing is asked for."""
    me = person()
    if not is_proved(me):
        return redirect(PROVE)
    with here.store().transaction() as connection:
        left = Factors(False, factors.of(connection, me.username).passkeys)
        if must_have(me) and not left.has_any:
            return overview(last_one()), 409
        if not factors.remove_app(connection, me.username):
            raise NotFound
        note(connection, me, "second.app.remove")
    return redirect(OVERVIEW)


@pages.post("/account/second/recovery")
def recovery() -> Response | str:
    """Make new recovery codes; the old ones are over."""
    me = person()
    if not is_proved(me):
        return redirect(PROVE)
    if not me.has_second:
        return redirect(OVERVIEW)
    return render_template("recovery.html", codes=codes.new_recovery(me.username))


def note(connection: Connection, me: Visitor, action: str) -> None:
    """Keep what was changed, end what had been begun with less, and tell the owner."""
    sign_ins.end_all(connection, me.username, but=me.sign_in_id)
    audit.append(connection, here.now_ms(), me.actor.actor_id, action, me.username)
    account_mails.put(connection, Mail(me.username, *_CHANGED), here.now_ms())


def last_one() -> str:
    """Say why this one has to stay."""
    return _("您的角色必须有第二重验证。请先设置另一种，再移除这一种。")


def overview(error: str = "") -> str:
    """Show it, with why something was refused."""
    me = person()
    with here.store().reading() as connection:
        has = factors.of(connection, me.username)
        keys = factors.passkeys(connection, me.username)
        left = factors.count_recovery(connection, me.username)
    return render_template(
        "second.html", has=has, keys=keys, left=left, error=error, is_proved=is_proved(me),
        must=must_have(me), can_key=here.settings().relying_party is not None,
    )  # fmt: skip


def _picture(me: Visitor, secret: str, error: str) -> str:
    """Draw what the authenticator reads; nothing of it is loaded from anywhere."""
    address = address_of(secret, me.username, ISSUER)
    drawn = segno.make(address, error="m").svg_inline(scale=5, border=3, light="#fff")
    grouped = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    picture = Markup(drawn)  # noqa: S704 - of our own drawing
    return render_template("second_app.html", drawn=picture, secret=grouped, error=error)


_CHANGED = (
    "【护校安园】登录方式有变化 your ways to sign in have changed",
    """您的账号刚刚设置或移除了一种第二重验证（验证器或通行密钥）。
如果不是您本人：请立即修改密码，并告知管理员。

A second factor of your account (an authenticator or a passkey) has just been set up or removed.
If this was not you, change your password at once and tell your administrator.
""",
)
