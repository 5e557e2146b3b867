"""How an image takes a device's settings: found in the image, never guessed."""

from collections.abc import Callable, Mapping
from enum import StrEnum


class Format(StrEnum):
    """What an image reads on its first boot."""

    CLOUD_INIT = "cloud-init"
    FIRSTRUN = "firstrun"


class UnknownFormatError(Exception):
    """An image of which nobody can say how it takes settings; says what was found."""


_FIRSTBOOT = "init=/usr/lib/raspberrypi-sys-mods/firstboot"


def format_of(names: Mapping[str, int], read: Callable[[str], bytes]) -> Format:
    """Tell an image by the files of its boot partition.

    Trixie and later carry the files of cloud-init; Bookworm names its own first boot in the
    kernel's command line.

    Raises:
        UnknownFormatError: neither. Guessing once lost people's settings without a word.
    """
    found = {name.lower() for name in names}
    if {"user-data", "meta-data"} <= found:
        return Format.CLOUD_INIT
    if "cmdline.txt" in found and _FIRSTBOOT in read("cmdline.txt").decode("utf-8", "replace"):
        return Format.FIRSTRUN
    shown = ", ".join(sorted(found)[:12]) or "空 (empty)"
    msg = f"不认识这种镜像的设置方式,引导分区里有 (unknown kind of image, found): {shown}"
    raise UnknownFormatError(msg)


def command_line(old: str, added: str, *, root_is_ours: bool) -> str:
    """Give the kernel's command line with our words; the image's own resizing goes if we resize."""
    dropped = ("ds=nocloud", "systemd.run=", "systemd.run_success_action=", "systemd.unit=")
    words = [word for word in old.split() if not word.startswith(dropped)]
    if root_is_ours:
        words = [word for word in words if word != "resize"]
    return " ".join([*words, *added.split()]) + "\n"
