"""Sums of an image, block by block, so that a difference can be found again."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

BLOCK = 4 * 1024**2


class Sums:
    """Sums of blocks of `BLOCK` bytes, in hex, and of everything; bytes come in any portions."""

    def __init__(self) -> None:
        self.whole = hashlib.sha256()
        self.size = 0
        self._full: list[str] = []
        self._part = hashlib.sha256()

    def add(self, data: bytes) -> None:
        """Count more bytes in."""
        self.whole.update(data)
        view = memoryview(data)
        while view:
            room = BLOCK - self.size % BLOCK
            portion, view = view[:room], view[room:]
            self._part.update(portion)
            self.size += len(portion)
            if self.size % BLOCK == 0:
                self._full.append(self._part.hexdigest())
                self._part = hashlib.sha256()

    @property
    def blocks(self) -> list[str]:
        """The blocks' sums, the last one of what is left over."""
        return [*self._full, self._part.hexdigest()] if self.size % BLOCK else list(self._full)


def record(sums: Sums, files: Mapping[str, bytes], skipped: list[tuple[int, int]]) -> str:
    """Give what `verify` needs later: sums of blocks, and of files where blocks are no measure.

    `skipped` are the bytes (start, end) that are not the image's alone; `files` lie in them.
    """
    said = {
        "v": 1,
        "size": sums.size,
        "sha256": sums.whole.hexdigest(),
        "block": BLOCK,
        "blocks": sums.blocks,
        "skipped": skipped,
        "files": {path: hashlib.sha256(data).hexdigest() for path, data in files.items()},
    }
    return json.dumps(said) + "\n"


def untouched(recorded: dict[str, Any]) -> list[tuple[int, str]]:
    """Give the blocks that hold nothing but the image, each with its sum."""
    block = int(recorded["block"])
    found = []
    for index, wanted in enumerate(recorded["blocks"]):
        begin, end = index * block, min((index + 1) * block, int(recorded["size"]))
        if all(end <= a or begin >= b for a, b in recorded["skipped"]):
            found.append((index, str(wanted)))
    return found
