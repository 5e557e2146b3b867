"""`huxiao-central token`: what programs sign in with."""

import hashlib
import secrets

import click

from central.adapters.clock import now_ms
from central.adapters.store import audit, directory, pupils
from central.commands.options import Central, classes_taught, json_option, opened, show
from central.core.people import Role

DAY_MS = 24 * 3600 * 1000


@click.group()
def token() -> None:
    """API 令牌:程序以某个角色访问。 API tokens for programs.

    令牌只在生成时显示一次。 A token is shown once, when it is made.
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
    help="班主任所教班级,可重复 / a class teacher's class, may be repeated",
)
@click.option("--days", default=365, show_default=True, help="有效天数 / valid for so many days")
@json_option
@opened
def add(  # noqa: PLR0913 - one for each option
    central: Central,
    *,
    name: str,
    role: str,
    unit_code: str,
    classes: tuple[str, ...],
    days: int,
    as_json: bool,
) -> None:
    """生成一个令牌。 Make a token."""
    taught = classes_taught(role, unit_code, classes)
    made = f"hx_{secrets.token_urlsafe(32)}"
    at = now_ms()
    row = {
        "token_hash": hashlib.sha256(made.encode()).hexdigest(),
        "name": name,
        "role": role,
        "unit_code": unit_code,
        "created_at": at,
        "expires_at": at + days * DAY_MS,
        "is_revoked": False,
    }
    with central.store.transaction() as connection:
        directory.add_token(connection, row)
        for code in taught:
            pupils.teach(connection, f"token:{name}", unit_code, code)
        audit.append(connection, at, "cli", "token.add", f"token:{name}", {"role": role})
    show(
        {"token": made, "name": name},
        f"令牌(只显示这一次)token, shown once: {made}",
        as_json=as_json,
    )
