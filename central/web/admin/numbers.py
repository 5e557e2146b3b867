"""People of a unit without an account: told by phone or mail, acting through one-time links."""

import re
from typing import Any

from flask import redirect

from central.adapters.store import contacts, directory
from central.adapters.store.tables import ORG_UNIT
from central.core.people import ON_THE_SPOT, Role
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
from central.web.sheets import Act, Cell, Field, Form, Row, Sheet, Table, shown
from central.web.words import ROLES

BACK = "/admin/contacts"
_PHONE = re.compile(r"\+?[0-9][0-9 -]{5,20}")


@pages.get("/admin/contacts")
@sees()
def list_contacts() -> Answer:
    """List the contacts, and add one."""
    with here.store().reading() as connection:
        rows = contacts.listed(connection)
        units = {one["code"]: one for one in directory.rows(connection, ORG_UNIT, "code")}
    names = {code: (one["name_zh"], one["name_en"] or one["name_zh"])
             for code, one in units.items()}  # fmt: skip
    must = here.settings().must_have_second
    roles = {role.value: ROLES[role] for role in sorted(ON_THE_SPOT - must)}
    table = Table(
        (("姓名", "Name"), ("角色", "Role"), ("单位", "Unit"), ("联系方式", "Reached by")),
        [_row(row, names) for row in rows],
        empty=("没有联系人：每个要接通知的人都有账号。", "None: whoever is told has an account."),
    )  # fmt: skip
    form = Form(("增加联系人", "Add a contact"), BACK, [
        Field("name", ("姓名", "name"), is_needed=True, more={"maxlength": 100}),
        Field("role", ("角色", "role"), "select", options=roles, is_needed=True),
        Field("unit_code", ("单位", "unit"), "select", options=names, is_needed=True),
        Field("phone", ("手机", "mobile number"), "tel"),
        Field("email", ("邮箱", "e-mail"), "email"),
    ], ("增加", "Add"), ("短信或邮件里带一次性链接，可签收、处置、反馈这一项任务。",
                        "Their messages hold a one-time link to that one task."))  # fmt: skip
    return shown(Sheet(("联系人", "Contacts"), "contacts", places(), notes=must_prove(BACK),
                       tables=[table], forms=[form]))  # fmt: skip


@pages.post("/admin/contacts")
@changes(BACK)
def add_contact() -> Answer:
    """Add a contact."""
    phone, email, role = given("phone", 32), given("email"), given("role")
    if not given("name", 100) or role not in {one.value for one in ON_THE_SPOT}:
        raise RefusedError(("请填写姓名和角色", "a name and a role are needed"))
    if not (phone or email):
        raise RefusedError(("请填写手机或邮箱", "a phone number or an e-mail is needed"))
    if phone and not _PHONE.fullmatch(phone):
        raise RefusedError(("手机号码格式不对", "that is no phone number"))
    if email and not all(email.rpartition("@")):
        raise RefusedError(("邮箱格式不对", "that is no e-mail address"))
    if Role(role) in here.settings().must_have_second:
        raise RefusedError(("该角色必须有账号", "this role needs an account"))
    person: dict[str, Any] = {
        "name": given("name", 100), "role": role, "unit_code": given("unit_code", 64),
        "phone": phone or None, "email": email or None,
    }  # fmt: skip
    with here.store().transaction() as connection:
        contact_id = contacts.add(connection, person, here.now_ms())
        keep(connection, "contact.add", f"contact:{contact_id}",
             {"role": role, "unit": person["unit_code"]})  # fmt: skip
    saying.say_done(_("已增加：%(name)s", name=person["name"]))
    return redirect(BACK)


@pages.post("/admin/contacts/<contact_id>/remove")
@changes(BACK)
def remove_contact(contact_id: str) -> Answer:
    """Remove a contact: links end at once, addresses are deleted."""
    with here.store().transaction() as connection:
        if not contacts.remove(connection, contact_id, here.now_ms()):
            raise RefusedError(("没有这个联系人", "there is no such contact"))
        keep(connection, "contact.remove", f"contact:{contact_id}")
    saying.say_done(_("联系人已移除。"))
    return redirect(BACK)


def _row(row: dict[str, Any], names: dict[str, tuple[str, str]]) -> Row:
    question = ("链接立即失效，号码删除；不能撤销。", "Links end, addresses go; for good.")
    act = Act(("移除", "Remove"), f"{BACK}/{row['contact_id']}/remove", question=question)
    unit = names.get(row["unit_code"], (row["unit_code"], row["unit_code"]))
    ways = "、".join(filter(None, (row["phone"], row["email"])))
    return Row([Cell(row["name"]), Cell(words=ROLES[row["role"]]), Cell(words=unit), Cell(ways)],
               [act], key=row["contact_id"])  # fmt: skip
