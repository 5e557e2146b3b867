"""The one SQLite file that a device's processes share: opened, made, or set aside if damaged."""

import fcntl
import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from edge_agent.adapters import light_sqlite as sqlite_utils
from edge_agent.adapters.outbox_schema import opened, transaction
from edge_agent.ports import OutboxError, Timepiece

LOG = logging.getLogger("huxiao.outbox")

SET_ASIDE = ".damaged-"

R = TypeVar("R")

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class SharedFile:
    """One process's door to the file. Every use raises `OutboxError` when it cannot be used.

    A damaged file is set aside, never deleted, and a new one begun with what could still be read:
    an alarm that can be sent is worth more than a file that cannot. A new file numbers its alerts
    from the present microsecond, so that no number is ever used twice, whatever became of the old.
    """

    def __init__(self, path: Path, timepiece: Timepiece, *, late: bool = False) -> None:
        """Open the file; `late`: at its first use, by whoever must start whatever the disk does."""
        self.path = path
        self._time = timepiece
        self._lock = threading.RLock()
        self._db, self._inode = _not_yet() if late else self._opened()

    def close(self) -> None:
        self._db.close()

    def reading(self, sql: str, values: Sequence[object] = ()) -> list[dict[str, Any]]:
        """Give the rows of a query."""

        def rows() -> list[dict[str, Any]]:
            cursor = self._db.execute(sql, values)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor]

        return self._trying(rows)

    def writing(self, work: Callable[[sqlite3.Connection], R]) -> R:
        """Do the work in one transaction; its changes are on disk when this returns."""

        def change() -> R:
            with transaction(self._db.conn):
                return work(self._db.conn)

        return self._trying(change)

    def _trying(self, work: Callable[[], R]) -> R:
        """Do it; where the file was damaged or set aside meanwhile, once more on a new one."""
        with self._lock:
            try:
                if not self._is_current():
                    self._reopen()
                return work()
            except sqlite3.Error as error:
                if not is_damage(error):
                    raise OutboxError(in_words(self.path, error)) from error
                self._reopen(error)
            try:
                return work()
            except sqlite3.Error as error:
                raise OutboxError(in_words(self.path, error)) from error

    def _is_current(self) -> bool:
        """Tell whether the path still names our file: another process may have set it aside."""
        try:
            return self.path.stat().st_ino == self._inode
        except OSError:
            return False

    def _reopen(self, damage: sqlite3.Error | None = None) -> None:
        inode = self._inode
        self._db.close()
        self._db, self._inode = _not_yet()  # the very same file may come back: a disk mounted again
        self._db, self._inode = self._opened(damage, inode)

    def _opened(
        self, damage: sqlite3.Error | None = None, inode: int = 0
    ) -> tuple[sqlite_utils.Database, int]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
            with _one_at_a_time(self.path):
                if damage is not None and self.path.stat().st_ino == inode:
                    db = self._begun_anew(damage)
                else:
                    db = self._opened_or_begun_anew()
                return db, self.path.stat().st_ino
        except (OSError, sqlite3.Error) as error:
            raise OutboxError(in_words(self.path, error)) from error

    def _opened_or_begun_anew(self) -> sqlite_utils.Database:
        try:
            return opened(self.path, self._time.now())
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            return self._begun_anew(error)

    def _begun_anew(self, damage: sqlite3.Error) -> sqlite_utils.Database:
        kept = _set_aside(self.path, self._time.now(), damage)
        db = opened(self.path, self._time.now())
        LOG.error("从损坏的待发箱救回 %d 条 (alerts saved from it)", _salvaged(kept, db))
        return db


def _not_yet() -> tuple[sqlite_utils.Database, int]:
    """Stand in for a file that is not open yet: no file has the inode 0."""
    nothing = sqlite3.connect(":memory:", check_same_thread=False)
    return sqlite_utils.Database(nothing, execute_plugins=False), 0


def is_damage(error: sqlite3.Error) -> bool:
    """Tell whether the file's content is broken, not merely busy, full or out of reach."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in _DAMAGED


def in_words(path: Path, error: Exception) -> str:
    """Say what is wrong with the file and what to do, Chinese first."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    full = code == sqlite3.SQLITE_FULL or "disk is full" in str(error)
    advice = (
        "磁盘已满,请清理空间 (the disk is full: free some space)"
        if full
        else "请检查目录的权限和磁盘 (check the folder's permissions and the disk)"
    )
    return f"待发箱 {path} 无法使用 (outbox cannot be used): {error}。{advice}"


def set_aside(path: Path) -> list[Path]:
    """List the damaged files that were set aside; `doctor` says them loudly."""
    found = path.parent.glob(f"{path.name}{SET_ASIDE}*")
    return sorted(file for file in found if not file.name.endswith(("-wal", "-shm")))


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    """Let only one process make or set aside the file; the lock dies with its holder."""
    handle = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _set_aside(path: Path, now: datetime, error: Exception) -> Path:
    kept = path.with_name(f"{path.name}{SET_ASIDE}{now.strftime('%Y%m%dT%H%M%S%f')}")
    for suffix in ("", "-wal", "-shm"):
        side = path.with_name(path.name + suffix)
        if side.exists():
            side.rename(kept.with_name(kept.name + suffix))
    LOG.error(
        "待发箱损坏,另存为 %s,从新文件继续 (outbox damaged, set aside, a new one begun): %s",
        kept,
        error,
    )
    return kept


def _salvaged(kept: Path, db: sqlite_utils.Database) -> int:
    """Copy what can still be read, row by row, each under its old number; give the count."""
    saved = 0
    for table in ("alert", "evidence"):
        with (
            closing(sqlite3.connect(kept)) as old,
            transaction(db.conn),
            suppress(sqlite3.Error),
        ):
            for row in old.execute(f"SELECT * FROM {table}"):  # noqa: S608 - our own names
                marks = ", ".join("?" * len(row))
                db.conn.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", row)  # noqa: S608 - our own names
                saved += table == "alert"
    return saved
