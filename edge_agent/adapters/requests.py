"""What one process of the device asks of another: the page and the command line, of the button.

`press` is the soft button, a real alarm; `drill` lets the next press be one; `test_*` try a part.
"""

import sqlite3
from dataclasses import dataclass
from typing import Any

from edge_agent.adapters.clock import boot_id
from edge_agent.adapters.outbox_file import SharedFile
from edge_agent.ports import Request, Timepiece

MOST_KEPT = 200

_TABLE = (
    "CREATE TABLE IF NOT EXISTS request (request_id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " kind TEXT NOT NULL, asked_by TEXT NOT NULL, at TEXT NOT NULL, boot_id TEXT NOT NULL,"
    " asked_monotonic REAL NOT NULL, done_at TEXT, is_ok INTEGER NOT NULL DEFAULT 0,"
    " outcome TEXT NOT NULL DEFAULT '', alert_id TEXT NOT NULL DEFAULT '')"
)
_THERE = "SELECT 1 FROM sqlite_master WHERE name = 'request'"


@dataclass(frozen=True, slots=True)
class Answered:
    """How it went; `alert_id` where it raised one. Not `is_done`: nobody has taken it yet."""

    kind: str
    is_done: bool
    is_ok: bool
    outcome: str
    alert_id: str


class Requests:
    """Rows of `request` in the device's shared file. All raise `OutboxError` where it fails."""

    def __init__(self, file: SharedFile, timepiece: Timepiece, boot: str | None = None) -> None:
        self._file = file
        self._time = timepiece
        self._boot = boot or boot_id()

    def ask(self, kind: str, by: str) -> int:
        """Ask; give the number to follow it by."""
        row = (kind, by, self._time.now().isoformat(), self._boot, self._time.monotonic())

        def work(connection: sqlite3.Connection) -> int:
            connection.execute(_TABLE)
            cursor = connection.execute(
                "INSERT INTO request (kind, asked_by, at, boot_id, asked_monotonic)"
                " VALUES (?, ?, ?, ?, ?)",
                row,
            )
            number = int(cursor.lastrowid or 0)
            connection.execute("DELETE FROM request WHERE request_id <= ?", (number - MOST_KEPT,))
            return number

        return self._file.writing(work)

    def pending(self) -> list[Request]:
        """Give what nobody has answered, oldest first. What is stale is for its taker to refuse."""
        rows = self._rows("done_at IS NULL ORDER BY request_id")
        return [
            Request(row["request_id"], row["kind"], row["asked_by"], self._age_s(row))
            for row in rows
        ]

    def done(self, request_id: int, outcome: str, *, ok: bool = True, alert_id: str = "") -> None:
        """Answer it, in words for a person; said again, the newer answer counts."""
        values = (self._time.now().isoformat(), int(ok), outcome, alert_id, request_id)
        sql = (
            "UPDATE request SET done_at = ?, is_ok = ?, outcome = ?, alert_id = ?"
            " WHERE request_id = ?"
        )
        self._file.writing(lambda connection: connection.execute(sql, values))

    def answer(self, request_id: int) -> Answered | None:
        """Tell how it went; None where nobody asked."""
        for row in self._rows("request_id = ?", request_id):
            is_done, is_ok = row["done_at"] is not None, bool(row["is_ok"])
            return Answered(row["kind"], is_done, is_ok, row["outcome"], row["alert_id"])
        return None

    def _rows(self, condition: str, *values: object) -> list[dict[str, Any]]:
        if not self._file.reading(_THERE):
            return []
        return self._file.reading(f"SELECT * FROM request WHERE {condition}", values)  # noqa: S608 - our own text

    def _age_s(self, row: dict[str, Any]) -> float | None:
        if row["boot_id"] != self._boot:
            return None
        return max(0.0, self._time.monotonic() - float(row["asked_monotonic"]))
