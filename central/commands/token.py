"""`huxiao-central token`: what programs sign in with."""

import hashlib
import secrets
from typing import Any

import click

from central.adapters.clock import now_ms
from central.adapters.store import audit, directory, pupils, tokens
from central.commands.options import (
    EXIT_REFUSED,
    Central,
    classes_taught,
    fail,
    json_option,
    opened,
    show,
)
from central.core.local_time import ZONE, from_ms
from central.core.people import Role
from central.core.scopes import ALL, SCOPES

DAY_MS = 24 * 3600 * 1000


@click.group()
def token() -> None:
    """API 令牌:程序以某个角色访问。 API tokens for programs.

    令牌只在生成时显示一次。 A token is shown once, when it is made. What it reaches is its role's,
    and of that only its scopes: `--scope incidents:read --scope incidents:write`; without one, all.
    """


@token.command()
@click.option("--name", required=True, help="用途 / what it is for")
@click.option(
    "--role", type=click.Choice([role.value for role in Role]), required=True, help="角色 / role"
)
@click.option("--unit", "unit_code", required=True, help="单位编号 / unit")
@click.option(
    "--class",
    "classes",
    multiple=True,
    metavar="3-2",
    help="班主任所教班级，可重复 / a class teacher's class, may be repeated",
)
@click.option(
    "--scope", "scopes", type=click.Choice([ALL, *SCOPES]), multiple=True,
    help="范围，可多次给出；缺省 all，该角色的全部 / what it may reach; none: all of its role",
)  # fmt: skip
@click.option("--days", default=365, show_default=True, help="有效天数 / valid for so many days")
@json_option
@opened
def add(  # noqa: PLR0913 - one argument an option
    central: Central,
    *,
    name: str,
    role: str,
    unit_code: str,
    classes: tuple[str, ...],
    scopes: tuple[str, ...],
    days: int,
    as_json: bool,
) -> None:
    """生成一个令牌。 Make a token."""
    taught = classes_taught(role, unit_code, classes)
    made = f"hx_{secrets.token_urlsafe(32)}"
    at = now_ms()
    if not scopes:
        zh = f"未给出 --scope：此令牌可使用角色 {role} 的全部接口，建议只给所需范围"
        click.echo(f"{zh} / no --scope: it reaches all that the role may, give it less", err=True)
    reach = ALL if ALL in scopes or not scopes else " ".join(sorted(set(scopes)))
    row = {
        "token_hash": hashlib.sha256(made.encode()).hexdigest(),
        "name": name,
        "role": role,
        "unit_code": unit_code,
        "created_at": at,
        "expires_at": at + days * DAY_MS,
        "is_revoked": False,
        "scopes": reach,
    }
    with central.store.transaction() as connection:
        directory.add_token(connection, row)
        for code in taught:
            pupils.teach(connection, f"token:{name}", unit_code, code)
        audit.append(connection, at, "cli", "token.add", f"token:{name}",
                     {"role": role, "scopes": reach})  # fmt: skip
    show(
        {"token": made, "name": name, "scopes": reach.split()},
        f"令牌（只显示这一次）token, shown once: {made}",
        as_json=as_json,
    )


@token.command(name="list")
@json_option
@opened
def list_tokens(central: Central, *, as_json: bool) -> None:
    """列出令牌:范围、到期、最近使用。 List tokens with scopes, expiry and last use."""
    with central.store.reading() as connection:
        rows = tokens.listed(connection)
    show(rows, "\n".join(_line(row) for row in rows), as_json=as_json)


@token.command()
@click.argument("named", metavar="NAME_OR_ID")
@json_option
@opened
def revoke(central: Central, named: str, *, as_json: bool) -> None:
    """作废令牌,立即生效。 Revoke a token at once, by its name or by the id that `list` shows."""
    with central.store.transaction() as connection:
        hit = tokens.revoke(connection, named)
        if not hit:
            fail(
                f"没有有效的令牌 {named!r} / no valid token {named!r}: see token list", EXIT_REFUSED
            )
        for name in hit:
            audit.append(connection, now_ms(), "cli", "token.revoke", f"token:{name}")
    show({"revoked": hit}, f"已作废 revoked: {', '.join(hit)}", as_json=as_json)


def _line(row: dict[str, Any]) -> str:
    state = "已作废 revoked" if row["is_revoked"] else f"到期 expires {_day(row['expires_at'])}"
    used = f"最近使用 used {_day(row['used_at'])}" if row["used_at"] else "未使用 unused"
    who = f"{row['role']}@{row['unit_code']}"
    return f"{row['token_id']}  {row['name']}  {who}  [{row['scopes']}]  {state}  {used}"


def _day(at_ms: int | None) -> str:
    return f"{from_ms(at_ms).astimezone(ZONE):%Y-%m-%d}" if at_ms else "—"
