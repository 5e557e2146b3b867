"""Lines of `lsblk --json --bytes --paths --tree`, to lay out computers with."""

from typing import Any

GIB = 1024**3
Situation = tuple[str, list[dict[str, Any]], str, set[str]]
"""Name, all disks, the one asked for, codes of the objections (none: it may be written)."""


def disk(path: str, gib: float, **more: Any) -> dict[str, Any]:
    """A disk as lsblk prints it."""
    usual: dict[str, Any] = {
        "path": path, "type": "disk", "size": int(gib * GIB), "subsystems": "block:scsi:pci",
        "tran": None, "rm": False, "hotplug": False, "ro": False, "vendor": None, "model": None,
        "serial": None, "label": None, "fstype": None, "uuid": None, "mountpoints": [None],
    }  # fmt: skip
    return {**usual, **more}


def part(path: str, mount: str | None = None, **more: Any) -> dict[str, Any]:
    return disk(path, 1, **{"type": "part", "mountpoints": [mount], **more})


def built(path: str, kind: str, *mounts: str, **more: Any) -> dict[str, Any]:
    return disk(path, 1, **{"type": kind, "mountpoints": [*mounts] if mounts else [None], **more})


def reader(path: str = "/dev/sdb", gib: float = 29.7, **more: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "subsystems": "block:scsi:usb:pci", "tran": "usb", "rm": True, "hotplug": True,
        "vendor": "Generic-", "model": "SD/MMC CRW", "serial": "28203008282014000",
    }  # fmt: skip
    return disk(path, gib, **{**usual, **more})


def nvme(*children: dict[str, Any], path: str = "/dev/nvme0n1") -> dict[str, Any]:
    return disk(path, 476.9, subsystems="block:nvme:pci", tran="nvme", model="SAMSUNG MZVL2512",
                children=list(children))  # fmt: skip


def mmc(path: str, gib: float, *children: dict[str, Any]) -> dict[str, Any]:
    more = {"subsystems": "block:mmc:mmc_host:pci", "children": list(children)}
    return disk(path, gib, **more)


LAPTOP = nvme(
    part("/dev/nvme0n1p1", "/boot/efi", fstype="vfat"), part("/dev/nvme0n1p2", "/", fstype="ext4")
)
LUKS = part(
    "/dev/nvme0n1p3",
    fstype="crypto_LUKS",
    children=[
        built(
            "/dev/mapper/c",
            "crypt",
            fstype="LVM2_member",
            children=[
                built("/dev/mapper/vg-root", "lvm", "/"),
                built("/dev/mapper/vg-swap", "lvm", "[SWAP]"),
            ],
        )
    ],
)
RECORDED = disk(
    "/dev/vda",
    256.0,
    subsystems="block:virtio:pci",
    tran="virtio",
    fstype="ext4",
    mountpoints=["/"],
)
