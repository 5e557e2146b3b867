"""The gallery's file: one row an entry, each locked under a key of its own.

The entry's key is wrapped by a key of the ring. Whenever a row goes, the ring's key goes too and
the rest is wrapped anew: what a memory card still holds of the old row opens no more.
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes, token_hex

from contract.gallery import GalleryEntry
from contract.sealing import KEY_BYTES
from edge_agent.adapters import gallery_rows
from edge_agent.adapters.gallery_keys import NONCE_BYTES, KeyRing, locked, unlocked
from edge_agent.core.gallery_order import Standing
from edge_agent.ports import GalleryError

TAG_BYTES = 16


@dataclass(frozen=True, slots=True)
class Contact:
    """When the device last heard of its district: by both clocks, and in which boot."""

    at: float
    monotonic: float
    boot_id: str


class GalleryFile:
    """Opened for each use and closed again: several processes share it, none holds it."""

    def __init__(self, path: Path, ring: KeyRing) -> None:
        self.path = path
        self._ring = ring
        self._known: dict[str, tuple[bytes, GalleryEntry]] = {}

    def version(self) -> int:
        """Count the changes: a reader that has seen this one has seen all."""
        if not self.path.exists():
            return 0
        with self._open() as db:
            return int(db.execute("SELECT version FROM standing").fetchone()[0])

    def standing(self) -> Standing:
        with self._open() as db:
            return Standing(*db.execute("SELECT revision, newest, begun FROM standing").fetchone())

    def contact(self) -> Contact | None:
        with self._open() as db:
            row = db.execute(
                "SELECT contact_at, contact_monotonic, contact_boot FROM standing"
            ).fetchone()
        return None if row[0] is None else Contact(*row)

    def note_contact(self, contact: Contact) -> None:
        with self._changing(is_news=False) as db:
            db.execute(
                "UPDATE standing SET contact_at = ?, contact_monotonic = ?, contact_boot = ?",
                (contact.at, contact.monotonic, contact.boot_id),
            )

    def entries(self) -> list[GalleryEntry]:
        """Give every entry that still opens; one that has been opened before is not again."""
        if not self.path.exists():
            return []
        keys = self._ring.read()
        with self._open() as db:
            rows = db.execute("SELECT entry_id, key_id, wrapped, locked FROM entry").fetchall()
        known, self._known = self._known, {}
        for row in rows:
            entry_id, key_id, content = row[0], row[1], row[3]
            mark = content[:NONCE_BYTES] + content[-TAG_BYTES:]
            before = known.get(entry_id)
            is_same = before is not None and before[0] == mark and key_id in keys
            entry = before[1] if before and is_same else gallery_rows.opened(keys, *row)
            if entry is not None:
                self._known[entry_id] = (mark, entry)
        return sorted((one for _, one in self._known.values()), key=lambda one: one.entry_id)

    def apply(
        self, standing: Standing, entries: Sequence[GalleryEntry], removed: Sequence[str],
        *, is_complete: bool,
    ) -> None:  # fmt: skip
        """Take an update whole or not at all, then destroy the keys of what it removed."""
        key_id, key = self._current_key()
        with self._changing() as db:
            for entry in entries:
                gallery_rows.put(db, entry, standing.revision, key_id, key)
            gone: list[gallery_rows.Where] = [("entry_id = ?", (entry_id,)) for entry_id in removed]
            if is_complete:
                gone.append(("revision < ?", (standing.begun,)))
            gallery_rows.drop(db, gone)
            gallery_rows.stand(db, standing)
        self._rotate_if_due()

    def forget(self, entry_id: str) -> bool:
        """Destroy one entry here; tell whether there was one."""
        return self._forgotten("entry_id = ?", entry_id)

    def forget_expired(self, now: float) -> bool:
        return self._forgotten("expires_at <= ?", now)

    def wipe(self) -> None:
        """Destroy everything; only how far the gallery was is remembered."""
        standing = self.standing().wiped()
        with self._changing() as db:
            db.execute("DELETE FROM entry")
            gallery_rows.stand(db, standing)
        self._ring.write({})

    def settle(self) -> None:
        """After a start: what no key opens any more goes, and what was interrupted is finished."""
        keys = self._ring.read()
        with self._open() as db:
            used = {row[0] for row in db.execute("SELECT DISTINCT key_id FROM entry")}
        if used - set(keys) or (not keys and self.standing().revision):
            self.wipe()
        self._rotate_if_due()

    def _forgotten(self, where: str, value: str | float) -> bool:
        with self._changing() as db:
            found = gallery_rows.drop(db, [(where, (value,))])
        self._rotate_if_due()
        return found

    def _current_key(self) -> tuple[str, bytes]:
        keys = self._ring.read()
        if not keys:
            keys = {token_hex(8): token_bytes(KEY_BYTES)}
            self._ring.write(keys)
        return list(keys.items())[-1]

    def _rotate_if_due(self) -> None:
        with self._open() as db:
            is_due = db.execute("SELECT must_rotate FROM standing").fetchone()[0]
        if not is_due:
            return
        old = self._ring.read()
        key_id, key = token_hex(8), token_bytes(KEY_BYTES)
        self._ring.write({**old, key_id: key})
        with self._changing() as db:
            for entry_id, old_id, wrapped in db.execute(
                "SELECT entry_id, key_id, wrapped FROM entry"
            ).fetchall():
                old_key = old.get(old_id)
                entry_key = old_key and unlocked(old_key, wrapped, "key", entry_id)
                if not entry_key:
                    db.execute("DELETE FROM entry WHERE entry_id = ?", (entry_id,))
                    continue
                db.execute(
                    "UPDATE entry SET key_id = ?, wrapped = ? WHERE entry_id = ?",
                    (key_id, locked(key, entry_key, "key", entry_id), entry_id),
                )
            db.execute("UPDATE standing SET must_rotate = 0")
        self._ring.write({key_id: key})

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            db = self._opened_file()
            try:
                yield db
            finally:
                db.close()
        except (sqlite3.Error, OSError) as error:
            msg = f"人脸库 {self.path} 无法使用 (the gallery cannot be used): {error}"
            raise GalleryError(msg) from error

    @contextmanager
    def _changing(self, *, is_news: bool = True) -> Iterator[sqlite3.Connection]:
        """Give a transaction; where `is_news`, readers look into the file again after it."""
        with self._open() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("UPDATE standing SET version = version + ?", (int(is_news),))
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def _opened_file(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        try:
            return gallery_rows.connected(self.path)
        except sqlite3.DatabaseError as error:
            if (error.sqlite_errorcode & 0xFF) not in {
                sqlite3.SQLITE_CORRUPT,
                sqlite3.SQLITE_NOTADB,
            }:
                raise
            self.path.unlink()  # damaged: central delivers it again
            return gallery_rows.connected(self.path)
