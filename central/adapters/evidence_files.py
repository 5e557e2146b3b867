"""Pictures and clips by their content, in a folder. What is there is whole."""

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from contract.topics import SHA256_PATTERN

_IS_NAME = re.compile(SHA256_PATTERN)
MOST_PARTS = 256  # of 256 KiB: 64 MiB a file


class EvidenceFiles:
    """A folder of content-addressed files: `ab/ab12...`; parts wait beside it until complete."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, sha256: str) -> Path:
        """Tell where a file lies, whether or not it is there."""
        return self._folder / sha256[:2] / sha256

    def read(self, sha256: str) -> bytes | None:
        """Give a file's bytes; None when it is not here."""
        try:
            return self.path(sha256).read_bytes()
        except FileNotFoundError:
            return None

    def delete(self, sha256: str) -> None:
        """Delete a file, where it is there."""
        self.path(sha256).unlink(missing_ok=True)

    def names(self, older_than_ms: int) -> Iterator[str]:
        """Name the whole files that were written before (ms UTC)."""
        for path in self._folder.glob("??/*"):
            if not _IS_NAME.fullmatch(path.name):
                continue
            with suppress(FileNotFoundError):
                if path.stat().st_mtime * 1000 < older_than_ms:
                    yield path.name

    def put(self, sha256: str, content: bytes) -> bool:
        """Keep a whole file on disk; False when the bytes are not those of the name."""
        if hashlib.sha256(content).hexdigest() != sha256:
            return False
        if not self.path(sha256).exists():
            _write(self.path(sha256), content)
        return True

    def put_part(self, sha256: str, part: int, parts: int, content: bytes) -> bool | None:
        """Keep one part, counted from 1.

        True: the file is whole now. None: more is to come. False: whole, but of another content.
        """
        if self.path(sha256).exists():
            return True
        waiting = self._folder / "parts" / sha256
        _write(waiting / f"{part:04d}-{parts:04d}", content)
        names = [waiting / f"{number:04d}-{parts:04d}" for number in range(1, parts + 1)]
        if not all(name.exists() for name in names):
            return None
        whole = self.put(sha256, b"".join(name.read_bytes() for name in names))
        for name in waiting.iterdir():
            name.unlink()
        waiting.rmdir()
        return whole


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.parent / f".{uuid4().hex}"
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
