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
from contract.sealing import KEY_BYTES, as_text, from_text
from edge_agent.adapters.gallery_keys import KeyRing, locked, unlocked
from edge_agent.core.gallery_order import Standing
from edge_agent.ports import GalleryError

BUSY_S = 10.0

_Where = tuple[str, tuple[object, ...]]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (
  entry_id TEXT PRIMARY KEY,
  revision INTEGER NOT NULL,
  expires_at REAL NOT NULL,
  key_id TEXT NOT NULL,
  wrapped BLOB NOT NULL,
  locked BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS standing (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  revision INTEGER NOT NULL DEFAULT 0,
  newest INTEGER NOT NULL DEFAULT 0,
  begun INTEGER NOT NULL DEFAULT 0,
  version INTEGER NOT NULL DEFAULT 0,
  must_rotate INTEGER NOT NULL DEFAULT 0,
  contact_at REAL,
  contact_monotonic REAL,
  contact_boot TEXT
);
INSERT OR IGNORE INTO standing (one) VALUES (1);
"""


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
        with self._changing() as db:
            db.execute(
                "UPDATE standing SET contact_at = ?, contact_monotonic = ?, contact_boot = ?",
                (contact.at, contact.monotonic, contact.boot_id),
            )

    def entries(self) -> list[GalleryEntry]:
        """Give every entry that still opens."""
        if not self.path.exists():
            return []
        keys = self._ring.read()
        with self._open() as db:
            rows = db.execute("SELECT entry_id, key_id, wrapped, locked FROM entry").fetchall()
        opened = (_opened(keys, *row) for row in rows)
        return sorted((one for one in opened if one), key=lambda entry: entry.entry_id)

    def apply(
        self, standing: Standing, entries: Sequence[GalleryEntry], removed: Sequence[str],
        *, is_complete: bool,
    ) -> None:  # fmt: skip
        """Take an update whole or not at all, then destroy the keys of what it removed."""
        key_id, key = self._current_key()
        with self._changing() as db:
            for entry in entries:
                _put(db, entry, standing.revision, key_id, key)
            gone: list[_Where] = [("entry_id = ?", (entry_id,)) for entry_id in removed]
            if is_complete:
                gone.append(("revision < ?", (standing.begun,)))
            _drop(db, gone)
            _stand(db, standing)
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
            _stand(db, standing)
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
            found = _drop(db, [(where, (value,))])
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
                entry_key = unlocked(old.get(old_id, bytes(KEY_BYTES)), wrapped, "key", entry_id)
                if entry_key is None:
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
    def _changing(self) -> Iterator[sqlite3.Connection]:
        with self._open() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("UPDATE standing SET version = version + 1")
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def _opened_file(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        try:
            return _connected(self.path)
        except sqlite3.DatabaseError as error:
            if (error.sqlite_errorcode & 0xFF) not in {
                sqlite3.SQLITE_CORRUPT,
                sqlite3.SQLITE_NOTADB,
            }:
                raise
            self.path.unlink()  # damaged: central delivers it again
            return _connected(self.path)


def _connected(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
    try:
        db.execute("PRAGMA secure_delete = ON")
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'standing'").fetchone():
            db.executescript(_SCHEMA)
    except BaseException:
        db.close()
        raise
    return db


def _put(
    db: sqlite3.Connection, entry: GalleryEntry, revision: int, key_id: str, key: bytes
) -> None:
    own = from_text(entry.key)
    content = entry.model_dump_json(exclude={"key"}).encode()
    wrapped = locked(key, own, "key", entry.entry_id)
    row = (entry.entry_id, revision, entry.expires_at.timestamp(), key_id, wrapped)
    whole = (*row, locked(own, content, "entry", entry.entry_id))
    db.execute("INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?, ?)", whole)


def _drop(db: sqlite3.Connection, gone: Sequence[_Where]) -> bool:
    count = 0
    for where, values in gone:
        count += db.execute(f"DELETE FROM entry WHERE {where}", values).rowcount  # noqa: S608 - our own words
    if count:
        db.execute("UPDATE standing SET must_rotate = 1")
    return count > 0


def _stand(db: sqlite3.Connection, standing: Standing) -> None:
    db.execute(
        "UPDATE standing SET revision = ?, newest = ?, begun = ?",
        (standing.revision, standing.newest, standing.begun),
    )


def _opened(
    keys: dict[str, bytes], entry_id: str, key_id: str, wrapped: bytes, content: bytes
) -> GalleryEntry | None:
    key = unlocked(keys.get(key_id, bytes(KEY_BYTES)), wrapped, "key", entry_id)
    opened = None if key is None else unlocked(key, content, "entry", entry_id)
    if key is None or opened is None:
        return None
    fields = opened[:-1] + b',"key":"' + as_text(key).encode() + b'"}'
    return GalleryEntry.model_validate_json(fields)
