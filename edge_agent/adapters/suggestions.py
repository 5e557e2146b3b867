"""What central proposes from false alarms, kept for the installer: nothing changes by itself."""

import sqlite3
from dataclasses import dataclass
from typing import Literal

from pydantic import ValidationError

from contract.messages import Suggestion
from edge_agent.adapters.outbox_file import SharedFile

MOST_KEPT = 500

Answer = Literal["accepted", "rejected"]

_TABLE = (
    "CREATE TABLE IF NOT EXISTS suggestion (suggestion_id TEXT PRIMARY KEY, body TEXT NOT NULL,"
    " state TEXT NOT NULL DEFAULT 'waiting')"
)
_TRIM = (
    "DELETE FROM suggestion WHERE rowid <= (SELECT max(rowid) FROM suggestion) - ?"
    " AND state <> 'waiting'"
)


@dataclass(frozen=True, slots=True)
class SuggestionBook:
    """Rows of `suggestion` in the device's shared file. All raise `OutboxError` where it fails."""

    file: SharedFile

    def keep(self, suggestion: Suggestion) -> None:
        """Keep one that has come; the same again changes nothing, answered or not."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(_TABLE)
            connection.execute(
                "INSERT OR IGNORE INTO suggestion (suggestion_id, body) VALUES (?, ?)",
                (suggestion.suggestion_id, suggestion.model_dump_json()),
            )
            connection.execute(_TRIM, (MOST_KEPT,))

        self.file.writing(work)

    def waiting(self) -> list[Suggestion]:
        """Give what nobody has answered, newest first."""
        if not self.file.reading("SELECT 1 FROM sqlite_master WHERE name = 'suggestion'"):
            return []
        rows = self.file.reading(
            "SELECT body FROM suggestion WHERE state = 'waiting' ORDER BY rowid DESC"
        )
        return [one for row in rows if (one := _read(row["body"])) is not None]

    def settle(self, suggestion_id: str, answer: Answer) -> None:
        """Note the installer's answer."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(_TABLE)
            connection.execute(
                "UPDATE suggestion SET state = ? WHERE suggestion_id = ?", (answer, suggestion_id)
            )

        self.file.writing(work)


def _read(body: str) -> Suggestion | None:
    try:
        return Suggestion.model_validate_json(body)
    except ValidationError:
        return None
