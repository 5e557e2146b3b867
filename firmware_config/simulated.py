"""Cards that fail as real ones do: for tests, and for showing an installer what happens."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from firmware_config.core.partitions import Read


@dataclass(slots=True)
class MemoryCard:
    """An honest card in memory; the other fields make it fail.

    `really`: it keeps so many bytes only, and begins anew behind them. `flips`: this byte loses a
    bit when it is written. `drops`: writes into these bytes, from the first time it was synced
    `after_syncs` times, vanish. `pulled_after`: the byte count after which it is gone.
    """

    size: int
    really: int | None = None
    flips: int | None = None
    drops: tuple[int, int] | None = None
    after_syncs: int = 0
    pulled_after: int | None = None
    written: int = 0
    syncs: int = 0
    data: bytearray = field(init=False)

    def __post_init__(self) -> None:
        self.data = bytearray(self.really or self.size)

    def write(self, data: bytes | memoryview, at: int) -> None:
        if self.pulled_after is not None and self.written + len(data) > self.pulled_after:
            raise OSError(errno.ENODEV, "No such device")
        self.written += len(data)
        if self._vanishes(at):
            return
        held = bytearray(data)
        if self.flips is not None and at <= self.flips < at + len(held):
            held[self.flips - at] ^= 1
        for begin, portion in self._wrapped(at, len(held)):
            self.data[begin : begin + len(portion)] = held[portion.start : portion.stop]

    def sync(self) -> None:
        if self.pulled_after is not None and self.written >= self.pulled_after:
            raise OSError(errno.EIO, "Input/output error")
        self.syncs += 1

    @contextmanager
    def fresh(self) -> Iterator[Read]:
        yield self.read

    def read(self, size: int, at: int) -> bytes:
        """Give what it keeps."""
        size = max(0, min(size, self.size - at))
        return b"".join(
            bytes(self.data[begin : begin + len(portion)])
            for begin, portion in self._wrapped(at, size)
        )

    def _vanishes(self, at: int) -> bool:
        if self.drops is None or self.syncs < self.after_syncs:
            return False
        return self.drops[0] <= at < self.drops[1]

    def _wrapped(self, at: int, size: int) -> Iterator[tuple[int, range]]:
        begin = 0
        while begin < size:
            place = (at + begin) % len(self.data)
            end = min(size, begin + len(self.data) - place)
            yield place, range(begin, end)
            begin = end
