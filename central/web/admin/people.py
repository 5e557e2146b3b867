"""People who may sign in: added, changed, closed; a lost phone, a forgotten password."""

import re
import secrets
from collections.abc import Sequence
from typing import Any

from argon2 import PasswordHasher
from flask import redirect, request
from sqlalchemy import Connection
from werkzeug.exceptions import NotFound

from central.adapters.store import account_mails, directory, factors, pupils, sign_ins
from central.adapters.store.account_mails import Mail
from central.adapters.store.tables import ACCOUNT, ORG_UNIT
from central.core.people import Role
from central.core.pupils import class_code_of
from central.core.sign_in_policy import Factors
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
from central.web.words import ROLES

BACK = "/admin/people"
_USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,31}")
_PHONE = re.compile(r"\+?[0-9][0-9 -]{4,18}[0-9]")
_LEADS = frozenset({Role.AUDITOR, Role.DPO})
"""Who hears of it when an administrator could have taken somebody's place."""


@pages.get("/admin/people")
@sees()
def people() -> Answer:
    """List people, and add one."""
    asked = request.args.get("q", "").strip()
    with here.store().reading() as connection:
        rows = directory.rows(connection, ACCOUNT, "username")
        units = {one["code"]: one for one in directory.rows(connection, ORG_UNIT, "code")}
        has = factors.of_all(connection)
    chosen = [row for row in rows if asked in f"{row['username']} {row['name']} {row['unit_code']}"]
    table = Table(_COLUMNS, [_row(row, units, has) for row in chosen],
                  empty=("没有这样的人员。", "Nobody like that."))  # fmt: skip
    return shown(Sheet(
        ("人员", "People"), "people", places(), notes=must_prove(BACK),
        filters=[Field("q", ("姓名、用户名或单位", "name, username or unit"), value=asked)],
        tables=[table], forms=[_adding(units)],
    ))  # fmt: skip


@pages.post("/admin/people")
@changes(BACK)
def add() -> Answer:
    """Add a person; the password is shown once."""
    username = given("username")
    if not _USERNAME.fullmatch(username):
        words = (
            "用户名用小写字母开头，2–32 位小写字母、数字、. _ -",
            "a username: 2-32 of a-z, 0-9, . _ - and a letter first",
        )
        raise RefusedError(words)
    person = _person()
    taught = _classes(person)
    password = secrets.token_urlsafe(9)
    row = {"username": username, "password_hash": PasswordHasher().hash(password),
           "locale": "zh_Hans_CN", "is_active": True, "created_at": here.now_ms()}  # fmt: skip
    with here.store().transaction() as connection:
        directory.add_account(connection, row | person)
        for code in taught:
            pupils.teach(connection, f"account:{username}", person["unit_code"], code)
        detail = {"role": person["role"], "unit": person["unit_code"], "classes": taught}
        keep(connection, "user.add", f"account:{username}", detail)
    return _once(username, password)


@pages.get("/admin/people/<username>")
@sees()
def one_person(username: str) -> Answer:
    """Show one person and what may be changed."""
    row, units, has = _found(username)
    back = f"{BACK}/{username}"
    is_self = username == here.visitor_name()
    acts = [] if is_self else _acts(row, has, back)
    facts = Table(_COLUMNS, [Row(_row(row, units, {username: has}).cells, acts,
                                 not row["is_active"])])  # fmt: skip
    notes = must_prove(back)
    if is_self:
        own = (
            "这是您自己的账号：角色和停用须由另一名管理员操作。",
            "This is your own account: another administrator changes its role or closes it.",
        )
        notes.append(Note(own))
    with here.store().reading() as connection:
        actor_id = f"account:{username}"
        taught = sorted(pupils.classes_of(connection, actor_id, row["unit_code"]))
    form = Form(("修改", "Change"), back, _fields(row, units, taught), ("保存", "Save"))
    return shown(Sheet(
        (row["name"], row["name"]), "people", places(), crumb=(BACK, ("人员", "People")),
        notes=notes, tables=[facts], forms=[form],
    ))  # fmt: skip


@pages.post("/admin/people/<username>")
@changes(BACK + "/{username}")
def change(username: str) -> Answer:
    """Change what a person is and where they are reached."""
    row, _units, _has = _found(username)
    person = _person()
    moved = {name: value for name, value in person.items() if value != row[name]}
    taught = _classes(person)
    with here.store().transaction() as connection:
        had = pupils.classes_of(connection, f"account:{username}", row["unit_code"])
        _must_leave_one(connection, row, person["role"])
        if moved:
            directory.change_account(connection, username, **moved)
        pupils.teach_only(connection, f"account:{username}", person["unit_code"], taught)
        if {"role", "unit_code"} & set(moved):
            sign_ins.end_all(connection, username)
        before = {name: row[name] for name in moved if name in {"role", "unit_code"}}
        keep(connection, "user.set", f"account:{username}",
             {"changed": sorted(moved), "classes": taught, "before": before})  # fmt: skip
    was = {name: row[name] or "" for name in person} | {"classes": ", ".join(had)}
    saying.say_undoable(_("已保存：%(name)s", name=person["name"]), f"{BACK}/{username}", **was)
    return redirect(f"{BACK}/{username}")


