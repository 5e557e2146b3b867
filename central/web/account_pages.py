"""A person's own page: language, password, and where they are signed in."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Response

from central.adapters.store import account_mails, audit, sign_ins
from central.adapters.store.account_mails import Mail
from central.adapters.store.sign_ins import Visitor
from central.adapters.store.tasks import unit
from central.core.browsers import in_words
from central.core.passwords import LEAST, weakness
from central.web import appearance, here, signing_in
from central.web.addresses import within
from central.web.entering import Tries
from central.web.languages import COOKIE, NAMES, say
from central.web.languages import text as _
from central.web.second_pages import person

YEAR_S = 365 * 24 * 3600

pages = Blueprint("account", __name__)


@pages.get("/account")
def account() -> str:
    """Show who one is here, and one's sign-ins."""
    me = person()
    with here.store().reading() as connection:
        rows = sign_ins.of_user(connection, me.username, here.now_ms())
        mine = unit(connection, me.actor.unit_code)
    shown = [{**row._mapping, "browser": in_words(row.user_agent)} for row in rows]  # noqa: SLF001
    named = say((mine.name_zh, mine.name_en)) if mine else ""
    return render_template(
        "account.html", sign_ins=shown, unit=named, modes=appearance.MODES, sizes=appearance.SIZES
    )


@pages.post("/account/sign-ins/<sign_in_id>/end")
def end(sign_in_id: str) -> Response:
    """End one of one's own sign-ins, on a lost phone for instance."""
    me = person()
    with here.store().transaction() as connection:
        if not sign_ins.end(connection, me.username, sign_in_id):
            raise NotFound
        audit.append(connection, here.now_ms(), me.actor.actor_id, "sign_in.end", me.username)
    return redirect("/account")


@pages.post("/account/sign-ins/end-others")
def end_others() -> Response:
    """End all of one's own sign-ins but this one."""
    me = person()
    with here.store().transaction() as connection:
        count = sign_ins.end_all(connection, me.username, but=me.sign_in_id)
        audit.append(connection, here.now_ms(), me.actor.actor_id, "sign_in.end", me.username,
                     {"count": count})  # fmt: skip
    return redirect("/account")


@pages.route("/account/password", methods=["GET", "POST"])
def password() -> Response | tuple[str, int]:
    """Change one's own password; sign-ins elsewhere end with the old one."""
    me = person()
    if request.method == "GET":
        return _password("", 200)
    tries, new = Tries.at_password(me.username), request.form.get("new", "")
    if not tries.begin():
        return _password(_("错误次数过多，请 15 分钟后再试。"), signing_in.TOO_OFTEN)
    if not signing_in.is_right(me.username, request.form.get("old", "")):
        return _password(_("现在的密码不正确。"), 401)
    with here.store().transaction() as connection:
        tries.were_right(connection)
    if why := _unfit(new, me):
        return _password(why, 400)
    with here.store().transaction() as connection:
        sign_ins.set_password(connection, me.username, signing_in.hash_of_password(new))
        sign_ins.end_all(connection, me.username, but=me.sign_in_id)
        audit.append(connection, here.now_ms(), me.actor.actor_id, "user.password", me.username)
        account_mails.put(connection, Mail(me.username, *_CHANGED), here.now_ms())
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
    return _back_with(COOKIE, wanted)


@pages.post("/look")
def look() -> Response:
    """Keep how pages look on this screen, in a cookie."""
    mode, size = request.form.get("mode", ""), request.form.get("size", "")
    if mode not in appearance.MODES or size not in appearance.SIZES:
        raise BadRequest
    return _back_with(appearance.COOKIE, appearance.Look(mode, size).kept)


def _back_with(cookie: str, value: str) -> Response:
    answer = redirect(_back())
    answer.set_cookie(
        cookie, value, max_age=YEAR_S, httponly=True, samesite="Lax",
        secure=here.settings().secure_cookies,
    )  # fmt: skip
    return answer


def _password(error: str, status: int) -> tuple[str, int]:
    return render_template("password.html", error=error, least=LEAST), status


def _unfit(new: str, me: Visitor) -> str:
    if new != request.form.get("again", ""):
        return _("两次输入的新密码不一样。")
    if new == request.form.get("old", ""):
        return _("新密码和现在的一样。")
    weak = weakness(new, me.username, me.actor.name)
    return say(weak) + _("。") if weak else ""


def _back() -> str:
    """Give the page the button was on, by path only, so that nobody is sent elsewhere."""
    referrer = request.referrer or ""
    here_url = request.host_url
    is_ours = referrer.startswith(here_url)
    return within(referrer.removeprefix(here_url.rstrip("/"))) if is_ours else "/"


_CHANGED = (
    "【护校安园】密码已修改 your password was changed",
    """您的密码刚刚修改。如果不是您本人，请立即联系管理员。

Your password has just been changed. If this was not you, tell your administrator at once.
""",
)
