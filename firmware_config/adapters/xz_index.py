"""How large an .xz file is unpacked, from the index at its end (the .xz format, section 4)."""

import os
import struct
from typing import IO

FOOTER = 12


def xz_size(file: IO[bytes]) -> int | None:
    """Add up what the last stream's index says, in bytes; None where it cannot be read."""
    try:
        end = file.seek(-FOOTER, os.SEEK_END)
        footer = file.read(FOOTER)
        if footer[10:] != b"YZ":
            return None
        size = (struct.unpack("<I", footer[4:8])[0] + 1) * 4
        file.seek(end - size)
        return _sum_of(file.read(size))
    except (OSError, IndexError):
        return None


def _sum_of(index: bytes) -> int:
    count, at = _number(index, 1)
    total = 0
    for _ in range(count):
        _packed, at = _number(index, at)
        unpacked, at = _number(index, at)
        total += unpacked
    return total


def _number(index: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = index[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not byte & 0x80:
            return value, at
