"""What flashing needs of the world, and how it fails."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from enum import IntEnum
from typing import Protocol

from firmware_config.core.partitions import Read


class Exit(IntEnum):
    """How `huxiao-flash` ends: one code for each kind of failure, the same for every verb."""

    OK = 0
    PROBLEM = 1
    USAGE = 2
    REFUSED = 3
    IMAGE = 4
    VERIFY = 5
    FAKE_CARD = 6
    BUSY = 7
    SETTINGS = 8
    CARD = 9
    DEVICE = 10
    TOOL = 11
    STOPPED = 130


class FlashError(Exception):
    """Why it ended, for people; `advice` says what to do, `exit` is the kind."""

    def __init__(self, exit_code: Exit, said: str, advice: str = "") -> None:
        super().__init__(said)
        self.exit = exit_code
        self.said = said
        self.advice = advice


class Card(Protocol):
    """A disk that is open for erasing, and closed to everybody else.

    Every call may raise OSError: the card was pulled or fails.
    """

    @property
    def size(self) -> int: ...

    def write(self, data: bytes | memoryview, at: int) -> None: ...

    def sync(self) -> None:
        """Wait until the card says it has everything."""

    def fresh(self) -> AbstractContextManager[Read]:
        """Read what the card itself holds, past every cache where the system allows it."""


class Image(Protocol):
    """An image being unpacked."""

    @property
    def size(self) -> int | None:
        """Its unpacked size in bytes, where the file says it."""

    def blocks(self) -> Iterator[bytes]:
        """Give its bytes, a few MiB at a time.

        Raises:
            FlashError: the file is damaged.
        """

    def file_sha256(self) -> str:
        """Give the packed file's own sum; to be asked after the last block."""


class Progress(Protocol):
    """Hears how far it is: `phase` is probe, write, verify or settings; bytes."""

    def __call__(self, phase: str, done: int, total: int | None) -> None: ...
