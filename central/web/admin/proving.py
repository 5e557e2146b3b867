"""Proving again who one is: by the password, and by the second factor that one has."""

from urllib.parse import urlencode

from flask import redirect, render_template, request

from central.adapters.store import factors, sign_ins
from central.web import codes, here, signing_in
from central.web.addresses import within
from central.web.admin.frame import ADMIN, Answer, pages, sees
from central.web.entering import Tries
from central.web.languages import text as _
from central.web.second_pages import person


@pages.get("/admin/prove")
@sees(ADMIN)
def prove() -> Answer:
    """Ask."""
    return _asked("")


@pages.post("/admin/prove")
@sees(ADMIN)
def proved() -> Answer:
    """Take the answer, and lead back to what was to be done."""
    me = person()
    with here.store().reading() as connection:
        has = factors.of(connection, me.username)
    tries = Tries.at_password(me.username)
    if not tries.begin():
        return _asked(_("错误次数过多，请 15 分钟后再试。")), signing_in.TOO_OFTEN
    if not signing_in.is_right(me.username, request.form.get("password", "")):
        return _asked(_("密码不正确。")), 401
    if has.has_any and codes.spent(me.username, request.form.get("code", "")) is None:
        return _asked(_("验证码不正确，或已经用过。")), 401
    with here.store().transaction() as connection:
        tries.were_right(connection)
        sign_ins.prove(connection, me.sign_in_id, here.now_ms(), twice=True)
    return redirect(within(request.args.get("next", "/admin/people")))


def _asked(error: str) -> str:
    with here.store().reading() as connection:
        has = factors.of(connection, person().username)
    wanted = within(request.args.get("next", "/admin/people"))
    here_again = "/admin/prove?" + urlencode({"next": wanted})
    return render_template(
        "admin_prove.html", error=error, has=has, address=here_again, back=wanted,
    )  # fmt: skip
