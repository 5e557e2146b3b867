"""One FAT file system: read its files, and plan changes as patches in a safe order."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from firmware_config.core.fat.folder import FILE, FOLDER, SLOT, Entry, Folder, parsed, slot_for
from firmware_config.core.fat.geometry import FatError, geometry
from firmware_config.core.fat.names import long_slots, short_for
from firmware_config.core.fat.table import Table
from firmware_config.core.partitions import Read

MOST_PATCH = 4 * 1024**2


@dataclass(frozen=True, slots=True)
class Patch:
    """Bytes for one place, counted from the disk's beginning."""

    at: int
    data: bytes


class FatVolume:
    """The file system that begins at byte `start`; `now` dates what is written.

    Nothing is written here: `patches()` gives first the files' contents, then the tables, then the
    directory slots, so that a power cut in between leaves the old files.
    """

    def __init__(self, read: Read, start: int, now: datetime) -> None:
        self._read = read
        self._places = geometry(read, start)
        self._table = Table(read, self._places)
        self._now = now
        self._clusters: dict[int, bytes] = {}
        self._slots: dict[int, bytes] = {}

    def names(self, folder: str = "") -> dict[str, int]:
        """Give the files of a folder with their sizes in bytes."""
        held = self._folder(self._first_of(folder))
        return {one.name: one.size for one in held.entries if not one.is_folder}

    def paths(self, folder: str = "") -> Iterator[str]:
        """Give the paths of all files, in all folders."""
        for one in self._folder(self._first_of(folder)).entries:
            path = f"{folder}/{one.name}" if folder else one.name
            if not one.is_folder:
                yield path
            elif one.name not in {".", ".."}:
                yield from self.paths(path)

    def has(self, path: str) -> bool:
        """Whether a file is there."""
        try:
            entry = self._entry(path)
        except FatError:
            return False
        return entry is not None and not entry.is_folder

    def read(self, path: str) -> bytes:
        """Give a file's bytes.

        Raises:
            FatError: there is none, or its chain is shorter than its size.
        """
        entry = self._entry(path)
        if entry is None or entry.is_folder:
            msg = f"{path}: 没有这个文件 (not found)"
            raise FatError(msg)
        data = b"".join(self._cluster(one) for one in self._table.chain(entry.first))
        if len(data) < entry.size:
            msg = f"{path}: 文件不完整 (cut short)"
            raise FatError(msg)
        return data[: entry.size]

    def write(self, path: str, data: bytes) -> None:
        """Make or replace a file; its folder is made where it is missing.

        Raises:
            FatError: no room.
        """
        folder, name = self._made_folder(path)
        old = self._folder(folder).find(name)
        first = self._stored(data)
        if old is None:
            self._add(folder, name, FILE, first, len(data))
            return
        self._slots[old.at] = slot_for(old.short, FILE, first, len(data), self._now)
        self._table.free(old.first)

    def patches(self) -> list[Patch]:
        """Give what is to be written, in this order."""
        own = {at for at in self._slots if self._of(at) in self._clusters}
        tables = [Patch(at, data) for at, data in self._table.changes()]
        slots = [Patch(at, self._slots[at]) for at in sorted(self._slots) if at not in own]
        return [*self._contents(self._merged(own)), *tables, *slots]

    def _of(self, place: int) -> int:
        return (place - self._places.data_at) // self._places.cluster_size + 2

    def _merged(self, own: set[int]) -> dict[int, bytes]:
        """Put the slots of new directories into their clusters."""
        clusters = dict(self._clusters)
        for place in sorted(own):
            cluster = self._of(place)
            begin = place - self._places.at(cluster)
            held = clusters[cluster]
            clusters[cluster] = held[:begin] + self._slots[place] + held[begin + SLOT :]
        return clusters

    def _contents(self, clusters: Mapping[int, bytes]) -> Iterator[Patch]:
        run: list[bytes] = []
        began, size = 0, self._places.cluster_size
        for cluster in sorted(clusters):
            at = self._places.at(cluster)
            if run and (at != began + len(run) * size or len(run) * size >= MOST_PATCH):
                yield Patch(began, b"".join(run))
                run = []
            if not run:
                began = at
            run.append(clusters[cluster])
        if run:
            yield Patch(began, b"".join(run))

    def _stored(self, data: bytes) -> int:
        size = self._places.cluster_size
        taken = self._table.take(-(-len(data) // size))
        for index, cluster in enumerate(taken):
            self._clusters[cluster] = data[index * size : (index + 1) * size].ljust(size, b"\0")
        return taken[0] if taken else 0

    def _cluster(self, cluster: int) -> bytes:
        held = self._clusters.get(cluster)
        return held or self._read(self._places.cluster_size, self._places.at(cluster))

    def _entry(self, path: str) -> Entry | None:
        folder, _slash, name = path.rpartition("/")
        return self._folder(self._first_of(folder)).find(name)

    def _first_of(self, folder: str) -> int:
        if not folder:
            return self._places.root_cluster
        entry = self._entry(folder)
        if entry is None or not entry.is_folder:
            msg = f"{folder}: 没有这个文件夹 (no such folder)"
            raise FatError(msg)
        return entry.first

    def _made_folder(self, path: str) -> tuple[int, str]:
        folder, _slash, name = path.rpartition("/")
        if not folder:
            return self._places.root_cluster, name
        above, own = self._made_folder(folder)
        entry = self._folder(above).find(own)
        if entry is not None:
            return entry.first, name
        first = self._stored(bytes(1))
        parent = 0 if above == self._places.root_cluster else above
        places = self._places_of(first)
        self._slots[places[0]] = slot_for(b".".ljust(11), FOLDER, first, 0, self._now)
        self._slots[places[1]] = slot_for(b"..".ljust(11), FOLDER, parent, 0, self._now)
        self._add(above, own, FOLDER, first, 0)
        return first, name

    def _add(self, folder: int, name: str, kind: int, first: int, size: int) -> None:
        held = self._folder(folder)
        short = short_for(name, {one.short for one in held.entries})
        slots = [*long_slots(name, short), slot_for(short, kind, first, size, self._now)]
        room = held.room_for(len(slots))
        while room is None:
            self._grow(folder)
            held = self._folder(folder)
            room = held.room_for(len(slots))
        for place in held.hidden_before(room[0]):
            self._slots[place] = b"\xe5".ljust(SLOT, b"\0")
        self._slots.update(zip(room, slots, strict=True))

    def _grow(self, folder: int) -> None:
        if folder == 0:
            msg = "根目录已满 (the root directory is full)"
            raise FatError(msg)
        self._table.append(folder, self._stored(bytes(1)))

    def _folder(self, first: int) -> Folder:
        return parsed(list(self._directory(first)))

    def _places_of(self, first: int) -> list[int]:
        return [place for place, _slot in self._directory(first)]

    def _directory(self, first: int) -> Iterator[tuple[int, bytes]]:
        for place, data in self._blocks(first):
            for at in range(0, len(data), SLOT):
                yield place + at, self._slots.get(place + at, data[at : at + SLOT])

    def _blocks(self, first: int) -> Iterator[tuple[int, bytes]]:
        if first == 0:
            yield self._places.root_at, self._read(self._places.root_size, self._places.root_at)
            return
        for cluster in self._table.chain(first):
            yield self._places.at(cluster), self._cluster(cluster)
