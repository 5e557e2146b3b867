"""Which disk may be erased: a policy over what `lsblk` says of all of them."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

GIB = 1024**3
MOST_CARD_BYTES = 512 * GIB

MOUNTS_OF_CARDS = ("/media/", "/run/media/", "/mnt/", "/mnt")
"""Where cards are mounted. Mounted anywhere else, a disk belongs to this computer."""

BUILT_ON = ("crypt", "lvm", "dm", "mpath", "raid", "md", "bcache")
MEMBER_OF = frozenset(
    {
        "LVM2_member",
        "linux_raid_member",
        "zfs_member",
        "bcache",
        "crypto_LUKS",
        "BitLocker",
        "ceph_bluestore",
        "isw_raid_member",
        "ddf_raid_member",
        "drbd",
        "VMFS_volume_member",
        "swsuspend",
    }
)
_EMMC_AREA = re.compile(r"^mmcblk\d+(boot\d|rpmb)")
NEVER = ("sr", "fd", "ram", "zram", "nbd", "dm-", "md")


@dataclass(frozen=True, slots=True)
class Node:
    """One line of `lsblk`: a disk, a partition, or what is built on it. `size` is in bytes."""

    path: str
    kind: str
    size: int = 0
    subsystems: str = ""
    transport: str = ""
    is_removable: bool = False
    is_hotplug: bool = False
    is_read_only: bool = False
    model: str = ""
    serial: str = ""
    label: str = ""
    filesystem: str = ""
    uuid: str = ""
    mounts: tuple[str, ...] = ()
    children: "tuple[Node, ...]" = ()

    @property
    def name(self) -> str:
        return self.path.removeprefix("/dev/")

    def walk(self) -> "Iterator[Node]":
        """Give this one and everything below it."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a disk is not written; `flag` lifts it, and where that is empty nothing does."""

    code: str
    said: str
    flag: str = ""

    @property
    def is_final(self) -> bool:
        return not self.flag


@dataclass(frozen=True, slots=True)
class Verdict:
    """One disk and everything that speaks against erasing it."""

    disk: Node
    bus: str
    mounts: tuple[str, ...]
    labels: tuple[str, ...]
    objections: tuple[Objection, ...]

    def left(self, flags: frozenset[str]) -> tuple[Objection, ...]:
        """Give the objections that these flags do not lift."""
        return tuple(one for one in self.objections if one.is_final or one.flag not in flags)

    @property
    def is_card(self) -> bool:
        """Whether it may be offered: at most something that a flag lifts speaks against it."""
        return not any(one.is_final for one in self.objections)


@dataclass(frozen=True, slots=True)
class _Look:
    disk: Node
    everything: tuple[Node, ...]
    needed: int | None
    bus: str

    def below(self) -> tuple[Node, ...]:
        return tuple(self.disk.walk())


def judge(disks: Sequence[Node], needed: int | None = None) -> list[Verdict]:
    """Judge every disk, seen among all the others; `needed` is the image's size in bytes."""
    return [_judged(_Look(disk, tuple(disks), needed, _bus(disk))) for disk in disks]


def _judged(look: _Look) -> Verdict:
    below = look.below()
    return Verdict(
        disk=look.disk,
        bus=look.bus,
        mounts=tuple(mount for node in below for mount in node.mounts),
        labels=tuple(clean(node.label) for node in below if clean(node.label)),
        objections=tuple(one for rule in _RULES for one in rule(look)),
    )


def clean(text: str) -> str:
    """Give text without what could hide or turn round a line: anybody may write a label."""
    return "".join(letter for letter in text.strip() if letter.isprintable())


def _bus(disk: Node) -> str:
    parts = disk.subsystems.split(":")
    for bus in ("mmc", "usb"):
        if bus in parts or disk.transport == bus:
            return bus
    return disk.transport or ("loop" if disk.kind == "loop" else "internal")


