"""`huxiao-central device`: boxes, and the certificates that say who they are."""

from pathlib import Path
from typing import Any

import click

from central.adapters.certificates import Issued, name_of_key, write_secret
from central.adapters.clock import now_ms
from central.adapters.identities import url_of
from central.adapters.registering import register
from central.adapters.registering import revoke as revoke_device
from central.adapters.store import certificates, directory
from central.adapters.store.tables import DEVICE
from central.commands import device_claims
from central.commands.options import (
    EXIT_REFUSED,
    Central,
    fail,
    json_option,
    opened,
    show,
)


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
    folder = bundle or Path(device_id)
    authority = central.authority()
    issued = authority.for_client(device_id)
    row = {"device_id": device_id, "site_id": site_id, "profile": profile}
    with central.store.transaction() as connection:
        register(connection, row, "cli", now_ms())
        of = (name_of_key(issued.certificate), authority.fingerprint)
        certificates.put(connection, device_id, issued, of, now_ms())
        _write_bundle(central, folder, issued, row)
    shown = {"device_id": device_id, "bundle": str(folder), "serial": issued.serial}
    show(
        shown,
        f"已登记 added: {device_id}；证书和配置 certificate and config: {folder}",
        as_json=as_json,
    )


device.add_command(device_claims.claim)
device.add_command(device_claims.list_attempts)


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
@opened
def revoke(central: Central, device_id: str) -> None:
    """吊销一台设备的证书(被盗、报废),并断开它。 Revoke a box that is stolen or scrapped.

    之后用 claim 生成新的入网码,新设备保留原来的场所、配置和历史。

    It is cut off at once. A later `claim` lets another box take its place.
    """
    with central.store.transaction() as connection:
        if directory.device(connection, device_id) is None:
            fail(f"{device_id!r} 不存在 does not exist", EXIT_REFUSED)
        revoke_device(connection, device_id, "lost", "cli", now_ms())
    outcome = central.revoking().settle(now_ms())
    cut = (
        "已断开 cut off"
        if outcome.is_told
        else ("消息服务器没有收到通知，请重启它 / the broker could not be told: restart it")
    )
    click.echo(f"已吊销 revoked: {device_id}。{cut}")


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
renew_url = "{url_of(central.config)}"

[gallery]
enrolment_key_file = "enrolment.pub"

[[cameras]]                              # 按现场修改 / change to what hangs there
camera_id = "cam1"
source = "0"
""",
        encoding="utf-8",
    )
