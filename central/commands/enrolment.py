"""`huxiao-central enrolment`: whom devices may match; erase them; deliver a gallery again."""

from typing import Any

import click

from central.adapters.clock import now_ms
from central.adapters.store import audit, directory, enrolments, galleries
from central.adapters.store.tables import ENROLMENT
from central.commands.options import EXIT_REFUSED, Central, fail, json_option, opened, show
from central.core.local_time import from_ms
from central.core.refusals import CaseError


@click.group()
def enrolment() -> None:
    """人脸登记:列出、注销、重新下发。 Enrolments: list, withdraw, deliver again.

    登记在学校进行,见 huxiao-edge faces enrol。 Schools enrol: huxiao-edge faces enrol.
    """


@enrolment.command(name="list")
@json_option
@opened
def list_enrolments(central: Central, *, as_json: bool) -> None:
    """列出全部登记,不含姓名和模板。 List all, without names or templates; the look is kept."""
    with central.store.transaction() as connection:
        audit.append(connection, now_ms(), "cli", "look", "enrolments")
        rows: list[dict[str, Any]] = directory.rows(connection, ENROLMENT, "entry_id")
    for row in rows:
        del row["likeness"]
    show(rows, "\n".join(map(_line, rows)), as_json=as_json)


@enrolment.command()
@click.argument("entry_id")
@click.option("--reason", default="", help="原因，写入审计 / why, for the audit log")
@json_option
@opened
def withdraw(central: Central, entry_id: str, *, reason: str, as_json: bool) -> None:
    """注销一个登记:销毁密钥,通知设备删除。 Destroy the key and tell devices to forget."""
    keeper, at = central.keeper(), now_ms()
    try:
        with central.store.transaction() as connection:
            devices = keeper.withdraw(connection, entry_id, "cli", at, reason)
    except CaseError as error:
        fail(f"{error.message_zh} / {error.message_en}", EXIT_REFUSED)
    keeper.erase(central.store, at)
    with central.store.reading() as connection:
        row = enrolments.found(connection, entry_id)
    digest = "" if row is None else row["key_digest"]
    show(
        {"entry_id": entry_id, "devices": devices, "key_digest": digest},
        f"已注销 withdrawn: {entry_id}；密钥已销毁 key destroyed: {digest[:16]}…；"
        f"设备 devices: {', '.join(devices) or '-'}",
        as_json=as_json,
    )


@enrolment.command()
@click.argument("device_id")
@opened
def resend(central: Central, device_id: str) -> None:
    """把整个人脸库重新下发给一台设备。 Deliver a device's whole gallery again."""
    at = now_ms()
    with central.store.transaction() as connection:
        if directory.device(connection, device_id) is None:
            fail(f"{device_id!r} 不存在 does not exist", EXIT_REFUSED)
        count = galleries.begin_anew(connection, device_id, at)
        audit.append(connection, at, "cli", "gallery.resend", f"device:{device_id}")
    click.echo(f"将下发 {count} 条 entries to be delivered: {device_id}")


def _line(row: dict[str, Any]) -> str:
    state = "已注销 withdrawn" if row["withdrawn_at"] else f"{from_ms(row['expires_at']):%Y-%m-%d}"
    return f"{row['entry_id']:<28}{row['purpose']:<20}{row['unit_code']:<24}{state}"