def _whole(look: _Look) -> Iterator[Objection]:
    disk = look.disk
    if disk.kind not in {"disk", "loop"}:
        yield Objection("NOT_A_DISK", f"{disk.path} 不是整块磁盘 (is a {disk.kind}, no whole disk)")
    elif disk.name.startswith(NEVER) or _EMMC_AREA.search(disk.name):
        yield Objection("NOT_A_DISK", f"{disk.path} 不能作为存储卡 (is never a card)")


def _system(look: _Look) -> Iterator[Objection]:
    own = [mount for node in look.below() for mount in node.mounts if not _is_of_card(mount)]
    if own:
        said = f"本机正在使用这块磁盘 (this computer runs from it): {', '.join(own)}"
        yield Objection("SYSTEM_DISK", said)
    shared = {n.uuid for n in look.below() if n.uuid} & _uuids_in_use(look)
    if shared and not own:
        yield Objection(
            "SYSTEM_DISK", "与本机正在使用的文件系统同属一组 (part of a file system in use)"
        )


def _uuids_in_use(look: _Look) -> set[str]:
    return {
        node.uuid
        for disk in look.everything
        for node in disk.walk()
        if node.uuid and any(not _is_of_card(mount) for mount in node.mounts)
    }


def _is_of_card(mount: str) -> bool:
    return mount.startswith(MOUNTS_OF_CARDS[:3]) or mount == MOUNTS_OF_CARDS[3]


def _built_on(look: _Look) -> Iterator[Objection]:
    for node in look.below():
        if node is not look.disk and node.kind.startswith(BUILT_ON):
            yield Objection("IN_USE", f"{node.path} ({node.kind}) 建在它上面 (is built on it)")
        if node.filesystem in MEMBER_OF:
            said = f"{node.path} 属于 {node.filesystem} (is a member of it)"
            yield Objection("MEMBER", said)


def _mounted(look: _Look) -> Iterator[Objection]:
    mounts = [mount for node in look.below() for mount in node.mounts if _is_of_card(mount)]
    if mounts:
        yield Objection("MOUNTED", f"已挂载 (mounted): {', '.join(mounts)}", "--unmount")


def _media(look: _Look) -> Iterator[Objection]:
    disk = look.disk
    if disk.is_read_only:
        said = "写保护,请检查卡套的锁 (write-protected: check the adapter's lock)"
        yield Objection("READ_ONLY", said)
    if not disk.size:
        yield Objection("NO_MEDIA", "读卡器里没有卡 (no card in the reader)")
    elif look.needed and disk.size < look.needed:
        said = f"太小:{gib(disk.size)},需要 {gib(look.needed)} (too small)"
        yield Objection("TOO_SMALL", said)
    elif disk.size > MOST_CARD_BYTES:
        said = f"{gib(disk.size)},远大于设备用的卡 (far larger than a device's card)"
        yield Objection("TOO_LARGE", said, "--allow-large")


def _kind(look: _Look) -> Iterator[Objection]:
    disk = look.disk
    if disk.kind == "loop":
        yield Objection("LOOP", "回环设备 (a loop device)", "--allow-loop")
    elif not _is_external(look):
        said = f"内置磁盘 (an internal disk, {look.bus})"
        if any(node.filesystem or node.kind == "part" for node in look.below()):
            yield Objection("INTERNAL", f"{said},上面有分区或数据 (with partitions or data on it)")
        else:
            yield Objection("INTERNAL_EMPTY", said, "--allow-internal")


def _is_external(look: _Look) -> bool:
    if look.bus == "mmc":  # soldered chips have boot areas beside them, cards have not
        return not any(one.name == f"{look.disk.name}boot0" for one in look.everything)
    if look.bus == "usb":
        return True
    return look.bus == "internal" and (look.disk.is_removable or look.disk.is_hotplug)


_RULES: tuple[Callable[[_Look], Iterator[Objection]], ...] = (
    _whole,
    _system,
    _built_on,
    _mounted,
    _media,
    _kind,
)


def gib(size: int) -> str:
    """Give a size as people say it."""
    return f"{size / GIB:.1f} GiB"
