"""`huxiao-flash verify`: is the card still what was written?"""

import hashlib
import json
from pathlib import Path
from typing import Any

import click

from firmware_config.adapters.card_reader import opened
from firmware_config.commands.exits import EXITS_HELP, ends_in_words, say_json
from firmware_config.commands.showing import Shown
from firmware_config.core.card_files import CARD
from firmware_config.core.fat import FatVolume
from firmware_config.core.partitions import Read
from firmware_config.core.sums import untouched
from firmware_config.flashing import TRY_ANOTHER
from firmware_config.ports import Exit, FlashError


@click.command(epilog=EXITS_HELP)
@click.argument("disk", type=click.Path(readable=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="每行一个 JSON one JSON line each")
@ends_in_words
def verify(disk: Path, *, as_json: bool) -> None:
    """再次核对一张写好、还没启动过的卡。 Check a written card that has not been started yet.

    卡上记着每 4 MiB 的校验和;启动过的卡自己改了内容,不能再核对。

    The card itself holds the sums. One that was started has changed itself.
    """
    with opened(disk) as (read, volume):
        path = f"{CARD}/written.json"
        if not volume.has(path):
            said = f"{disk} 不是 huxiao-flash 写的卡 (not written by huxiao-flash)"
            raise FlashError(Exit.VERIFY, said)
        if volume.has(f"{CARD}/first-boot.log"):
            said = "这张卡启动过,内容已变 (it was started and has changed itself)"
            raise FlashError(Exit.VERIFY, said, "huxiao-flash inspect")
        recorded: dict[str, Any] = json.loads(volume.read(path))
        _files(volume, recorded["files"])
        shown = Shown(as_json=as_json)
        _blocks(read, recorded, shown)
        shown.end()
    if as_json:
        say_json("done", sha256=recorded["sha256"], files=sorted(recorded["files"]))
    else:
        click.secho("一致 ok: 镜像和设置都与写入时相同 (as written)", fg="green")


def _files(volume: FatVolume, wanted: dict[str, str]) -> None:
    for path, digest in wanted.items():
        if not volume.has(path) or hashlib.sha256(volume.read(path)).hexdigest() != digest:
            raise FlashError(Exit.VERIFY, f"{path} 变了或丢了 (changed or lost)", TRY_ANOTHER)


def _blocks(read: Read, recorded: dict[str, Any], shown: Shown) -> None:
    block, size = int(recorded["block"]), int(recorded["size"])
    left = untouched(recorded)
    for number, (index, digest) in enumerate(left, start=1):
        at = index * block
        held = read(min(block, size - at), at)
        if hashlib.sha256(held).hexdigest() != digest:
            said = f"{at // 1024**2} MiB 处变了 (differs there)"
            raise FlashError(Exit.VERIFY, said, TRY_ANOTHER)
        shown("verify", number * block, len(left) * block)
