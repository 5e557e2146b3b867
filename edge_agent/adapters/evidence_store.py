"""Evidence files on the device: named by their content, safe on disk before anything names them."""

import errno
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Collection
from pathlib import Path

RESERVE_BYTES = 64 * 1024 * 1024  # what pictures must leave free for the alerts themselves
ORPHAN_AGE_S = 3600.0


class EvidenceStore:
    """A folder of files, each called by its sha256; `free` gives a folder's free bytes."""

    def __init__(
        self,
        folder: Path,
        reserve_bytes: int = RESERVE_BYTES,
        free: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
    ) -> None:
        self._folder = folder
        self._reserve_bytes = reserve_bytes
        self._free = free

    def keep(self, content: bytes) -> str:
        """Write the bytes, wait until they are on disk, and give their sha256.

        Raises:
            OSError: not enough space beyond the reserve, or the folder cannot be written.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        if self._free(self._folder) < self._reserve_bytes + len(content):
            raise OSError(errno.ENOSPC, "too little space left for pictures", str(self._folder))
        target = self._folder / sha256
        if target.exists():
            target.touch()  # a file named again is no orphan
            return sha256
        handle, name = tempfile.mkstemp(prefix=".new-", dir=self._folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _sync_folder(self._folder)
        return sha256

    def read(self, sha256: str) -> bytes | None:
        """Give the bytes, or None where the file is gone or no longer what its name says."""
        try:
            content = (self._folder / sha256).read_bytes()
        except OSError:
            return None
        return content if hashlib.sha256(content).hexdigest() == sha256 else None

    def forget(self, sha256: str) -> None:
        (self._folder / sha256).unlink(missing_ok=True)

    def age_s(self, sha256: str) -> float:
        """Tell how long ago a file was written, by the wall clock; 0 where it is gone."""
        try:
            return max(0.0, time.time() - (self._folder / sha256).stat().st_mtime)
        except OSError:
            return 0.0

    def sweep(self, named: Collection[str]) -> int:
        """Remove what no alert names: left behind where power went between file and row."""
        oldest = time.time() - ORPHAN_AGE_S
        swept = 0
        for file in self._folder.glob("*") if self._folder.is_dir() else ():
            if file.name not in named and file.stat().st_mtime < oldest:
                file.unlink(missing_ok=True)
                swept += 1
        return swept


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
