"""What is in the outbox's file, and how one connection to it is opened."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from edge_agent.adapters import light_sqlite as sqlite_utils

SCHEMA_VERSION = 1
BUSY_TIMEOUT_S = 10.0

_SCHEMA = """
CREATE TABLE alert (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  body TEXT NOT NULL,
  is_critical INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  boot_id TEXT NOT NULL,
  created_monotonic REAL NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  sent_at TEXT,
  retry_at REAL NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'refused')),
  reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX alert_due ON alert (state, retry_at, seq);
CREATE INDEX alert_fresh ON alert (created_monotonic);
CREATE TABLE evidence (
  sha256 TEXT NOT NULL,
  alert_seq INTEGER NOT NULL,
  media_type TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  sent_at TEXT,
  retry_at REAL NOT NULL DEFAULT 0,
  PRIMARY KEY (sha256, alert_seq)
);
CREATE TABLE receipt (
  receipt_id INTEGER PRIMARY KEY AUTOINCREMENT,
  status TEXT NOT NULL,
  alert_id TEXT,
  incident_id TEXT,
  received_at REAL NOT NULL
);
CREATE TABLE health (name TEXT PRIMARY KEY, at TEXT NOT NULL, body TEXT NOT NULL);
"""


def opened(path: Path, now: datetime) -> sqlite_utils.Database:
    """Open the file, making it where it is not there.

    A new one numbers its alerts from the present microsecond: see `SharedFile`.

    Raises:
        sqlite3.Error, OSError: damaged, of a later version, or out of reach.
    """
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    connection = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
    )
    db = sqlite_utils.Database(connection, execute_plugins=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        _refuse_later(version)
        if version < SCHEMA_VERSION:
            _make(db, now)
    except BaseException:
        connection.close()
        raise
    return db


def _refuse_later(version: int) -> None:
    if version > SCHEMA_VERSION:
        msg = f"file is of version {version}, this program knows {SCHEMA_VERSION}"
        raise sqlite3.NotSupportedError(msg)


def _make(db: sqlite_utils.Database, now: datetime) -> None:
    first = int(now.timestamp() * 1_000_000)
    connection = db.conn
    with transaction(connection):
        for statement in _SCHEMA.split(";\n"):
            connection.execute(statement)
        connection.execute("INSERT INTO sqlite_sequence VALUES ('alert', ?)", (first,))
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Take the write lock at once, so that a transaction cannot fail half-way for want of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
