"""The partition table in an image's first bytes, and the data partition that a device gets."""

import struct
from collections.abc import Callable
from dataclasses import dataclass, replace

SECTOR = 512
MIB = 1024**2
LINUX, GPT = 0x83, 0xEE
GPT_ENTRY = 128  # bytes, at least
MOST_SECTORS = 0xFFFF_FFFF

Read = Callable[[int, int], bytes]
"""`read(size, at)`: bytes of an image or disk."""


class PartitionError(Exception):
    """There is no table that can be understood."""


@dataclass(frozen=True, slots=True)
class Partition:
    """One partition; `start` and `size` in bytes, `kind` the table's own number (0: by GUID)."""

    number: int
    kind: int
    start: int
    size: int


def partitions(read: Read) -> list[Partition]:
    """Give the partitions of an MBR or GPT disk.

    Raises:
        PartitionError: neither.
    """
    head = read(SECTOR, 0)
    if head[510:512] != b"\x55\xaa":
        msg = "没有分区表 (no partition table)"
        raise PartitionError(msg)
    found = [one for number in range(1, 5) if (one := _entry(head, number))]
    return _of_gpt(read) if any(one.kind == GPT for one in found) else found


def boot_partition(read: Read) -> Partition:
    """Give the first partition that holds a FAT file system.

    Raises:
        PartitionError: there is none.
    """
    for one in partitions(read):
        sector = read(SECTOR, one.start)
        if sector[510:512] == b"\x55\xaa" and b"FAT" in (sector[82:85], sector[54:57]):
            return one
    msg = "没有 FAT 引导分区 (no FAT boot partition)"
    raise PartitionError(msg)


def _entry(head: bytes, number: int) -> Partition | None:
    at = 446 + 16 * (number - 1)
    kind = head[at + 4]
    start, count = struct.unpack_from("<II", head, at + 8)
    return Partition(number, kind, start * SECTOR, count * SECTOR) if kind and count else None


def _of_gpt(read: Read) -> list[Partition]:
    header = read(SECTOR, SECTOR)
    if header[:8] != b"EFI PART":
        msg = "GPT 分区表损坏 (the GPT is damaged)"
        raise PartitionError(msg)
    at, count, size = struct.unpack_from("<QII", header, 72)
    if not GPT_ENTRY <= size <= SECTOR:
        msg = "GPT 分区表损坏 (the GPT is damaged)"
        raise PartitionError(msg)
    found = []
    for index in range(min(count, 128)):
        entry = read(size, at * SECTOR + index * size)
        if any(entry[:16]):
            first, last = struct.unpack_from("<QQ", entry, 32)
            found.append(Partition(index + 1, 0, first * SECTOR, (last - first + 1) * SECTOR))
    return found


def with_data_partition(head: bytes, card_size: int, root_size: int) -> bytes | None:
    """Give the first sector with a root grown to `root_size` and a third partition to the end.

    None where the card or the table leaves no room for it: then root takes the whole card, as the
    image's own first boot does.
    """
    found = [one for number in range(1, 5) if (one := _entry(head, number))]
    if [one.number for one in found] != [1, 2] or found[1].kind != LINUX:
        return None
    boot, root = found
    root = replace(root, size=max(root_size, root.size))
    start = -(-(root.start + root.size) // (4 * MIB)) * 4 * MIB
    end = min(card_size, MOST_SECTORS * SECTOR) // MIB * MIB
    if boot.start + boot.size > root.start or end - start < 256 * MIB:
        return None
    root = replace(root, size=start - root.start)
    changed = bytearray(head)
    for one in (root, Partition(3, LINUX, start, end - start)):
        struct.pack_into(
            "<B3sB3sII", changed, 446 + 16 * (one.number - 1),
            0, b"\xfe\xff\xff", one.kind, b"\xfe\xff\xff",
            one.start // SECTOR, one.size // SECTOR,
        )  # fmt: skip
    return bytes(changed)
