"""`huxiao-central user`: people who may sign in."""

import re
import secrets
import sys
from typing import Any

import click
from argon2 import PasswordHasher

from central.adapters.clock import now_ms
from central.adapters.store import audit, directory, pupils
from central.adapters.store.tables import ACCOUNT
from central.commands.options import (
    EXIT_CONFIG,
    Central,
    classes_taught,
    fail,
    json_option,
    opened,
    show,
)
from central.core.people import Role

LEAST_PASSWORD = 8


_PHONE = re.compile(r"\+?[0-9][0-9 -]{4,18}[0-9]")


def _phone(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """Keep a number's digits; what is none is refused where it is typed."""
    if not value:
        return value
    if not _PHONE.fullmatch(value):
        msg = f"不是电话号码 / not a phone number: {value!r}"
        raise click.BadParameter(msg)
    return re.sub(r"[ -]", "", value)


@click.group()
def user() -> None:
    """用户:谁能登录,以什么角色。 People who may sign in.

    角色决定能看什么、能办什么。 The role decides what they see and do.
    """


@user.command()
@click.argument("username")
@click.option("--name", required=True, help="姓名 / the person's name")
@click.option(
    "--role", type=click.Choice([role.value for role in Role]), required=True, help="角色 / role"
)
@click.option("--unit", "unit_code", required=True, help="单位编号 / unit, e.g. edu, town:yuelin")
@click.option("--email", help="接收通知的邮箱 / where notifications go")
@click.option("--phone", callback=_phone, help="手机,接收短信 / mobile number, for SMS")
@click.option("--zwdd-id", help="浙政钉用户号 / the person's id in 浙政钉")
@click.option(
    "--class",
    "classes",
    multiple=True,
    metavar="3-2",
    help="班主任所教班级,可重复 / a class teacher's class, may be repeated",
)
@click.option(
    "--password-stdin",
    is_flag=True,
    help="从标准输入读密码;不给则生成一个 / read it; else one is made and shown once",
)
@json_option
@opened
def add(
    central: Central,
    username: str,
    *,
    classes: tuple[str, ...],
    password_stdin: bool,
    as_json: bool,
    **person: Any,
) -> None:
    """增加一个用户。 Add a person."""
    taught = classes_taught(person["role"], person["unit_code"], classes)
    password, made = _password(from_stdin=password_stdin)
    row = {
        "username": username,
        "password_hash": PasswordHasher().hash(password),
        "locale": "zh_Hans_CN",
        "is_active": True,
        "created_at": now_ms(),
    } | person
    with central.store.transaction() as connection:
        directory.add_account(connection, row)
        for code in taught:
            pupils.teach(connection, f"account:{username}", person["unit_code"], code)
        audit.append(
            connection,
            now_ms(),
            "cli",
            "user.add",
            f"account:{username}",
            {"role": person["role"], "unit": person["unit_code"], "classes": taught},
        )
    shown = {"username": username} | ({"password": password} if made else {})
    told = f",密码(只显示这一次)password, shown once: {password}" if made else ""
    show(shown, f"已增加 added: {username} {person['name']}{told}", as_json=as_json)


@user.command(name="set")
@click.argument("username")
@click.option("--email", help="邮箱;空串表示去掉 / an empty one takes it away")
@click.option("--phone", callback=_phone, help="手机,接收短信 / mobile number, for SMS")
@click.option("--zwdd-id", help="浙政钉用户号 / the person's id in 浙政钉")
@json_option
@opened
def set_user(central: Central, username: str, *, as_json: bool, **addresses: str | None) -> None:
    """改联系方式:通知发到哪里。 Change where a person is reached.

    没给的不变。 What is not given stays as it is.
    """
    changes = {name: value or None for name, value in addresses.items() if value is not None}
    if not changes:
        fail("请至少给一项 / give at least one of --email --phone --zwdd-id", EXIT_CONFIG)
    with central.store.transaction() as connection:
        directory.change_account(connection, username, **changes)
        what = {"changed": sorted(changes)}
        audit.append(connection, now_ms(), "cli", "user.set", f"account:{username}", what)
    said = f"已更新 changed: {username} {', '.join(sorted(changes))}"
    show({"username": username} | changes, said, as_json=as_json)


@user.command(name="list")
@json_option
@opened
def list_users(central: Central, *, as_json: bool) -> None:
    """列出全部用户。 List all people."""
    with central.store.reading() as connection:
        rows = directory.rows(connection, ACCOUNT, "username")
    for row in rows:
        del row["password_hash"]
    lines = [f"{r['username']:<16}{r['role']:<20}{r['unit_code']:<20}{r['name']}" for r in rows]
    show(rows, "\n".join(lines), as_json=as_json)


def _password(*, from_stdin: bool) -> tuple[str, bool]:
    if not from_stdin:
        return secrets.token_urlsafe(9), True
    password = sys.stdin.readline().rstrip("\r\n")
    if len(password) < LEAST_PASSWORD:
        fail(
            f"密码至少 {LEAST_PASSWORD} 个字符 / at least {LEAST_PASSWORD} characters", EXIT_CONFIG
        )
    return password, False
