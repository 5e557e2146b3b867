"""What `lsblk --json --bytes --paths --tree` says on computers of many kinds, and what follows.

One is recorded on a build machine; the others are laid out as util-linux prints them, each after
a kind of computer on which somebody once lost a disk, or could.
"""

from tests.unit.flash.lsblk_lines import (
    GIB,
    LAPTOP,
    LUKS,
    RECORDED,
    Situation,
    built,
    disk,
    mmc,
    nvme,
    part,
    reader,
)
from tests.unit.flash.situations_of_boards import MORE

# name, all disks, the one asked for, the codes of the objections (empty: it may be written)
SITUATIONS: list[Situation] = [
    *MORE,
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
]
