"""Where things lie on a FAT16 or FAT32 file system."""

import struct
from dataclasses import dataclass

from firmware_config.core.partitions import Read

FAT12_BELOW = 4085


class FatError(Exception):
    """The file system cannot be used, or has no room; says which."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """Places in bytes from the disk's beginning; `width` is the size of a table's entry."""

    cluster_size: int
    table_at: int
    table_size: int
    table_count: int
    root_at: int
    root_size: int
    root_cluster: int
    data_at: int
    cluster_count: int
    width: int
    info_at: int

    def at(self, cluster: int) -> int:
        """Give where a cluster begins."""
        return self.data_at + (cluster - 2) * self.cluster_size


def geometry(read: Read, start: int) -> Geometry:
    """Read the boot sector at `start`.

    Raises:
        FatError: it is none, or FAT12.
    """
    boot = read(512, start)
    sector, per_cluster, reserved, copies, root_entries, total16, _media, size16 = struct.unpack(
        "<HBHBHHBH", boot[11:24]
    )
    total32, size32 = struct.unpack("<II", boot[32:40])
    if boot[510:512] != b"\x55\xaa" or sector not in {512, 1024, 2048, 4096} or not per_cluster:
        msg = "引导分区损坏 (the boot partition is damaged)"
        raise FatError(msg)
    is_wide = size16 == 0
    table_at = start + reserved * sector
    table_size = (size16 or size32) * sector
    root_at = table_at + copies * table_size
    root_size = -(-root_entries * 32 // sector) * sector
    data_at = root_at + root_size
    count = ((total16 or total32) * sector - (data_at - start)) // (sector * per_cluster)
    width = 4 if is_wide else 2
    if count < FAT12_BELOW and not is_wide:
        msg = "不支持 FAT12 (FAT12 is not supported)"
        raise FatError(msg)
    if count < 1 or not copies or (count + 2) * width > table_size:
        msg = "引导分区损坏 (the boot partition is damaged)"
        raise FatError(msg)
    return Geometry(
        cluster_size=sector * per_cluster,
        table_at=table_at,
        table_size=table_size,
        table_count=copies,
        root_at=root_at,
        root_size=root_size,
        root_cluster=struct.unpack("<I", boot[44:48])[0] if is_wide else 0,
        data_at=data_at,
        cluster_count=count,
        width=width,
        info_at=start + struct.unpack("<H", boot[48:50])[0] * sector if is_wide else 0,
    )
