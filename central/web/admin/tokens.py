"""What programs sign in with: made here, shown once, revoked at once."""

import hashlib
import secrets
from typing import Any

from flask import redirect

from central.adapters.store import directory, tokens
from central.adapters.store.tables import ORG_UNIT
from central.core.people import Role
from central.core.scopes import SCOPES
from central.web import here, saying
from central.web.admin.frame import (
    Answer,
    RefusedError,
    changes,
    given,
    keep,
    must_prove,
    pages,
    places,
    sees,
)
from central.web.languages import text as _
from central.web.sheets import Act, Cell, Field, Form, Note, Row, Sheet, Table, Words, shown
from central.web.showing import day
from central.web.words import ROLES

BACK = "/admin/tokens"
DAY_MS = 24 * 3600 * 1000
MOST_DAYS = 730


@pages.get("/admin/tokens")
@sees()
def list_tokens() -> Answer:
    """List tokens with scopes, expiry and last use; make one."""
    with here.store().reading() as connection:
        rows = tokens.listed(connection)
        units = {one["code"]: one for one in directory.rows(connection, ORG_UNIT, "code")}
    table = Table(
        (("用途", "For"), ("角色", "Role"), ("范围", "Scopes"), ("到期", "Expires"),
         ("最近使用", "Last used"), ("状态", "State")),
        [_row(row) for row in rows],
        empty=("还没有令牌。", "There is no token yet."),
    )  # fmt: skip
    names = {code: (one["name_zh"], one["name_en"] or one["name_zh"])
             for code, one in units.items()}  # fmt: skip
    scopes = [
        Field(f"scope-{one}", words, "check", hint=(one, one)) for one, words in SCOPES.items()
    ]
    form = Form(("生成令牌", "Make a token"), BACK, [
        Field("name", ("用途", "what it is for"), is_needed=True, more={"maxlength": 100}),
        Field("role", ("角色", "role"), "select", options=ROLES, is_needed=True),
        Field("unit_code", ("单位", "unit"), "select", options=names, is_needed=True),
        Field("days", ("有效天数", "valid for days"), "number", "365", is_needed=True,
              more={"min": 1, "max": MOST_DAYS}),
        *scopes,
    ], ("生成", "Make"), ("至少勾选一个范围，只给所需的。",
                        "Tick one scope at least, and no more than it needs."))  # fmt: skip
    return shown(Sheet(("令牌", "Tokens"), "tokens", places(), notes=must_prove(BACK),
                       tables=[table], forms=[form]))  # fmt: skip


@pages.post("/admin/tokens")
@changes(BACK)
def make_token() -> Answer:
    """Make a token; it is shown this once."""
    name, role, days = given("name", 100), given("role"), given("days")
    chosen = sorted(one for one in SCOPES if given(f"scope-{one}"))
    if not name or role not in {one.value for one in Role}:
        raise RefusedError(("请填写用途和角色", "say what it is for, and the role"))
    if not chosen:
        raise RefusedError(("请至少勾选一个范围", "tick one scope at least"))
    if not days.isdecimal() or not 1 <= int(days) <= MOST_DAYS:
        raise RefusedError((f"有效天数为 1–{MOST_DAYS}", f"1 to {MOST_DAYS} days"))
    made, at = f"hx_{secrets.token_urlsafe(32)}", here.now_ms()
    row = {
        "token_hash": hashlib.sha256(made.encode()).hexdigest(), "name": name, "role": role,
        "unit_code": given("unit_code", 64), "created_at": at,
        "expires_at": at + int(days) * DAY_MS, "is_revoked": False, "scopes": " ".join(chosen),
    }  # fmt: skip
    with here.store().transaction() as connection:
        directory.add_token(connection, row)
        keep(connection, "token.add", f"token:{name}", {"role": role, "scopes": row["scopes"]})
    words = (f"令牌（只显示这一次）：{made}", f"The token, shown this once: {made}")
    return shown(Sheet(("新令牌", "New token"), "tokens", places(),
                       crumb=(BACK, ("令牌", "Tokens")), notes=[Note(words, "done")]))  # fmt: skip


@pages.post("/admin/tokens/<token_id>/revoke")
@changes(BACK)
def revoke_token(token_id: str) -> Answer:
    """Revoke a token at once."""
    with here.store().transaction() as connection:
        hit = tokens.revoke(connection, token_id)
        for name in hit:
            keep(connection, "token.revoke", f"token:{name}")
    if not hit:
        raise RefusedError(("没有这个有效的令牌", "there is no such valid token"))
    saying.say_done(_("已作废：%(name)s", name="、".join(hit)))
    return redirect(BACK)


def _row(row: dict[str, Any]) -> Row:
    now_ms = here.now_ms()
    is_over = row["expires_at"] is not None and row["expires_at"] <= now_ms
    state: Words = ("有效", "valid")
    if row["is_revoked"]:
        state = ("已作废", "revoked")
    elif is_over:
        state = ("已到期", "expired")
    is_off = row["is_revoked"] or is_over
    acts = [] if is_off else [Act(("作废", "Revoke"), f"{BACK}/{row['token_id']}/revoke", question=(
        "立即生效，不能撤销；用它的程序将不能访问。",
        "At once, and not to be undone; the program that uses it gets in no more."))]  # fmt: skip
    return Row([
        Cell(row["name"], small=row["token_id"]),
        Cell(words=ROLES[row["role"]], small=row["unit_code"]),
        Cell(row["scopes"]),
        Cell(day(row["expires_at"])[:10]),
        Cell(day(row["used_at"])[:16]),
        Cell(words=state, tone="chip"),
    ], acts, is_off, row["token_id"])  # fmt: skip
