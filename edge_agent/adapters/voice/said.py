"""What was said, kept for some days in the device's shared file: which phrase, never which name."""

import logging
import queue
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from edge_agent.adapters.outbox_file import SharedFile
from edge_agent.ports import OutboxError, Outcome, Timepiece, Utterance

LOG = logging.getLogger("huxiao.voice")

_TABLE = (
    "CREATE TABLE IF NOT EXISTS said (at TEXT NOT NULL, phrase_id TEXT NOT NULL,"
    " is_named INTEGER NOT NULL, outcome TEXT NOT NULL, why TEXT NOT NULL, alert_id TEXT NOT NULL)"
)
_FIELDS = "at, phrase_id, is_named, outcome, why, alert_id"


@dataclass(frozen=True, slots=True)
class Said:
    """One row."""

    at: datetime
    phrase_id: str
    is_named: bool
    outcome: Outcome
    why: str
    alert_id: str


class SaidBook:
    """Writes in a thread of its own, so that a slow card never holds the voice back."""

    def __init__(self, file: SharedFile, timepiece: Timepiece, keep_days: float) -> None:
        self._file = file
        self._time = timepiece
        self._kept = timedelta(days=keep_days)
        self._rows: queue.SimpleQueue[tuple[object, ...] | None] = queue.SimpleQueue()
        self._trouble = ""
        self._thread = threading.Thread(target=self._run, name="said", daemon=True)
        self._thread.start()

    def note(self, utterance: Utterance, outcome: Outcome, why: str) -> None:
        """Note how it went; returns at once."""
        at = self._time.now().isoformat()
        named, alert_id = int(utterance.is_named), utterance.alert_id
        self._rows.put((at, utterance.phrase_id, named, outcome.value, why[:200], alert_id))

    def rows(self) -> list[Said]:
        """Give what is kept, oldest first.

        Raises:
            OutboxError: the file cannot be read.
        """
        return said_in(self._file)

    def close(self, most_s: float = 5.0) -> None:
        """Write what is left."""
        self._rows.put(None)
        self._thread.join(most_s)

    def _run(self) -> None:
        while (row := self._rows.get()) is not None:
            try:
                self._write(row)
                self._trouble = ""
            except OutboxError as error:
                if str(error) != self._trouble:
                    self._trouble = str(error)
                    LOG.error("喊话记录没有写入 (not noted): %s", error)  # noqa: TRY400 - one line, no traceback

    def _write(self, row: Sequence[object]) -> None:
        oldest = (self._time.now() - self._kept).isoformat()

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(_TABLE)
            connection.execute("DELETE FROM said WHERE at < ?", (oldest,))
            connection.execute(f"INSERT INTO said ({_FIELDS}) VALUES (?, ?, ?, ?, ?, ?)", row)  # noqa: S608 - our own names

        self._file.writing(work)


def said_in(file: SharedFile) -> list[Said]:
    """Give what was said, oldest first; nothing yet where nobody has spoken.

    Raises:
        OutboxError: the file cannot be read.
    """
    if not file.reading("SELECT 1 FROM sqlite_master WHERE name = 'said'"):
        return []
    rows = file.reading(f"SELECT {_FIELDS} FROM said ORDER BY rowid")  # noqa: S608 - our own names
    return [
        Said(
            datetime.fromisoformat(row["at"]),
            row["phrase_id"],
            bool(row["is_named"]),
            Outcome(row["outcome"]),
            row["why"],
            row["alert_id"],
        )
        for row in rows
    ]
