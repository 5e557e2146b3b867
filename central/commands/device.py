"""`huxiao-central device`: boxes, and the certificates that say who they are."""

import os
import re
import signal
from pathlib import Path
from typing import Any

import click

from central.adapters.broker_config import write_revocations
from central.adapters.certificates import Issued, write_secret
from central.adapters.clock import now_ms
from central.adapters.store import audit, directory
from central.adapters.store.tables import DEVICE
from central.commands.options import (
    EXIT_CONFIG,
    EXIT_REFUSED,
    Central,
    fail,
    json_option,
    opened,
    show,
)
from contract.topics import DEVICE_ID_PATTERN


@click.group()
def device() -> None:
    """设备:登记、发证书、吊销。 Boxes: add, list, revoke.

    证书里的名字就是设备编号。 The name in the certificate is the device_id.
    """


@device.command()
@click.argument("device_id")
@click.option("--site", "site_id", required=True, help="装在哪个场所 / where it hangs")
@click.option(
    "--profile",
    type=click.Choice(["gate", "water", "venue", "door"]),
    required=True,
    help="用途 / what it is for",
)
@click.option(
    "--bundle",
    type=click.Path(path_type=Path),
    help="证书和配置写到这个目录 / folder for certificate, key and config",
)
@json_option
@opened
def add(
    central: Central,
    device_id: str,
    *,
    site_id: str,
    profile: str,
    bundle: Path | None,
    as_json: bool,
) -> None:
    """登记一台设备,生成它的证书。 Add a box and make its certificate."""
    if not re.fullmatch(DEVICE_ID_PATTERN, device_id):
        fail(f"{device_id!r}: 只用小写字母、数字、连字符 / use a-z, 0-9 and -", EXIT_CONFIG)
    folder = bundle or Path(device_id)
    issued = central.authority().for_client(device_id)
    row = {
        "device_id": device_id,
        "site_id": site_id,
        "profile": profile,
        "created_at": now_ms(),
        "certificate_serial": issued.serial,
        "is_revoked": False,
        "is_online": False,
        "certificate_expires_at": int(issued.expires_at.timestamp() * 1000),
    }
    with central.store.transaction() as connection:
        if profile != "door" and directory.kind_of_site(connection, site_id) == "dormitory":
            fail("宿舍不得安装摄像设备,只能登记门禁(--profile door)/ no cameras in a dormitory: "
                 "only its door control", EXIT_REFUSED)  # fmt: skip
        directory.add_device(connection, row)
        audit.append(connection, now_ms(), "cli", "device.add", f"device:{device_id}")
        _write_bundle(central, folder, issued, row)
    shown = {"device_id": device_id, "bundle": str(folder), "serial": issued.serial}
    show(
        shown,
        f"已登记 added: {device_id};证书和配置 certificate and config: {folder}",
        as_json=as_json,
    )


@device.command(name="list")
@json_option
@opened
def list_devices(central: Central, *, as_json: bool) -> None:
    """列出全部设备。 List all boxes."""
    with central.store.reading() as connection:
        rows: list[dict[str, Any]] = directory.rows(connection, DEVICE, "device_id")
    lines = [
        f"{r['device_id']:<24}{r['site_id']:<20}{'在线 online' if r['is_online'] else '离线'}"
        for r in rows
    ]
    show(rows, "\n".join(lines), as_json=as_json)


@device.command()
@click.argument("device_id")
@click.option(
    "--broker-pid", type=int, help="通知这个 mosquitto 进程 / tell this mosquitto process"
)
@opened
def revoke(central: Central, device_id: str, broker_pid: int | None) -> None:
    """吊销一台设备的证书(被盗、报废)。 Revoke a box that is stolen or scrapped."""
    with central.store.transaction() as connection:
        if directory.device(connection, device_id) is None:
            fail(f"{device_id!r} 不存在 does not exist", EXIT_REFUSED)
        directory.change_device(connection, device_id, is_revoked=True, is_online=False)
        audit.append(connection, now_ms(), "cli", "device.revoke", f"device:{device_id}")
        serials = directory.revoked_serials(connection)
    write_revocations(central.data.broker, central.authority(), serials)
    if broker_pid:
        os.kill(broker_pid, signal.SIGHUP)
    click.echo(
        f"已吊销 revoked: {device_id}。重启消息服务器后断开 / restart the broker to cut it off"
    )


def _write_bundle(central: Central, folder: Path, issued: Issued, row: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ca.crt").write_bytes(central.authority().certificate)
    (folder / "device.crt").write_bytes(issued.certificate)
    write_secret(folder / "device.key", issued.key)
    keys = central.gallery_keys()
    (folder / "central.pub").write_bytes(keys.public_signing_pem())
    (folder / "enrolment.pub").write_bytes(keys.public_enrolment_pem())
    broker = central.config.broker
    if row["profile"] == "door":
        return
    (folder / "device.toml").write_text(
        f"""device_id = "{row["device_id"]}"
profile = "{row["profile"]}"

[broker]
host = "{broker.host}"
port = {broker.device_port}
ca_file = "ca.crt"
cert_file = "device.crt"
key_file = "device.key"
signing_key_file = "central.pub"

[gallery]
enrolment_key_file = "enrolment.pub"

[[cameras]]                              # 按现场修改 / change to what hangs there
camera_id = "cam1"
source = "0"
""",
        encoding="utf-8",
    )
