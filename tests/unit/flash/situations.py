"""What `lsblk --json --bytes --paths --tree` says on computers of many kinds, and what follows.

One is recorded on a build machine; the others are laid out as util-linux prints them, each after
a kind of computer on which somebody once lost a disk, or could.
"""

from typing import Any

GIB = 1024**3


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

# name, all disks, the one asked for, the codes of the objections (empty: it may be written)
SITUATIONS: list[tuple[str, list[dict[str, Any]], str, set[str]]] = [
    ("a card in a USB reader", [LAPTOP, reader()], "/dev/sdb", set()),
    ("a card in a laptop's own slot", [LAPTOP, mmc("/dev/mmcblk0", 29.7)], "/dev/mmcblk0", set()),
    (
        "a used card, not mounted",
        [
            LAPTOP,
            reader(
                children=[
                    part("/dev/sdb1", fstype="vfat", label="bootfs"),
                    part("/dev/sdb2", fstype="ext4"),
                ]
            ),
        ],
        "/dev/sdb",
        set(),
    ),
    (
        "a reader that says it is not removable",
        [LAPTOP, reader(rm=False, hotplug=False)],
        "/dev/sdb",
        set(),
    ),
    (
        "an NVMe disk in a USB enclosure",
        [LAPTOP, reader(gib=232.9, rm=False, model="ASMT 2115")],
        "/dev/sdb",
        set(),
    ),
    (
        "an old lsblk with strings and one mount point",
        [reader(rm="1", ro="0", size=str(32 * GIB), mountpoints=None, mountpoint=None)],
        "/dev/sdb",
        set(),
    ),
    ("the laptop's own NVMe", [LAPTOP, reader()], "/dev/nvme0n1", {"SYSTEM_DISK", "INTERNAL"}),
    ("a build machine's own disk, recorded", [RECORDED], "/dev/vda", {"SYSTEM_DISK", "INTERNAL"}),
    (
        "root on LVM on LUKS",
        [nvme(LUKS)],
        "/dev/nvme0n1",
        {"SYSTEM_DISK", "IN_USE", "MEMBER", "INTERNAL"},
    ),
    (
        "root on LVM, on a USB disk",
        [
            reader(
                children=[
                    part(
                        "/dev/sdb2",
                        fstype="LVM2_member",
                        children=[built("/dev/mapper/r", "lvm", "/")],
                    )
                ]
            )
        ],
        "/dev/sdb",
        {"SYSTEM_DISK", "IN_USE", "MEMBER"},
    ),
    (
        "an LVM member that is not active",
        [LAPTOP, reader(children=[part("/dev/sdb1", fstype="LVM2_member")])],
        "/dev/sdb",
        {"MEMBER"},
    ),
    (
        "somebody's encrypted stick, closed",
        [LAPTOP, reader(children=[part("/dev/sdb1", fstype="crypto_LUKS")])],
        "/dev/sdb",
        {"MEMBER"},
    ),
    (
        "somebody's encrypted stick, open and mounted",
        [
            LAPTOP,
            reader(
                children=[
                    part(
                        "/dev/sdb1",
                        fstype="crypto_LUKS",
                        children=[built("/dev/mapper/k", "crypt", "/media/li/private")],
                    )
                ]
            ),
        ],
        "/dev/sdb",
        {"IN_USE", "MEMBER", "MOUNTED"},
    ),
    (
        "an md member, running as root",
        [
            disk(
                "/dev/sda",
                465.8,
                tran="sata",
                children=[
                    part(
                        "/dev/sda2",
                        fstype="linux_raid_member",
                        children=[built("/dev/md0", "raid1", "/")],
                    )
                ],
            )
        ],
        "/dev/sda",
        {"SYSTEM_DISK", "IN_USE", "MEMBER", "INTERNAL"},
    ),
    (
        "an md member in a USB case, stopped",
        [LAPTOP, reader(gib=300, fstype="linux_raid_member")],
        "/dev/sdb",
        {"MEMBER"},
    ),
    (
        "ZFS root: no mount point is shown",
        [nvme(part("/dev/nvme0n1p3", fstype="zfs_member", label="rpool"))],
        "/dev/nvme0n1",
        {"MEMBER", "INTERNAL"},
    ),
    (
        "a ZFS pool on a USB disk",
        [LAPTOP, reader(gib=400, children=[part("/dev/sdb1", fstype="zfs_member")])],
        "/dev/sdb",
        {"MEMBER"},
    ),
    (
        "btrfs root over two disks: the second shows no mount",
        [
            disk("/dev/sda", 100, tran="sata", fstype="btrfs", uuid="b7", mountpoints=["/"]),
            reader(fstype="btrfs", uuid="b7"),
        ],
        "/dev/sdb",
        {"SYSTEM_DISK"},
    ),
    (
        "a 12 TB RAID box on USB",
        [LAPTOP, reader(gib=11175.8, model="LaCie 6big")],
        "/dev/sdb",
        {"TOO_LARGE"},
    ),
    (
        "a bcache device's backing disk",
        [reader(fstype="bcache", children=[built("/dev/bcache0", "disk", "/srv")])],
        "/dev/sdb",
        {"SYSTEM_DISK", "MEMBER"},
    ),
    (
        "multipath storage",
        [disk("/dev/sdc", 200, tran="fc", children=[built("/dev/mapper/mpatha", "mpath")])],
        "/dev/sdc",
        {"IN_USE", "INTERNAL_EMPTY"},
    ),
    (
        "a Raspberry Pi's own card",
        [
            mmc(
                "/dev/mmcblk0",
                29.7,
                part("/dev/mmcblk0p1", "/boot/firmware"),
                part("/dev/mmcblk0p2", "/"),
            )
        ],
        "/dev/mmcblk0",
        {"SYSTEM_DISK"},
    ),
    (
        "a Raspberry Pi that runs from a USB SSD",
        [
            reader(path="/dev/sda", gib=232.9, rm=False, children=[part("/dev/sda2", "/")]),
            mmc("/dev/mmcblk0", 29.7),
        ],
        "/dev/sda",
        {"SYSTEM_DISK"},
    ),
    (
        "the free card of that Raspberry Pi",
        [
            reader(path="/dev/sda", gib=232.9, children=[part("/dev/sda2", "/")]),
            mmc("/dev/mmcblk0", 29.7),
        ],
        "/dev/mmcblk0",
        set(),
    ),
    (
        "a laptop's soldered eMMC that holds the system",
        [mmc("/dev/mmcblk0", 58.2, part("/dev/mmcblk0p2", "/")), mmc("/dev/mmcblk0boot0", 0.004)],
        "/dev/mmcblk0",
        {"SYSTEM_DISK", "INTERNAL"},
    ),
    (
        "a soldered eMMC with Windows, Linux runs from a stick",
        [
            mmc("/dev/mmcblk0", 58.2, part("/dev/mmcblk0p3", fstype="ntfs")),
            mmc("/dev/mmcblk0boot0", 0.004),
            reader(children=[part("/dev/sdb1", "/run/live/medium")]),
        ],
        "/dev/mmcblk0",
        {"INTERNAL"},
    ),
    (
        "an eMMC's boot area",
        [mmc("/dev/mmcblk0boot0", 0.004), mmc("/dev/mmcblk0", 58)],
        "/dev/mmcblk0boot0",
        {"NOT_A_DISK", "TOO_SMALL"},
    ),
    (
        "an eMMC's RPMB area",
        [mmc("/dev/mmcblk0rpmb", 0.004)],
        "/dev/mmcblk0rpmb",
        {"NOT_A_DISK", "TOO_SMALL"},
    ),
    (
        "the stick of a live system (Debian)",
        [reader(children=[part("/dev/sdb1", "/run/live/medium")])],
        "/dev/sdb",
        {"SYSTEM_DISK"},
    ),
    (
        "the stick of a live system (Ubuntu)",
        [reader(fstype="iso9660", mountpoints=["/cdrom"])],
        "/dev/sdb",
        {"SYSTEM_DISK"},
    ),
    (
        "Windows on the internal disk of a dual boot",
        [
            nvme(part("/dev/nvme0n1p3", fstype="BitLocker")),
            disk("/dev/sda", 100, tran="sata", mountpoints=["/"]),
        ],
        "/dev/nvme0n1",
        {"MEMBER", "INTERNAL"},
    ),
    (
        "an internal data disk, not mounted",
        [LAPTOP, disk("/dev/sda", 100, tran="sata", children=[part("/dev/sda1", fstype="ext4")])],
        "/dev/sda",
        {"INTERNAL"},
    ),
    (
        "a new, empty internal disk",
        [LAPTOP, disk("/dev/sda", 100, tran="sata")],
        "/dev/sda",
        {"INTERNAL_EMPTY"},
    ),
    (
        "swap on a USB stick",
        [LAPTOP, reader(children=[part("/dev/sdb1", "[SWAP]", fstype="swap")])],
        "/dev/sdb",
        {"SYSTEM_DISK"},
    ),
    (
        "/home on a USB SSD",
        [LAPTOP, reader(gib=400, children=[part("/dev/sdb1", "/home")])],
        "/dev/sdb",
        {"SYSTEM_DISK"},
    ),
    (
        "a backup disk mounted by hand in a place of its own",
        [LAPTOP, reader(gib=400, children=[part("/dev/sdb1", "/backup")])],
        "/dev/sdb",
        {"SYSTEM_DISK"},
    ),
    (
        "a card that the desktop has mounted",
        [
            LAPTOP,
            reader(
                children=[
                    part("/dev/sdb1", "/media/li/bootfs"),
                    part("/dev/sdb2", "/media/li/rootfs"),
                ]
            ),
        ],
        "/dev/sdb",
        {"MOUNTED"},
    ),
    (
        "a card mounted by Fedora's desktop",
        [LAPTOP, reader(children=[part("/dev/sdb1", "/run/media/li/bootfs")])],
        "/dev/sdb",
        {"MOUNTED"},
    ),
    (
        "a card mounted at /mnt",
        [LAPTOP, reader(children=[part("/dev/sdb1", "/mnt")])],
        "/dev/sdb",
        {"MOUNTED"},
    ),
    ("a reader without a card", [LAPTOP, reader(gib=0)], "/dev/sdb", {"NO_MEDIA"}),
    ("a card with its lock on", [LAPTOP, reader(ro=True)], "/dev/sdb", {"READ_ONLY"}),
    ("a card that is too small", [LAPTOP, reader(gib=1.8)], "/dev/sdb", {"TOO_SMALL"}),
    (
        "a partition",
        [part("/dev/sdb1", fstype="vfat")],
        "/dev/sdb1",
        {"NOT_A_DISK", "TOO_SMALL", "INTERNAL"},
    ),
    (
        "a loop device",
        [LAPTOP, disk("/dev/loop7", 8, type="loop", subsystems="block")],
        "/dev/loop7",
        {"LOOP"},
    ),
    (
        "a snap's loop device",
        [
            LAPTOP,
            disk(
                "/dev/loop0",
                4,
                type="loop",
                subsystems="block",
                ro=True,
                mountpoints=["/snap/core/1"],
            ),
        ],
        "/dev/loop0",
        {"SYSTEM_DISK", "READ_ONLY", "LOOP"},
    ),
    (
        "a DVD",
        [disk("/dev/sr0", 4.3, type="rom", tran="sata", rm=True)],
        "/dev/sr0",
        {"NOT_A_DISK", "INTERNAL_EMPTY"},
    ),
    (
        "compressed swap in memory",
        [disk("/dev/zram0", 8, subsystems="block", mountpoints=["[SWAP]"])],
        "/dev/zram0",
        {"NOT_A_DISK", "SYSTEM_DISK", "INTERNAL_EMPTY"},
    ),
    (
        "a network block device",
        [disk("/dev/nbd0", 8, subsystems="block")],
        "/dev/nbd0",
        {"NOT_A_DISK", "INTERNAL_EMPTY"},
    ),
    (
        "hibernation lies on the stick",
        [LAPTOP, reader(children=[part("/dev/sdb1", fstype="swsuspend")])],
        "/dev/sdb",
        {"MEMBER"},
    ),
]
