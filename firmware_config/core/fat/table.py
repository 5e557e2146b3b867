"""Which cluster follows which, and which are free."""

import struct
from collections.abc import Iterator

from firmware_config.core.fat.geometry import FatError, Geometry
from firmware_config.core.partitions import SECTOR, Read

_MASK = 0x0FFF_FFFF


class Table:
    """The allocation table in memory; knows which of its sectors have changed."""

    def __init__(self, read: Read, places: Geometry) -> None:
        self._places = places
        self._bytes = bytearray(read(places.table_size, places.table_at))
        self._end = _MASK if places.width == 4 else 0xFFFF  # noqa: PLR2004
        self._last = self._end & ~7
        self._changed: set[int] = set()
        self._search_from = 2

    def chain(self, first: int) -> list[int]:
        """Give the clusters that follow each other from `first`.

        Raises:
            FatError: they go round in a circle.
        """
        found: list[int] = []
        cluster = first
        while self._is_cluster(cluster) and cluster < self._last:
            found.append(cluster)
            if len(found) > self._places.cluster_count:
                msg = "FAT 链成环,引导分区损坏 (a FAT chain is a circle)"
                raise FatError(msg)
            cluster = self._get(cluster)
        return found

    def take(self, count: int) -> list[int]:
        """Take free clusters and chain them.

        Raises:
            FatError: there are not so many.
        """
        top = self._places.cluster_count + 2
        found: list[int] = []
        cluster = self._search_from
        while len(found) < count and cluster < top:
            if self._get(cluster) == 0:
                found.append(cluster)
            cluster += 1
        if len(found) < count:
            short = (count - len(found)) * self._places.cluster_size // 1024
            msg = f"引导分区已满,还差 {short} KiB (the boot partition is full)"
            raise FatError(msg)
        self._search_from = cluster
        for here, following in zip(found, [*found[1:], self._end], strict=False):
            self._set(here, following)
        return found

    def append(self, first: int, cluster: int) -> None:
        """Add a cluster to the end of a chain."""
        self._set(self.chain(first)[-1], cluster)

    def free(self, first: int) -> None:
        """Give a chain's clusters back."""
        for cluster in self.chain(first):
            self._set(cluster, 0)
            self._search_from = min(self._search_from, cluster)

    def changes(self) -> Iterator[tuple[int, bytes]]:
        """Give the changed sectors of every copy of the table, and the count of free clusters."""
        for copy in range(self._places.table_count):
            base = self._places.table_at + copy * self._places.table_size
            for sector in sorted(self._changed):
                at = sector * SECTOR
                yield base + at, bytes(self._bytes[at : at + SECTOR])
        if self._changed and self._places.info_at:
            top = self._places.cluster_count + 2
            free = sum(1 for cluster in range(2, top) if self._get(cluster) == 0)
            yield self._places.info_at + 488, struct.pack("<II", free, self._search_from)

    def _is_cluster(self, number: int) -> bool:
        return 2 <= number < self._places.cluster_count + 2  # noqa: PLR2004

    def _get(self, cluster: int) -> int:
        at = cluster * self._places.width
        value = int.from_bytes(self._bytes[at : at + self._places.width], "little")
        return value & _MASK

    def _set(self, cluster: int, value: int) -> None:
        width = self._places.width
        at = cluster * width
        if width == 4:  # noqa: PLR2004 - FAT32 keeps its upper four bits
            old = int.from_bytes(self._bytes[at : at + 4], "little")
            value |= old & ~_MASK
        self._bytes[at : at + width] = value.to_bytes(width, "little")
        self._changed.add(at // SECTOR)
