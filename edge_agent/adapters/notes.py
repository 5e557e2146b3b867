"""What a device's processes leave for each other beside the alerts: health, and central's words."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from edge_agent.adapters.outbox_file import SharedFile
from edge_agent.ports import Word


@dataclass(frozen=True, slots=True)
class HealthRow:
    """What one part of the device last said of itself."""

    at: datetime
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Note:
    """Word left under a name; without a body, what was there is erased."""

    name: str
    body: Mapping[str, object] | None


class Notes(SharedFile):
    """Rows of `health` and `receipt`."""

    def record_health(self, name: str, body: Mapping[str, object]) -> None:
        """Say how one part of the device does (`camera:<id>`, `speaker`): the heartbeat tells."""
        self.writing(lambda connection: self.write_note(connection, Note(name, body)))

    def erase(self, name: str) -> None:
        """Erase a note."""
        self.writing(lambda connection: self.write_note(connection, Note(name, None)))

    def write_note(self, connection: sqlite3.Connection, note: "Note") -> None:
        """Write or erase a note within a transaction of somebody else."""
        if note.body is None:
            connection.execute("DELETE FROM health WHERE name = ?", (note.name,))
            return
        row = (note.name, self._time.now().isoformat(), json.dumps(note.body, ensure_ascii=False))
        sql = "INSERT OR REPLACE INTO health (name, at, body) VALUES (?, ?, ?)"
        connection.execute(sql, row)

    def health(self) -> dict[str, HealthRow]:
        rows = self.reading("SELECT name, at, body FROM health ORDER BY name")
        return {
            row["name"]: HealthRow(datetime.fromisoformat(row["at"]), json.loads(row["body"]))
            for row in rows
        }

    def has_open_case(self, within_s: float) -> bool:
        """Tell whether central has taken a case of ours of late that is not closed yet."""
        sql = (
            "SELECT incident_id FROM receipt WHERE incident_id IS NOT NULL AND received_at > ?"
            " GROUP BY incident_id HAVING sum(status = 'closed') = 0 LIMIT 1"
        )
        return bool(self.reading(sql, [self._time.now().timestamp() - within_s]))

    def last_word(self) -> int:
        rows = self.reading("SELECT coalesce(max(receipt_id), 0) AS last FROM receipt")
        return int(rows[0]["last"])

    def words_since(self, receipt_id: int) -> list[Word]:
        """Give what central has said since, oldest first."""
        sql = (
            "SELECT receipt_id, status, alert_id, incident_id FROM receipt"
            " WHERE receipt_id > ? ORDER BY receipt_id"
        )
        return [Word(**row) for row in self.reading(sql, [receipt_id])]
