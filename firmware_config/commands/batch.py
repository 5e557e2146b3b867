"""`huxiao-flash batch`: a box of cards, one after another."""

import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from contract.claims import TicketError, ticket_of
from firmware_config.adapters.done_file import DoneFile
from firmware_config.adapters.image_file import ImageFile
from firmware_config.adapters.lsblk import disks
from firmware_config.commands.choosing import allowed, confirm, release
from firmware_config.commands.exits import EXITS_HELP, ends_in_words, say_json
from firmware_config.commands.planning import (
    Asked,
    for_card,
    made_plan,
    network_options,
    sum_option,
)
from firmware_config.commands.showing import Shown
from firmware_config.commands.write import common_of, done
from firmware_config.core.batch import BatchError, Line, left, lines_of
from firmware_config.core.device import CardPlan
from firmware_config.core.disks import judge
from firmware_config.ports import Exit, FlashError
from firmware_config.wiring import Job, payload_files, tried, write_card

_file = click.Path(exists=True, dir_okay=False, path_type=Path)
LOOK_EVERY_S = 1.0


@click.command(epilog=EXITS_HELP)
@click.argument("devices", type=_file)
@click.argument("image", type=_file)
@click.argument("disk", type=click.Path(path_type=Path))
@click.option("--payload", type=_file, help="离线软件包 payload.tar of scripts/build-image")
@click.option("--without-payload", is_flag=True, help="镜像已含程序 the image has the software")
@network_options
@sum_option
@click.option("--unmount", is_flag=True, help="先卸载桌面挂载的卡 unmount it first")
@click.option("--dry-run", is_flag=True, help="只检查清单 check the list only")
@click.option("--json", "as_json", is_flag=True, help="每行一个 JSON one JSON line each")
@ends_in_words
def batch(devices: Path, image: Path, disk: Path, *, as_json: bool, **given: Any) -> None:
    """按清单 DEVICES(CSV)一张接一张写。 Write one card after another, from a CSV.

    \b
    列 columns: device_id,profile,board,claim[,site_name,config,address,gateway,dns]
    claim 是标签上的整行入网码。全部检查无误才开始;每张卡仍要输入盘名确认。
    写完的记在 DEVICES 旁的 .done.csv;中断后再运行,从没写的接着来。
    卡坏了:换一张,接着写同一台。

    Everything is checked before the first card. What is done is kept beside the list.
    """  # noqa: D301 - click's own sign
    lines = _lines(devices)
    plans = {line.device_id: _plan(line, devices.parent, given) for line in lines}
    if given["payload"] is not None:
        payload_files(given["payload"])
    elif not given["without_payload"]:
        raise FlashError(Exit.USAGE, "要 --payload 或 --without-payload (give one of them)")
    size = ImageFile(image).size
    file = DoneFile(devices)
    waiting = left(lines, file.device_ids())
    _tell(lines, waiting, as_json=as_json)
    if given["dry_run"]:
        return
    flags = frozenset({"--unmount"} if given["unmount"] else ())
    for number, line in enumerate(waiting, start=1):
        plan = plans[line.device_id]
        while not _one(plan, Slot(disk, size, flags), given | {"image": image}, file, as_json):
            click.echo("换一张卡,接着写这一台 (another card for the same device)", err=True)
        if number < len(waiting):
            _until_taken_out(disk)
    click.secho(f"全部完成 all done: {len(lines)}", fg="green", err=True)


class Slot:
    """The reader into which the cards go, and what every card must be."""

    def __init__(self, disk: Path, size: int | None, flags: frozenset[str]) -> None:
        self.disk, self.size, self.flags = disk, size, flags


def _one(plan: CardPlan, slot: Slot, given: dict[str, Any], file: DoneFile, as_json: bool) -> bool:
    """Write one card; false where this card is no good and another is to be tried."""
    click.echo(f"\n请插入 {plan.device_id} 的卡 (insert the card for it): {slot.disk}", err=True)
    _until_there(slot)
    shown = Shown(as_json=as_json)
    try:
        agreed, verdict = allowed(slot.disk, slot.size, slot.flags)
        job = Job(given["image"], agreed.path, plan, given["payload"], given["sha256"],
                  agreed.identity)  # fmt: skip
        tried(job)
        confirm(agreed, verdict.disk if verdict else None, yes=False, serial=None)
        release(agreed)
        written = write_card(job, shown)
    except FlashError as error:
        if error.exit not in {Exit.CARD, Exit.FAKE_CARD, Exit.VERIFY}:
            raise
        shown.end()
        click.secho(f"错误 error: {error.said}", fg="red", err=True)
        _until_taken_out(slot.disk)
        return False
    shown.end()
    file.add(
        {
            "device_id": plan.device_id,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "disk": str(slot.disk),
            "serial": verdict.disk.serial if verdict else "",
            "sha256": written.sha256,
        }
    )
    done(plan, written, into_file=verdict is None, as_json=as_json)
    return True


def _lines(devices: Path) -> list[Line]:
    try:
        return lines_of(devices.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        said = f"{devices}: 不是 UTF-8 (is not in UTF-8)"
        advice = "在 Excel 中另存为“CSV UTF-8” (save it as CSV UTF-8)"
        raise FlashError(Exit.USAGE, said, advice) from error
    except (BatchError, OSError) as error:
        raise FlashError(Exit.USAGE, f"{devices}: {error}") from error


def _plan(line: Line, folder: Path, given: dict[str, Any]) -> CardPlan:
    config = line.get("config")
    try:
        asked = Asked(
            device_id=line.device_id,
            profile=line.said["profile"],
            board=line.said["board"],
            ticket=ticket_of(line.said["claim"]),
            site_name=line.said.get("site_name", ""),
            config=folder / config if config else None,
            address=line.get("address"),
            gateway=line.get("gateway"),
            dns=tuple((line.get("dns") or "").split()),
        )
        return for_card(made_plan(asked, common_of(given)))
    except TicketError as error:
        raise FlashError(Exit.USAGE, f"第 {line.number} 行 (line): {error}") from error
    except FlashError as error:
        said = f"第 {line.number} 行 (line): {error.said}"
        raise FlashError(error.exit, said, error.advice) from error


def _tell(lines: list[Line], waiting: list[Line], *, as_json: bool) -> None:
    if as_json:
        say_json("batch", total=len(lines), waiting=[one.device_id for one in waiting])
        return
    click.echo(f"共 {len(lines)} 台,还要写 {len(waiting)} 张 (cards to write)", err=True)
    for one in waiting:
        click.echo(f"  {one.device_id}  {one.said.get('site_name', '')}", err=True)


def _has_card(disk: Path) -> bool:
    if disk.is_file():
        return True
    with suppress(FlashError):
        return any(one.disk.path == str(disk) and one.disk.size for one in judge(disks()))
    return False


def _until_there(slot: Slot) -> None:
    while not _has_card(slot.disk):
        time.sleep(LOOK_EVERY_S)


def _until_taken_out(disk: Path) -> None:
    if disk.is_file():  # a file stays: ask
        click.prompt("换好后回车 (Enter when exchanged)", default="", show_default=False, err=True)
        return
    click.echo("请取出卡 (take the card out)", err=True)
    while _has_card(disk):
        time.sleep(LOOK_EVERY_S)
