"""`huxiao-central contact`: people of a unit who have no account."""

import re
from typing import Any

import click

from central.adapters.clock import now_ms
from central.adapters.store import audit, contacts
from central.commands.options import (
    EXIT_CONFIG,
    EXIT_REFUSED,
    Central,
    fail,
    json_option,
    opened,
    show,
)
from central.core.people import ON_THE_SPOT, Role

ROLES = sorted(role.value for role in ON_THE_SPOT)
PHONE = re.compile(r"\+?[0-9][0-9 -]{5,20}")


@click.group()
def contact() -> None:
    """联系人:没有账号、也要接通知办任务的人。 People without an account.

    他们收到的短信或邮件里有一次性链接,可签收、处置、反馈。 Their messages hold a one-time link, by
    which they acknowledge, dispose and report back on that one task.
    """


@contact.command()
@click.option("--name", required=True, help="姓名 / the person's name")
@click.option(
    "--role",
    type=click.Choice(sorted(role.value for role in ON_THE_SPOT)),
    required=True,
    help="角色 / role",
)
@click.option("--unit", "unit_code", required=True, help="单位编号 / unit, e.g. town:yuelin")
@click.option("--phone", help="手机 / mobile number")
@click.option("--email", help="邮箱 / e-mail")
@json_option
@opened
def add(central: Central, *, as_json: bool, **person: Any) -> None:
    """增加一个联系人。 Add a contact."""
    if not (person["phone"] or person["email"]):
        fail("请给出 --phone 或 --email / give --phone or --email", EXIT_CONFIG)
    if person["phone"] and not PHONE.fullmatch(person["phone"]):
        fail(f"不是电话号码 / not a phone number: {person['phone']!r}", EXIT_CONFIG)
    if person["email"] and not all(person["email"].rpartition("@")):
        fail(f"不是邮箱地址 / not an e-mail address: {person['email']!r}", EXIT_CONFIG)
    if Role(person["role"]) in central.config.sign_in.must_have_second:
        fail("该角色必须有账号和第二重验证 / this role needs an account and a second factor: "
             "user add", EXIT_REFUSED)  # fmt: skip
    with central.store.transaction() as connection:
        contact_id = contacts.add(connection, person, now_ms())
        detail = {"role": person["role"], "unit": person["unit_code"]}
        audit.append(connection, now_ms(), "cli", "contact.add", f"contact:{contact_id}", detail)
    show({"contact_id": contact_id}, f"已增加 added: {contact_id} {person['name']}",
         as_json=as_json)  # fmt: skip


@contact.command(name="list")
@json_option
@opened
def list_contacts(central: Central, *, as_json: bool) -> None:
    """列出联系人。 List the contacts."""
    with central.store.reading() as connection:
        rows = contacts.listed(connection)
    lines = [
        f"{r['contact_id']}  {r['role']:<20}{r['unit_code']:<20}{r['name']}  "
        f"{r['phone'] or '—'}  {r['email'] or '—'}"
        for r in rows
    ]
    show(rows, "\n".join(lines), as_json=as_json)


@contact.command()
@click.argument("contact_id")
@json_option
@opened
def remove(central: Central, contact_id: str, *, as_json: bool) -> None:
    """移除联系人,链接立即失效,号码删除。 Remove a contact: links end, addresses are deleted.

    在经过里留下的姓名不变。 The name stays where the story of a case tells it.
    """
    with central.store.transaction() as connection:
        if not contacts.remove(connection, contact_id, now_ms()):
            fail(f"没有联系人 {contact_id!r} / no such contact: see contact list", EXIT_REFUSED)
        audit.append(connection, now_ms(), "cli", "contact.remove", f"contact:{contact_id}")
    show({"removed": contact_id}, f"已移除 removed: {contact_id}", as_json=as_json)
