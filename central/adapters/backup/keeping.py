"""Backups by the clock and by hand: how each ended is kept, and the old ones go."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from central.adapters.backup import making, restoring
from central.adapters.backup.making import Made
from central.adapters.backup.restoring import Checked, Restored
from central.adapters.backup.sealing import BackupError
from central.adapters.store import audit, backups
from central.adapters.store.engine import Store
from central.config import DataDir

HOUR_MS = 3600 * 1000
BY = "central"
AGAIN_MS = HOUR_MS
"""After one that failed, the next try."""


@dataclass(frozen=True, slots=True)
class Backups:
    """Makes backups of one district, and tries them. `folder` None: nothing is set up."""

    store: Store
    data: DataDir
    url: str
    folder: Path | None
    passphrase: str
    keep: int
    every_ms: int

    @property
    def is_set_up(self) -> bool:
        """Tell whether backups are made by the clock."""
        return self.folder is not None and bool(self.passphrase)

    def look(self, now_ms: int) -> bool:
        """Make a backup where it is time; tell whether one was made."""
        if not self.is_set_up:
            return False
        with self.store.reading() as connection:
            good = backups.last_good(connection, "backup")
            tried = backups.last_begun(connection, "backup")
        is_due = good is None or now_ms - good["began_at"] >= self.every_ms
        if not is_due or now_ms - tried < AGAIN_MS:
            return False
        with self.store.transaction() as connection:
            backups.alone(connection)
            if backups.last_begun(connection, "backup") != tried:  # another worker was faster
                return False
            backup_id = backups.begin(connection, "backup", str(self.folder), BY, now_ms)
        self.make(BY, now_ms, backup_id)
        return True

    def work(self, now_ms: int) -> bool:
        """Do what somebody has asked for on the page, or what time asks for."""
        with self.store.reading() as connection:
            waits = backups.asked(connection) is not None
        if not waits:
            return self.look(now_ms)
        with self.store.transaction() as connection:
            backups.alone(connection)
            asked = backups.asked(connection)
            if asked is None:  # another worker was faster
                return False
            place = str(self.folder or "—")
            backups.begin(connection, asked["kind"], place, "", now_ms, asked["backup_id"])
        runs = {"backup": self.make, "check": self.check, "drill": self.drill}
        with suppress(BackupError):  # that is kept beside it
            runs[asked["kind"]](asked["by"], now_ms, asked["backup_id"])
        return True

    def make(self, by: str, now_ms: int, asked: str = "") -> Made:
        """Make a backup now.

        Raises:
            BackupError: why not; that is kept, too.
        """
        with self._kept("backup", by, now_ms, asked) as ended:
            folder = self._folder()
            self._must_be_mounted(folder)
            making.sweep(folder)
            made = making.make(self.data, self.store, self.url, folder, self.passphrase, now_ms)
            making.prune(folder, self.keep)
            ended |= {"size_bytes": made.size_bytes, "files": made.files}
        return made

    def check(self, by: str, now_ms: int, asked: str = "") -> Checked:
        """Read the newest backup through.

        Raises:
            BackupError: what is wrong with it.
        """
        with self._kept("check", by, now_ms, asked) as ended:
            found = restoring.check(restoring.newest(self._folder()), self.passphrase)
            _must_be_sound(found)
            ended |= {"files": found.files}
        return found

    def drill(self, by: str, now_ms: int, asked: str = "") -> Restored:
        """Bring the newest backup back into a folder that goes again: SQLite only.

        Raises:
            BackupError: what is wrong with it.
        """
        with self._kept("drill", by, now_ms, asked) as ended, \
                tempfile.TemporaryDirectory(prefix="huxiao-drill-") as waiting:  # fmt: skip
            self._must_be_sqlite()
            newest, place = restoring.newest(self._folder()), DataDir(Path(waiting) / "data")
            found = restoring.restore(newest, self.passphrase, place, None, now_ms)
            _must_be_sound(found.checked)
            if not found.audit_is_whole:
                msg = "恢复出的审计链不完整 / the restored audit chain is not whole"
                raise BackupError(msg)
            ended |= {"files": found.checked.files}
        return found

    def _must_be_mounted(self, folder: Path) -> None:
        """A folder that had backups and is empty now is a disk that is not there."""
        with self.store.reading() as connection:
            good = backups.last_good(connection, "backup")
        if good and good["place"] == str(folder) and not (folder / "folder.salt").exists():
            msg = (
                f"{folder}: 原来的备份不见了，磁盘或网盘是否没有挂载？ / the backups here "
                "are gone: is the disk mounted?"
            )
            raise BackupError(msg)

    def _must_be_sqlite(self) -> None:
        if self.store.is_postgresql:
            msg = "PostgreSQL 请用 restore 到空库演练 / PostgreSQL: restore into an empty one"
            raise BackupError(msg)

    @contextmanager
    def _kept(self, kind: str, by: str, now_ms: int, asked: str) -> Iterator[dict[str, int]]:
        """Keep that something was begun and how it ended."""
        place = str(self.folder or "—")
        with self.store.transaction() as connection:
            backup_id = backups.begin(connection, kind, place, by, now_ms, asked)
        ended: dict[str, int] = {}
        began = monotonic()
        try:
            yield ended
        except (BackupError, OSError) as error:
            with self.store.transaction() as connection:
                backups.end(connection, backup_id, now_ms, trouble=str(error)[:1000])
            raise BackupError(str(error)) from error
        at = now_ms + int((monotonic() - began) * 1000)
        with self.store.transaction() as connection:
            backups.end(connection, backup_id, at, **ended)
            audit.append(connection, at, by, f"backup.{kind}", f"backup:{backup_id}", dict(ended))

    def _folder(self) -> Path:
        if self.folder is None or not self.passphrase:
            msg = (
                "没有设置备份：central.toml 的 [backup] folder 和 passphrase_file / "
                "no backup is set up: [backup] folder and passphrase_file in central.toml"
            )
            raise BackupError(msg)
        return self.folder


def _must_be_sound(found: Checked) -> None:
    if found.bad:
        msg = f"{len(found.bad)} 个文件已损坏 / files are damaged: {found.bad[0][:16]}…"
        raise BackupError(msg)
