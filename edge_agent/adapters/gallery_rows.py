"""The rows of the gallery's file, and how one connection to it is opened."""

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

from contract.gallery import GalleryEntry
from contract.sealing import as_text, from_text
from edge_agent.adapters.gallery_keys import locked, unlocked
from edge_agent.core.gallery_order import Standing

BUSY_S = 10.0

Where = tuple[str, tuple[object, ...]]
"""A condition in SQL with its values."""

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


def connected(path: Path) -> sqlite3.Connection:
    """Open the file; deleted rows are overwritten in it."""
    db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
    try:
        db.execute("PRAGMA secure_delete = ON")
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'standing'").fetchone():
            db.executescript(_SCHEMA)
    except BaseException:
        db.close()
        raise
    return db


def put(
    db: sqlite3.Connection, entry: GalleryEntry, revision: int, key_id: str, key: bytes
) -> None:
    """Lock an entry under its own key, and wrap that."""
    own = from_text(entry.key)
    content = entry.model_dump_json(exclude={"key"}).encode()
    wrapped = locked(key, own, "key", entry.entry_id)
    row = (entry.entry_id, revision, entry.expires_at.timestamp(), key_id, wrapped)
    whole = (*row, locked(own, content, "entry", entry.entry_id))
    db.execute("INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?, ?)", whole)


def drop(db: sqlite3.Connection, gone: Sequence[Where]) -> bool:
    """Delete rows, and remember that the wrapping key must go; tell whether there were any."""
    count = 0
    for where, values in gone:
        count += db.execute(f"DELETE FROM entry WHERE {where}", values).rowcount  # noqa: S608 - our own words
    if count:
        db.execute("UPDATE standing SET must_rotate = 1")
    return count > 0


def stand(db: sqlite3.Connection, standing: Standing) -> None:
    """Remember where the gallery stands."""
    db.execute(
        "UPDATE standing SET revision = ?, newest = ?, begun = ?",
        (standing.revision, standing.newest, standing.begun),
    )


def opened(
    keys: Mapping[str, bytes], entry_id: str, key_id: str, wrapped: bytes, content: bytes
) -> GalleryEntry | None:
    """Open a row; None where its keys are gone."""
    if key_id not in keys:
        return None
    key = unlocked(keys[key_id], wrapped, "key", entry_id)
    content_of = None if key is None else unlocked(key, content, "entry", entry_id)
    if key is None or content_of is None:
        return None
    fields = content_of[:-1] + b',"key":"' + as_text(key).encode() + b'"}'
    return GalleryEntry.model_validate_json(fields)
