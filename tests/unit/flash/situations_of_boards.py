"""Situations on boards, live systems and cards; the others are in `situations.py`."""

from tests.unit.flash.lsblk_lines import LAPTOP, Situation, disk, mmc, nvme, part, reader

MORE: list[Situation] = [
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