@pages.post("/admin/people/<username>/<what>")
@changes(BACK + "/{username}")
def act(username: str, what: str) -> Answer:
    """Close or open an account, forget its second factor, give a new password."""
    row, _units, _has = _found(username)
    if username == here.visitor_name():
        raise RefusedError(("自己的账号请由另一名管理员操作", "another administrator does that"))
    back = f"{BACK}/{username}"
    if what == "close":
        with here.store().transaction() as connection:
            _must_leave_one(connection, row, None)
            directory.change_account(connection, username, is_active=False)
            sign_ins.end_all(connection, username)
            keep(connection, "user.close", f"account:{username}")
        saying.say_undoable(_("已停用：%(name)s", name=row["name"]), f"{back}/open")
    elif what == "open":
        with here.store().transaction() as connection:
            directory.change_account(connection, username, is_active=True)
            keep(connection, "user.open", f"account:{username}")
        saying.say_done(_("已启用：%(name)s", name=row["name"]))
    elif what == "factors":
        _forget_factors(username, row["name"])
    elif what == "password":
        return _new_password(username, row["name"])
    else:
        raise NotFound
    return redirect(back)


def _forget_factors(username: str, name: str) -> None:
    with here.store().transaction() as connection:
        had = factors.reset(connection, username)
        sign_ins.end_all(connection, username)
        detail = {"app": had.has_app, "passkeys": had.passkeys}
        keep(connection, "user.reset_factors", f"account:{username}", detail)
        _tell(connection, username, "第二重验证已由管理员清除 second factor reset")
    saying.say_done(_("已清除第二重验证：%(name)s。下次登录时重新设置。", name=name))


def _new_password(username: str, name: str) -> Answer:
    del name
    password = secrets.token_urlsafe(9)
    with here.store().transaction() as connection:
        sign_ins.set_password(connection, username, PasswordHasher().hash(password))
        sign_ins.end_all(connection, username)
        keep(connection, "user.password", f"account:{username}")
        _tell(connection, username, "密码已由管理员重置 password reset")
    return _once(username, password)


def _tell(connection: Connection, username: str, what: str) -> None:
    """Tell the owner, and those who watch over administrators."""
    by = here.actor()
    text = (f"账号 {username}：{what}。操作人 by: {by.name} ({by.actor_id})\n"
            "如果不是您要求的，请立即告知审计员和个人信息保护负责人。\n"
            "If you have not asked for this, tell the auditor and the DPO at once.\n")  # fmt: skip
    watch = [row["username"] for row in directory.rows(connection, ACCOUNT, "username")
             if row["is_active"] and Role(row["role"]) in _LEADS]  # fmt: skip
    for name in sorted({username, *watch}):
        account_mails.put(connection, Mail(name, f"【护校安园】{what}", text), here.now_ms())


def _once(username: str, password: str) -> str:
    words = (f"{username} 的密码（只显示这一次）：{password}",
             f"The password of {username}, shown this once: {password}")  # fmt: skip
    return shown(Sheet(("新密码", "New password"), "people", places(),
                       crumb=(f"{BACK}/{username}", ("返回", "Back")),
                       notes=[Note(words, "done")]))  # fmt: skip


def _must_leave_one(connection: Connection, row: dict[str, Any], role: str | None) -> None:
    """The last administrator stays one, and nobody changes their own role."""
    if row["role"] != Role.DISTRICT_ADMIN or role == Role.DISTRICT_ADMIN:
        return
    if row["username"] == here.visitor_name():
        raise RefusedError(("不能改变自己的角色", "nobody changes their own role"))
    others = [one for one in directory.rows(connection, ACCOUNT, "username")
              if one["role"] == Role.DISTRICT_ADMIN and one["is_active"]
              and one["username"] != row["username"]]  # fmt: skip
    if not others:
        raise RefusedError(("至少要留一名区管理员", "one district administrator must remain"))


def _person() -> dict[str, Any]:
    """Read what the form says of a person."""
    name, role, phone = given("name", 100), given("role"), given("phone", 32)
    if not name or role not in {one.value for one in Role}:
        raise RefusedError(("请填写姓名和角色", "a name and a role are needed"))
    if phone and not _PHONE.fullmatch(phone):
        raise RefusedError(("手机号码格式不对", "that is no phone number"))
    email = given("email")
    if email and not all(email.rpartition("@")):
        raise RefusedError(("邮箱格式不对", "that is no e-mail address"))
    return {
        "name": name, "role": role, "unit_code": given("unit_code", 64),
        "email": email or None, "phone": re.sub(r"[ -]", "", phone) or None,
        "zwdd_id": given("zwdd_id", 64) or None,
    }  # fmt: skip


