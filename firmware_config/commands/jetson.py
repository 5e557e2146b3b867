"""`huxiao-flash jetson`: a Jetson through NVIDIA's own tool."""

import shlex
from pathlib import Path
from typing import Any

import click

from firmware_config.adapters import jetson_tool
from firmware_config.adapters.parts import board as read_board
from firmware_config.commands.exits import EXITS_HELP, ends_in_words
from firmware_config.commands.planning import Asked, made_plan, network_options, read_ticket
from firmware_config.commands.write import common_of
from firmware_config.core.jetson import command
from firmware_config.ports import Exit, FlashError
from firmware_config.wiring import jetson_files

_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(epilog=EXITS_HELP)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--device", "device_id", required=True, help="设备编号 device_id")
@click.option("--profile", required=True, help="用途 gate, water, venue, 或 .toml 文件")
@click.option("--board", default="jetson-orin", show_default=True, help="板型,或 .toml 文件")
@click.option("--claim", type=_file, required=True, help="入网码文件 claim.json from central")
@click.option("--payload", type=_file, required=True, help="离线软件包 payload.tar")
@click.option("--site-name", default="", help="场所名称 where it will hang")
@click.option("--config", type=_file, help="自带的设备配置 a device.toml of your own")
@network_options
@click.option("--dry-run", is_flag=True, help="只显示命令 show the command only")
@ends_in_words
def jetson(folder: Path, *, dry_run: bool, **given: Any) -> None:
    """经 NVIDIA 的工具刷写 Jetson。 Flash a Jetson by NVIDIA's tool in FOLDER (Linux_for_Tegra).

    \b
    Jetson 不用存储卡:要一台 x86 Ubuntu 电脑、NVIDIA 的 BSP、恢复模式和 USB 线。
    本命令把设备的设置放进 rootfs,再运行 l4t_initrd_flash.sh;结束后把入网码从 rootfs 取出。
    BSP 由 NVIDIA 提供,本项目不附带;这条命令用替身程序测过,没有在真板上跑过。

    Tested against a stand-in of NVIDIA's tool, not on a real board.
    """  # noqa: D301 - click's own sign
    on = read_board(given["board"])
    if on.way != "nvidia":
        said = f"{on.title} 用存储卡 (takes a card)"
        raise FlashError(Exit.USAGE, said, "huxiao-flash write")
    asked = Asked(
        device_id=given["device_id"],
        profile=given["profile"],
        board=given["board"],
        ticket=read_ticket(given["claim"]),
        site_name=given["site_name"],
        config=given["config"],
    )
    plan = made_plan(asked, common_of(given))
    jetson_tool.check(folder)
    files = jetson_files(plan, given["payload"])
    click.echo(f"{plan.device_id}: {shlex.join(command(on))}", err=True)
    if dry_run:
        return
    if not jetson_tool.is_in_recovery():
        said = "没有看到处于恢复模式的 Jetson (no Jetson in recovery mode)"
        advice = "断电,短接 FC REC 与 GND,接 USB 线,上电;lsusb 应显示 0955 (NVIDIA)"
        raise FlashError(Exit.DEVICE, said, advice)
    written = jetson_tool.put(folder, files)
    try:
        jetson_tool.flash(folder, command(on), lambda line: click.echo(line, err=True))
    finally:
        jetson_tool.take_out(written)
    click.secho(f"完成 done: {plan.device_id}", fg="green", err=True)
