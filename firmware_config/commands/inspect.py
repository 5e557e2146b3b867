"""`huxiao-flash inspect`: what is on this card?"""

import json
from pathlib import Path

import click

from firmware_config.adapters.card_reader import opened
from firmware_config.commands.exits import EXITS_HELP, ends_in_words, say_json
from firmware_config.core.card_files import CARD
from firmware_config.core.fat import FatError, FatVolume
from firmware_config.core.formats import UnknownFormatError, format_of

LAST_LINES = 12


@click.command(epilog=EXITS_HELP)
@click.argument("disk", type=click.Path(readable=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="一个 JSON one JSON object")
@ends_in_words
def inspect(disk: Path, *, as_json: bool) -> None:
    """查看卡上是哪台设备,入网码是否还在,第一次启动说了什么。 What is on DISK; only reads.

    不显示任何密钥。 No secret is shown.
    """
    with opened(disk) as (_read, volume):
        found = _found(volume)
    if as_json:
        say_json("card", **found)
        return
    card = found["card"]
    if not isinstance(card, dict):
        click.echo(f"不是护校的卡 (not one of ours);镜像设置方式 image: {found['format']}")
        return
    click.echo(f"设备 device: {card['device_id']}  {card['site_name']}")
    click.echo(f"用途 profile: {card['profile']}  板型 board: {card['board']}")
    click.echo(f"平台 central: {card['central']}")
    claim = "还在,尚未入网 (still there: not enrolled yet)"
    click.echo(f"入网码 claim: {claim if found['has_claim'] else '已用并擦除 (used and erased)'}")
    if found["first_boot"]:
        click.echo(f"第一次启动 first boot:\n{found['first_boot']}")


def _found(volume: FatVolume) -> dict[str, object]:
    try:
        image: str | None = format_of(volume.names(), volume.read).value
    except UnknownFormatError:
        image = None
    card, log = _text(volume, "card.json"), _text(volume, "first-boot.log")
    return {
        "format": image,
        "card": json.loads(card) if card else None,
        "has_claim": volume.has(f"{CARD}/claim.json"),
        "files": _names(volume),
        "first_boot": "\n".join(log.splitlines()[-LAST_LINES:]),
    }


def _names(volume: FatVolume) -> dict[str, int]:
    try:
        return volume.names(CARD)
    except FatError:
        return {}


def _text(volume: FatVolume, name: str) -> str:
    path = f"{CARD}/{name}"
    return volume.read(path).decode("utf-8", "replace") if volume.has(path) else ""