def _classes(person: dict[str, Any]) -> list[str]:
    written = [one for one in re.split(r"[,\uff0c、;\uff1b\s]+", given("classes")) if one]
    if not written:
        return []
    if person["role"] != Role.CLASS_TEACHER or not person["unit_code"].startswith("school:"):
        raise RefusedError(("班级只用于学校的班主任", "classes are for class teachers of a school"))
    try:
        return sorted({class_code_of(one) for one in written})
    except ValueError as error:
        zh, _slash, en = str(error).partition(" / ")
        raise RefusedError((zh, en)) from None


def _found(username: str) -> tuple[dict[str, Any], dict[str, Any], Factors]:
    with here.store().reading() as connection:
        rows = directory.rows(connection, ACCOUNT, "username")
        units = {one["code"]: one for one in directory.rows(connection, ORG_UNIT, "code")}
        has = factors.of(connection, username)
    row = next((one for one in rows if one["username"] == username), None)
    if row is None:
        raise NotFound
    return row, units, has


_COLUMNS: tuple[Words, ...] = (
    ("姓名", "Name"), ("角色", "Role"), ("单位", "Unit"), ("联系方式", "Reached by"),
    ("第二重验证", "Second factor"), ("状态", "State"),
)  # fmt: skip


def _row(row: dict[str, Any], units: dict[str, Any], has: dict[str, Factors]) -> Row:
    unit = units.get(row["unit_code"], {"name_zh": row["unit_code"], "name_en": ""})
    mine = has.get(row["username"], Factors())
    is_due = Role(row["role"]) in here.settings().must_have_second and not mine.has_any
    second: Words = ("有", "yes") if mine.has_any else ("未设置", "not set up")
    ways = "、".join(filter(None, (row["email"], row["phone"], row["zwdd_id"])))
    state: Words = ("在用", "in use") if row["is_active"] else ("已停用", "closed")
    cells = [
        Cell(row["name"], link=f"{BACK}/{row['username']}", small=row["username"]),
        Cell(words=ROLES[row["role"]]),
        Cell(words=(unit["name_zh"], unit["name_en"] or unit["name_zh"]), small=row["unit_code"]),
        Cell(ways) if ways else Cell(words=("无", "none"), tone="soon"),
        Cell(words=second, tone="bad" if is_due else ""),
        Cell(words=state, tone="chip"),
    ]
    return Row(cells, (), not row["is_active"], row["username"])


def _acts(row: dict[str, Any], has: Factors, back: str) -> list[Act]:
    if not row["is_active"]:
        return [Act(("启用", "Open"), f"{back}/open")]
    acts = [
        Act(("重置密码", "New password"), f"{back}/password", question=(
            "生成新密码，并结束其全部登录；本人和审计员会收到通知。",
            "A new password is made and all sign-ins end; the owner and the auditor are told.")),
        Act(("停用", "Close"), f"{back}/close", question=(
            "不能再登录，也不再接到通知；可以撤销。",
            "They cannot sign in and are told nothing more; this can be undone.")),
    ]  # fmt: skip
    if has.has_any:
        acts.insert(1, Act(("清除第二重验证", "Reset second factor"), f"{back}/factors", question=(
            "请先核实确是本人提出（如手机丢失）。下次登录时重新设置。",
            "Make sure that it is really this person who asks. The next sign-in sets it up anew.",
        )))  # fmt: skip
    return acts


def _adding(units: dict[str, Any]) -> Form:
    username = Field("username", ("用户名", "username"), is_needed=True,
                     more={"maxlength": 32, "autocomplete": "off"})  # fmt: skip
    empty = {"name": "", "role": "", "unit_code": "", "email": "", "phone": "", "zwdd_id": ""}
    return Form(("增加人员", "Add a person"), BACK, [username, *_fields(empty, units)],
                ("增加", "Add"), ("密码自动生成，只显示一次。",
                                "The password is made, and shown once."))  # fmt: skip


def _fields(row: dict[str, Any], units: dict[str, Any], taught: Sequence[str] = ()) -> list[Field]:
    names = {code: (one["name_zh"], one["name_en"] or one["name_zh"])
             for code, one in units.items()}  # fmt: skip
    return [
        Field("name", ("姓名", "name"), value=row["name"], is_needed=True, more={"maxlength": 100}),
        Field("role", ("角色", "role"), "select", row["role"], options=ROLES, is_needed=True),
        Field("unit_code", ("单位", "unit"), "select", row["unit_code"], options=names,
              is_needed=True),
        Field("email", ("邮箱", "e-mail"), "email", row["email"] or ""),
        Field("phone", ("手机", "mobile number"), "tel", row["phone"] or ""),
        Field("zwdd_id", ("浙政钉用户号", "id in Zhezhengding"), value=row["zwdd_id"] or ""),
        Field("classes", ("所教班级（班主任）", "classes taught (class teacher)"),
              value=", ".join(taught),
              hint=("如 3-2、三年级二班，多个用逗号分开", "e.g. 3-2, several apart by commas")),
    ]  # fmt: skip
