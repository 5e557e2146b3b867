"""The disk that an installer names: refused, agreed to, or let go."""

import os
from dataclasses import dataclass
from pathlib import Path

import click

from firmware_config.adapters.card import reading
from firmware_config.adapters.lsblk import disks, identity, is_wsl, unmount
from firmware_config.commands.listing import in_words
from firmware_config.core.disks import Node, Verdict, judge
from firmware_config.ports import Exit, FlashError

MIB = 1024**2


@dataclass(frozen=True, slots=True)
class Agreed:
    """A disk that may be erased now, and what it is."""

    path: Path
    identity: dict[str, str]
    mounts: tuple[str, ...] = ()
    said: str = ""


def allowed(path: Path, needed: int | None, flags: frozenset[str]) -> tuple[Agreed, Verdict | None]:
    """Judge the disk at a path; a plain file that was made for it acts as a disk.

    Raises:
        FlashError: refused, with every reason.
    """
    real = Path(os.path.realpath(path))
    if not real.exists():
        advice = f"huxiao-flash list;要写进文件,先 (into a file, first): truncate -s 14G {path}"
        raise FlashError(Exit.REFUSED, f"没有 {path} (no such disk or file)", advice)
    if not os.access(real, os.R_OK | os.W_OK):
        said = f"没有写 {path} 的权限 (no permission)"
        raise FlashError(Exit.REFUSED, said, 'sudo env "PATH=$PATH" huxiao-flash …')
    if real.is_file():
        size = real.stat().st_size
        if needed and size < needed:
            said = f"{path}: {size} 字节,镜像要 {needed} (too small for the image)"
            raise FlashError(Exit.REFUSED, said, f"truncate -s 8G {path}")
        return Agreed(real, identity(str(real)), said=f"{path} (文件 a file)"), None
    if is_wsl():
        advice = "请用 Linux 电脑或 Linux 启动盘 (use Linux, or a live USB stick)"
        raise FlashError(Exit.REFUSED, "WSL 看不到存储卡 (WSL sees no card)", advice)
    verdict = _found(real, judge(disks(), needed))
    left = verdict.left(flags)
    if left:
        raise _refusal(verdict, flags)
    if any(one.code == "INTERNAL_EMPTY" for one in verdict.objections):
        _really_empty(real)
    return Agreed(real, identity(str(real)), verdict.mounts, in_words(verdict)), verdict


def _found(real: Path, verdicts: list[Verdict]) -> Verdict:
    for one in verdicts:
        if one.disk.path == str(real):
            return one
        if any(node.path == str(real) for node in one.disk.walk()):
            said = f"{real} 是分区,不是整块磁盘 (a partition, no whole disk)"
            raise FlashError(Exit.REFUSED, said, f"整块盘是 (the disk is) {one.disk.path}")
    advice = "huxiao-flash list"
    raise FlashError(Exit.REFUSED, f"没有这块磁盘 (no such disk): {real}", advice)


def _really_empty(real: Path) -> None:
    """See that an internal disk is empty: lsblk may not have been able to look into it.

    Raises:
        FlashError: there is something on it.
    """
    with reading(real) as read:
        if any(read(MIB, 0)):
            said = f"{real} 是内置磁盘,上面有数据 (an internal disk with data on it)"
            raise FlashError(Exit.REFUSED, said, "huxiao-flash list")


def _refusal(verdict: Verdict, flags: frozenset[str]) -> FlashError:
    left = verdict.left(flags)
    said = f"{verdict.disk.path} 不能写 (refused): " + "; ".join(one.said for one in left)
    if any(one.is_final for one in left):
        busy = {"MOUNTED", "IN_USE"} >= {one.code for one in left}
        return FlashError(Exit.BUSY if busy else Exit.REFUSED, said, "huxiao-flash list")
    ways = " ".join(one.flag for one in left)
    kind = Exit.BUSY if all(one.code == "MOUNTED" for one in left) else Exit.REFUSED
    return FlashError(kind, said, f"确实要写 (if you are sure): {ways}")


def confirm(agreed: Agreed, disk: Node | None, *, yes: bool, serial: str | None) -> None:
    """Let a person type the disk's name, or a script name its serial number.

    Raises:
        FlashError: neither.
    """
    if disk is not None and serial is not None and disk.serial != serial:
        said = f"序列号是 {disk.serial or '(无 none)'},不是 {serial} (another serial number)"
        raise FlashError(Exit.REFUSED, said)
    if yes:
        if disk is not None and serial is None:
            said = "--yes 还要 --expect-serial (needs it, too)"
            advice = f"这块盘的序列号 (this one's): {disk.serial or '(无 none)'}"
            raise FlashError(Exit.REFUSED, said, advice)
        return
    click.echo(
        f"下面这块盘上的一切都会被擦除 (everything on it will be erased):\n  {agreed.said}",
        err=True,
    )
    name = agreed.path.name
    typed = click.prompt(
        f"输入 {name} 继续 (type it to go on)", default="", show_default=False, err=True
    )
    if typed.strip() != name:
        raise FlashError(Exit.REFUSED, "没有确认,什么也没写 (not confirmed: nothing was written)")


def release(agreed: Agreed) -> None:
    """Unmount what the desktop has mounted of it."""
    if agreed.mounts:
        unmount(agreed.mounts)
