"""What `lsblk` says, and what a disk is, so that it cannot be exchanged unseen."""

import json
import os
import stat
import subprocess
from pathlib import Path
from typing import Any

from firmware_config.core.disks import Node, clean
from firmware_config.ports import Exit, FlashError

COLUMNS = (
    "path,type,size,subsystems,tran,rm,hotplug,ro,vendor,model,serial,label,fstype,uuid,mountpoints"
)
TIMEOUT_S = 20.0
KERNEL = Path("/proc/version")


def disks() -> list[Node]:
    """Ask for all disks. A failure is an error, never "no disks".

    Raises:
        FlashError: this is no Linux with lsblk, or it failed.
    """
    command = ["lsblk", "--json", "--bytes", "--paths", "--tree", "--output", COLUMNS]
    try:
        done = subprocess.run(  # noqa: S603 our own words only
            command, capture_output=True, timeout=TIMEOUT_S, check=True
        )
        return parsed(done.stdout)
    except FileNotFoundError:
        advice = "写卡需要 Linux;macOS 和 Windows 见 docs/install.md (writing needs Linux)"
        raise FlashError(Exit.PROBLEM, "没有 lsblk (there is no lsblk)", advice) from None
    except (subprocess.SubprocessError, ValueError, OSError) as error:
        raise FlashError(Exit.PROBLEM, f"lsblk 失败 (failed): {error}") from error


def is_wsl() -> bool:
    """Whether this is Windows' own Linux, which sees no card."""
    try:
        return "microsoft" in KERNEL.read_text(encoding="utf-8").lower()
    except OSError:
        return False


def parsed(said: bytes | str) -> list[Node]:
    """Read lsblk's JSON, of any version since 2.27.

    Raises:
        ValueError: it is none.
    """
    try:
        return [_node(one) for one in json.loads(said)["blockdevices"]]
    except (KeyError, TypeError, AttributeError) as error:
        msg = f"not understood: {error!r}"
        raise ValueError(msg) from error


def _node(said: dict[str, Any]) -> Node:
    mounts = said.get("mountpoints") or [said.get("mountpoint")]
    return Node(
        path=said.get("path") or said["name"],
        kind=said.get("type") or "",
        size=int(said.get("size") or 0),
        subsystems=said.get("subsystems") or "",
        transport=said.get("tran") or "",
        is_removable=_is(said.get("rm")),
        is_hotplug=_is(said.get("hotplug")),
        is_read_only=_is(said.get("ro")),
        model=clean(f"{said.get('vendor') or ''} {said.get('model') or ''}"),
        serial=clean(said.get("serial") or ""),
        label=clean(said.get("label") or ""),
        filesystem=said.get("fstype") or "",
        uuid=said.get("uuid") or "",
        mounts=tuple(mount for mount in mounts if mount),
        children=tuple(_node(one) for one in said.get("children") or ()),
    )


def _is(said: object) -> bool:
    return said in {True, "1", "true"}


def identity(path_or_file: str | int) -> dict[str, str]:
    """Give what must not change between the person's yes and the first byte."""
    told = os.stat(path_or_file)  # noqa: PTH116 - an open file, too
    if not stat.S_ISBLK(told.st_mode):
        return {"file": f"{told.st_dev}:{told.st_ino}"}
    number = f"{os.major(told.st_rdev)}:{os.minor(told.st_rdev)}"
    found = {"number": number}
    for name in ("diskseq", "size", "device/serial", "device/cid", "wwid"):
        try:
            text = Path(f"/sys/dev/block/{number}/{name}").read_text(
                encoding="utf-8", errors="replace"
            )
        except OSError:
            continue
        found[name] = text.strip()
    return found


def unmount(mounts: tuple[str, ...]) -> None:
    """Unmount a card that the desktop has mounted.

    Raises:
        FlashError: something still uses it.
    """
    for mount in mounts:
        done = subprocess.run(  # noqa: S603 a mount point that lsblk has named
            ["umount", "--", mount],  # noqa: S607
            capture_output=True, text=True, timeout=TIMEOUT_S, check=False,
        )  # fmt: skip
        if done.returncode:
            said = f"{mount} 卸载不了 (cannot be unmounted): {done.stderr.strip()}"
            raise FlashError(Exit.BUSY, said, "请关闭正在用它的程序 (close what uses it)")
