"""A directory: slots of 32 bytes, in which entries and free places follow each other."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from firmware_config.core.fat.names import LONG, long_of, short_of

SLOT = 32
FREE, END = 0xE5, 0x00
LABEL, FOLDER, FILE = 0x08, 0x10, 0x20


@dataclass(frozen=True, slots=True)
class Entry:
    """One file or folder; `at` is where its own slot lies on the disk."""

    name: str
    short: bytes
    kind: int
    first: int
    size: int
    at: int

    @property
    def is_folder(self) -> bool:
        return bool(self.kind & FOLDER)


@dataclass(frozen=True, slots=True)
class Folder:
    """What a directory holds, and which of its slots are free.

    `free` has the places of free slots in the directory's order; `used_up_to` counts the slots
    before the mark behind which nothing counts.
    """

    entries: tuple[Entry, ...]
    places: tuple[int, ...]
    is_free: tuple[bool, ...]
    used_up_to: int

    def find(self, name: str) -> Entry | None:
        """Give an entry by its name; FAT knows no capitals."""
        wanted = name.casefold()
        return next((one for one in self.entries if one.name.casefold() == wanted), None)

    def room_for(self, count: int) -> list[int] | None:
        """Give the places of so many free slots that follow each other, or None."""
        run = 0
        for index, free in enumerate(self.is_free):
            run = run + 1 if free else 0
            if run == count:
                return list(self.places[index - count + 1 : index + 1])
        return None

    def hidden_before(self, place: int) -> list[int]:
        """Give the places whose end mark would hide an entry at `place` from other readers."""
        return list(self.places[self.used_up_to : self.places.index(place)])


def parsed(slots: Sequence[tuple[int, bytes]]) -> Folder:
    """Read a directory from its slots, each with its place on the disk."""
    entries: list[Entry] = []
    is_free: list[bool] = []
    long: list[bytes] = []
    used_up_to = len(slots)
    for index, (place, slot) in enumerate(slots):
        if index >= used_up_to or slot[0] == END:
            used_up_to = min(used_up_to, index)
            is_free.append(True)
            continue
        is_free.append(slot[0] == FREE)
        if slot[0] == FREE:
            long = []
        elif slot[11] == LONG:
            long.append(slot)
        else:
            if not slot[11] & LABEL:
                entries.append(_entry(slot, place, long))
            long = []
    return Folder(tuple(entries), tuple(at for at, _ in slots), tuple(is_free), used_up_to)


def _entry(slot: bytes, place: int, long: list[bytes]) -> Entry:
    high, low = struct.unpack_from("<H", slot, 20)[0], struct.unpack_from("<H", slot, 26)[0]
    size = struct.unpack_from("<I", slot, 28)[0]
    name = long_of(long) if long else short_of(slot)
    return Entry(name, slot[:11], slot[11], high << 16 | low, size, place)


def slot_for(short: bytes, kind: int, first: int, size: int, now: datetime) -> bytes:
    """Make an entry's own slot."""
    day = max(now.year - 1980, 0) << 9 | now.month << 5 | now.day
    clock = now.hour << 11 | now.minute << 5 | now.second // 2
    tail = struct.pack("<HHHHHHHI", clock, day, day, first >> 16, clock, day, first & 0xFFFF, size)
    return short + bytes([kind, 0, 0]) + tail
