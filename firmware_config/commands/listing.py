"""`huxiao-flash list`: what may be written, and why the rest may not."""

import click

from firmware_config.adapters.lsblk import disks
from firmware_config.commands.exits import EXITS_HELP, ends_in_words, say_json
from firmware_config.core.disks import Verdict, gib, judge


@click.command(name="list", epilog=EXITS_HELP)
@click.option("--all", "everything", is_flag=True, help="也列出不能写的及原因 refused ones, too")
@click.option("--json", "as_json", is_flag=True, help="每行一个 JSON one JSON line each")
@ends_in_words
def list_disks(*, everything: bool, as_json: bool) -> None:
    """列出可以写的存储卡。 List the cards that may be written.

    本机正在使用的磁盘永远不会被写入,任何选项都不能改变。

    A disk that this computer uses is never written; no option changes that.
    """
    shown = [one for one in judge(disks()) if everything or one.is_card]
    for one in shown:
        if as_json:
            say_json("disk", **described(one))
        else:
            click.echo(in_words(one))
            for objection in one.objections:
                way = f"  → {objection.flag}" if objection.flag and one.is_card else ""
                click.echo(f"    {objection.said}{way}")
    if not shown and not as_json:
        click.echo("没有可写的卡;插好读卡器再试,--all 显示全部。 No card; try --all.", err=True)


def described(verdict: Verdict) -> dict[str, object]:
    """Give a verdict for programs."""
    disk = verdict.disk
    return {
        "path": disk.path,
        "size": disk.size,
        "model": disk.model,
        "serial": disk.serial,
        "bus": verdict.bus,
        "labels": verdict.labels,
        "mounts": verdict.mounts,
        "may_be_written": not verdict.objections,
        "objections": [
            {"code": one.code, "said": one.said, "flag": one.flag} for one in verdict.objections
        ],
    }


def in_words(verdict: Verdict) -> str:
    """Give a disk on one line: the path, how large, what it is, what is on it."""
    disk = verdict.disk
    labels = f"  内有 (holds): {', '.join(verdict.labels)}" if verdict.labels else ""
    serial = f"  序列号 (serial): {disk.serial}" if disk.serial else ""
    model = disk.model or "(无型号 no model)"
    return f"{disk.path}  {gib(disk.size)}  {model}  [{verdict.bus}]{serial}{labels}"
