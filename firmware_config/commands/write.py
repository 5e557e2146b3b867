"""`huxiao-flash write`: one image, one card, one device."""

import json
from pathlib import Path
from typing import Any

import click

from firmware_config.adapters.image_file import ImageFile
from firmware_config.commands.choosing import allowed, confirm, release
from firmware_config.commands.exits import EXITS_HELP, ends_in_words, say_json
from firmware_config.commands.planning import (
    Asked,
    Common,
    for_card,
    made_plan,
    network_options,
    read_ticket,
    sum_option,
)
from firmware_config.commands.showing import Shown
from firmware_config.core.device import CardPlan
from firmware_config.flashing import Written
from firmware_config.ports import Exit, FlashError
from firmware_config.wiring import Job, tried, write_card

_file = click.Path(exists=True, dir_okay=False, path_type=Path)
NEXT_OF_CARD = "取出卡,插入设备,上电。 Put it into the device."
NEXT_OF_FILE = "用 Raspberry Pi Imager 把它写到卡上,不加设置。 Put it onto a card, no settings."
FLAGS = ("unmount", "allow_large", "allow_internal", "allow_loop")


@click.command(epilog=EXITS_HELP)
@click.argument("image", type=_file)
@click.argument("disk", type=click.Path(readable=False, path_type=Path))
@click.option("--device", "device_id", required=True, help="设备编号 device_id")
@click.option("--profile", required=True, help="用途 gate, water, venue, 或 .toml 文件")
@click.option("--board", required=True, help="板型 pi4, pi5, 或 .toml 文件")
@click.option("--claim", type=_file, required=True, help="入网码文件 claim.json from central")
@click.option("--payload", type=_file, help="离线软件包 payload.tar of scripts/build-image")
@click.option("--without-payload", is_flag=True, help="镜像已含程序 the image has the software")
@click.option("--site-name", default="", help="场所名称 where it will hang")
@click.option("--config", type=_file, help="自带的设备配置 a device.toml of your own")
@click.option("--address", help="固定地址 fixed address, e.g. 10.20.0.7/24")
@click.option("--gateway", help="网关 with --address")
@click.option("--dns", multiple=True, help="DNS with --address")
@network_options
@sum_option
@click.option("--yes", is_flag=True, help="不再询问 ask nothing; needs --expect-serial")
@click.option("--expect-serial", help="这块盘的序列号 the disk's serial number")
@click.option("--unmount", is_flag=True, help="先卸载桌面挂载的卡 unmount it first")
@click.option("--allow-large", is_flag=True, help="大于 512 GiB 也写 larger ones, too")
@click.option("--allow-internal", is_flag=True, help="空的内置盘也写 empty internal disks")
@click.option("--allow-loop", is_flag=True, help="回环设备也写 loop devices")
@click.option("--dry-run", is_flag=True, help="只说会做什么 say what would be done")
@click.option("--json", "as_json", is_flag=True, help="每行一个 JSON one JSON line each")
@ends_in_words
def write(image: Path, disk: Path, *, as_json: bool, dry_run: bool, **given: Any) -> None:
    """把 IMAGE 写到 DISK,成为一台设备。 Write IMAGE to DISK as one device.

    \b
    顺序:确认 → 占用 → 清空开头 → 查假卡 → 写入 → 绕过缓存读回核对
    → 写设置 → 读回设置 → 最后写分区表。
    中途断电、拔卡、出错,卡都不能启动,不会留下半成品。

    DISK may be a plain file made by `truncate`. Nothing half-written can boot.
    """  # noqa: D301 - click's own sign
    plan = _plan(given)
    _has_software(given)
    flags = frozenset(f"--{one.replace('_', '-')}" for one in FLAGS if given[one])
    agreed, verdict = allowed(disk, ImageFile(image).size, flags)
    job = Job(image, agreed.path, plan, given["payload"], given["sha256"], agreed.identity)
    files = tried(job)
    _tell(plan, image, disk, as_json=as_json)
    if dry_run:
        say_json("files", files=files) if as_json else click.echo("  " + "\n  ".join(files))
        return
    confirm(
        agreed, verdict.disk if verdict else None, yes=given["yes"], serial=given["expect_serial"]
    )
    release(agreed)
    shown = Shown(as_json=as_json)
    try:
        written = write_card(job, shown)
    finally:
        shown.end()
    done(plan, written, into_file=verdict is None, as_json=as_json)


def _plan(given: dict[str, Any]) -> CardPlan:
    asked = Asked(
        device_id=given["device_id"],
        profile=given["profile"],
        board=given["board"],
        ticket=read_ticket(given["claim"]),
        site_name=given["site_name"],
        config=given["config"],
        address=given["address"],
        gateway=given["gateway"],
        dns=given["dns"],
    )
    return for_card(made_plan(asked, common_of(given)))


def common_of(given: dict[str, Any]) -> Common:
    """Take what all cards share out of a verb's options."""
    names = ("wifi_ssid", "wifi_key_file", "wifi_country", "wifi_hidden", "ssh_keys")
    return Common(**{name: given[name] for name in names})


def _has_software(given: dict[str, Any]) -> None:
    if given["payload"] is None and not given["without_payload"]:
        said = "没有给离线软件包 (no payload): 原版镜像里没有护校的程序"
        advice = "scripts/build-image 制作后用 --payload;镜像已含程序则用 --without-payload"
        raise FlashError(Exit.USAGE, said, advice)


def _tell(plan: CardPlan, image: Path, disk: Path, *, as_json: bool) -> None:
    said = {
        "device_id": plan.device_id,
        "profile": plan.profile.name,
        "board": plan.board.name,
        "central": plan.ticket.url,
        "image": str(image),
        "disk": str(disk),
        "root": plan.profile.storage.root,
        "network": json.loads(plan.network.model_dump_json(exclude={"wifi": {"key"}})),
    }
    if as_json:
        say_json("plan", **said)
        return
    click.echo(
        f"{plan.device_id}: {plan.profile.title},{plan.board.title} → {plan.ticket.url}\n"
        f"  {image} → {disk}", err=True
    )  # fmt: skip


def done(plan: CardPlan, written: Written, *, into_file: bool, as_json: bool) -> None:
    """Say that it is finished, and what comes next."""
    if as_json:
        say_json(
            "done",
            device_id=plan.device_id,
            bytes=written.bytes,
            sha256=written.sha256,
            file_sha256=written.file_sha256,
            files=written.files,
        )
        return
    mib = written.bytes / 1024**2
    click.secho(
        f"完成 done: {plan.device_id},{mib:.0f} MiB 已写入并核对 (written and checked)。"
        f"{NEXT_OF_FILE if into_file else NEXT_OF_CARD}", fg="green", err=True
    )  # fmt: skip
