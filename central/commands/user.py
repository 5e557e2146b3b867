"""`huxiao-central user`: people who may sign in."""

import re
import secrets
import sys
from typing import Any, NoReturn

import click
from argon2 import PasswordHasher

from central.adapters.clock import now_ms
from central.adapters.store import audit, directory, factors, pupils, sign_ins
from central.adapters.store.tables import ACCOUNT
from central.commands.options import (
    EXIT_CONFIG,
    EXIT_REFUSED,
    Central,
    classes_taught,
    fail,
    json_option,
    opened,
    show,
)
from central.core.passwords import weakness
from central.core.people import Role
from central.core.sign_in_policy import Factors

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
@click.option("--phone", callback=_phone, help="手机，接收短信 / mobile number, for SMS")
@click.option("--zwdd-id", help="浙政钉用户号 / the person's id in 浙政钉")
@click.option(
    "--class",
    "classes",
    multiple=True,
    metavar="3-2",
    help="班主任所教班级，可重复 / a class teacher's class, may be repeated",
)
@click.option(
    "--password-stdin",
    is_flag=True,
    help="从标准输入读密码；不给则生成一个 / read it; else one is made and shown once",
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
    password, made = _password(username, person["name"], from_stdin=password_stdin)
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
    told = f"，密码（只显示这一次）password, shown once: {password}" if made else ""
    show(shown, f"已增加 added: {username} {person['name']}{told}", as_json=as_json)


@user.command(name="set")
@click.argument("username")
@click.option("--email", help="邮箱；空串表示去掉 / an empty one takes it away")
@click.option("--phone", callback=_phone, help="手机，接收短信 / mobile number, for SMS")
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
        has = factors.of_all(connection)
    must = central.config.sign_in.must_have_second
    for row in rows:
        del row["password_hash"]
        mine = has.get(row["username"], Factors())
        row["second_factor"] = {"app": mine.has_app, "passkeys": mine.passkeys}
        row["must_have_second"] = Role(row["role"]) in must
    show(rows, "\n".join(_line(row) for row in rows), as_json=as_json)


@user.command(name="set-password")
@click.argument("username")
@click.option(
    "--password-stdin",
    is_flag=True,
    help="从标准输入读密码；不给则生成一个 / read it; else one is made and shown once",
)
@json_option
@opened
def set_password(central: Central, username: str, *, password_stdin: bool, as_json: bool) -> None:
    """设置新密码,并结束其全部登录。 Set a password; all sign-ins of this person end."""
    with central.store.reading() as connection:
        found = sign_ins.account(connection, username)
    if found is None:
        _no_such(username)
    password, made = _password(username, found.name, from_stdin=password_stdin)
    with central.store.transaction() as connection:
        sign_ins.set_password(connection, username, PasswordHasher().hash(password))
        sign_ins.end_all(connection, username)
        audit.append(connection, now_ms(), "cli", "user.password", f"account:{username}")
    shown = {"username": username} | ({"password": password} if made else {})
    told = f"，密码（只显示这一次）password, shown once: {password}" if made else ""
    show(shown, f"已设置新密码 password set: {username}{told}", as_json=as_json)


@user.command(name="reset-factors")
@click.argument("username")
@json_option
@opened
def reset_factors(central: Central, username: str, *, as_json: bool) -> None:
    """清除第二重验证(手机丢失时)。 Forget app, recovery codes and passkeys, after a lost phone.

    全部登录随之结束;下次登录时重新设置。 All sign-ins end; the next one leads to setting up anew.
    Make sure first that it is really this person who asks.
    """
    with central.store.transaction() as connection:
        if sign_ins.account(connection, username) is None:
            _no_such(username)
        had = factors.reset(connection, username)
        ended = sign_ins.end_all(connection, username)
        detail = {"app": had.has_app, "passkeys": had.passkeys}
        audit.append(connection, now_ms(), "cli", "user.reset_factors", f"account:{username}",
                     detail)  # fmt: skip
    show(
        {"username": username, "had": detail, "sign_ins_ended": ended},
        f"已清除 reset: {username} (app {int(had.has_app)}, passkeys {had.passkeys})",
        as_json=as_json,
    )


def _line(row: dict[str, Any]) -> str:
    second = row["second_factor"]
    has = ["验证器 app"] if second["app"] else []
    has += [f"通行密钥 passkeys {second['passkeys']}"] if second["passkeys"] else []
    none = "必须设置第二重验证 second factor is due" if row["must_have_second"] else "—"
    who = f"{row['username']:<16}{row['role']:<20}{row['unit_code']:<20}{row['name']}"
    return f"{who}  [{', '.join(has) or none}]"


def _no_such(username: str) -> NoReturn:
    fail(f"没有用户 {username!r} / no such person: see user list", EXIT_REFUSED)


def _password(username: str, name: str, *, from_stdin: bool) -> tuple[str, bool]:
    if not from_stdin:
        return secrets.token_urlsafe(9), True
    password = sys.stdin.readline().rstrip("\r\n")
    if weak := weakness(password, username, name):
        fail(f"{weak[0]} / {weak[1]}", EXIT_CONFIG)
    return password, False
