"""Alerts safe on disk until central's receipt: one SQLite file for all of a device's processes."""

import errno
import logging
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from contract.messages import Alert, AlertBody, EvidenceRef, Receipt
from contract.scenarios import Severity
from edge_agent.adapters.clock import SystemTime, boot_id
from edge_agent.adapters.evidence_store import EvidenceStore
from edge_agent.adapters.notes import Note, Notes
from edge_agent.core.replay_order import FRESH_S, Waiting, in_order
from edge_agent.ports import DueFile, EvidenceFile, Timepiece

LOG = logging.getLogger("huxiao.outbox")

FIRST_RETRY_S = 10.0
DOUBLINGS = 3  # waits of 10, 20, 40, then 80 s: the broker may have lost what it took
MOST_REFUSED = 1000
MOST_RECEIPTS = 1000
MOST_SPARED = 5
"""So many clips make room for one picture where the disk is full."""


class SqliteOutbox(Notes):
    """The outbox for those who put and the postbag for the one who sends; safe across processes.

    Every method raises `OutboxError` when the file cannot be used. Its numbers are never reset.
    """

    def __init__(
        self,
        path: Path,
        evidence_dir: Path,
        timepiece: Timepiece | None = None,
        boot: str | None = None,
        *,
        late: bool = False,
    ) -> None:
        super().__init__(path, timepiece or SystemTime(), late=late)
        self.files = EvidenceStore(evidence_dir)
        self._boot = boot or boot_id()

    def put(
        self, body: AlertBody, files: Sequence[EvidenceFile] = (), note: Note | None = None
    ) -> Alert:
        """Number the alert and keep it with its pictures; it is on disk when this returns.

        Where a picture cannot be kept (full disk), the alert goes without it, and the log says so.
        A note is written, or erased, in the same transaction.
        """

        def keep(connection: sqlite3.Connection) -> Alert:
            if note is not None:
                self.write_note(connection, note)
            return self._put(connection, body, files)

        return self.writing(keep)

    def due(self, limit: int) -> list[Alert]:
        """Give at most `limit` fresh and `limit` late alerts, in the order to send them.

        `+state` keeps SQLite to the index on age: a long backlog must not slow a fresh alert.
        """
        now = self._time.monotonic()
        fresh = "boot_id = ? AND created_monotonic >= ?"
        since = (self._boot, now - FRESH_S, now, limit)
        rows = [
            *self._waiting_rows(
                f"+state = 'waiting' AND {fresh}", "is_critical DESC, seq DESC", since
            ),
            *self._waiting_rows(f"state = 'waiting' AND NOT ({fresh})", "retry_at, seq", since),
        ]
        bodies = {row["seq"]: row["body"] for row in rows}
        return [_alert(bodies[w.seq], w) for w in in_order(self._waiting(row, now) for row in rows)]

    def sent(self, seqs: Sequence[int]) -> None:
        self._hold_back("alert", "seq", seqs)

    def all_due_again(self) -> None:
        def free(connection: sqlite3.Connection) -> None:
            connection.execute("UPDATE alert SET retry_at = 0 WHERE retry_at > 0")
            connection.execute("UPDATE evidence SET retry_at = 0 WHERE retry_at > 0")

        self.writing(free)

    def settle(self, receipt: Receipt) -> None:
        """Let go of what central has; a receipt that comes late or twice changes nothing."""
        self.writing(lambda connection: self._settle(connection, receipt))

    def depth(self) -> int:
        rows = self.reading("SELECT count(*) AS depth FROM alert WHERE state = 'waiting'")
        return int(rows[0]["depth"])

    def refused(self) -> int:
        """Count the alerts that central will never take."""
        rows = self.reading("SELECT count(*) AS refused FROM alert WHERE state = 'refused'")
        return int(rows[0]["refused"])

    def holds(self, seq: int) -> bool:
        """Tell whether an alert still waits for central's receipt."""
        sql = "SELECT 1 FROM alert WHERE seq = ? AND state = 'waiting'"
        return bool(self.reading(sql, [seq]))

    def files_due(self, limit: int) -> list[DueFile]:
        """Give files whose alerts have been sent; one that is gone from disk is given up loudly."""
        sql = (
            "SELECT sha256 FROM evidence e LEFT JOIN alert a ON a.seq = e.alert_seq"
            " WHERE e.retry_at <= ? AND (a.seq IS NULL OR (a.attempts > 0 AND a.state = 'waiting'))"
            " GROUP BY sha256 ORDER BY min(e.attempts), min(e.alert_seq) LIMIT ?"
        )
        rows = self.reading(sql, [self._time.monotonic(), limit])
        contents = {row["sha256"]: self.files.read(row["sha256"]) for row in rows}
        lost = [sha256 for sha256, content in contents.items() if content is None]
        if lost:
            LOG.error("证据文件丢失或损坏,放弃 (evidence lost or damaged): %s", ", ".join(lost))
            self.writing(lambda connection: self.drop_files(connection, lost))
        return [DueFile(name, content) for name, content in contents.items() if content is not None]

    def file_sent(self, sha256: str) -> None:
        self._hold_back("evidence", "sha256", [sha256])

    def files_waiting(self) -> int:
        """Count the files that central has not confirmed."""
        rows = self.reading("SELECT count(DISTINCT sha256) AS files FROM evidence")
        return int(rows[0]["files"])

    def sweep_files(self) -> int:
        """Remove files that no alert names; for the link, at its start."""
        named = {row["sha256"] for row in self.reading("SELECT DISTINCT sha256 FROM evidence")}
        return self.files.sweep(named)

    def rows(self, limit: int) -> list[dict[str, Any]]:
        """List what is kept, newest first, for a person to read."""
        sql = (
            "SELECT a.seq, a.state, a.reason, a.created_at, a.attempts, a.sent_at, a.body,"
            " (SELECT count(*) FROM evidence e WHERE e.alert_seq = a.seq) AS files"
            " FROM alert a ORDER BY a.seq DESC LIMIT ?"
        )
        return self.reading(sql, [limit])

    def _put(
        self, connection: sqlite3.Connection, body: AlertBody, files: Sequence[EvidenceFile]
    ) -> Alert:
        refs = tuple(self._kept(connection, files))
        body = body.model_copy(update={"evidence": refs})
        cursor = connection.execute(
            "INSERT INTO alert (body, is_critical, created_at, boot_id, created_monotonic)"
            " VALUES (?, ?, ?, ?, ?)",
            (
                body.model_dump_json(),
                body.severity is Severity.CRITICAL,
                self._time.now().isoformat(),
                self._boot,
                self._time.monotonic(),
            ),
        )
        seq = int(cursor.lastrowid or 0)
        connection.executemany(
            "INSERT OR IGNORE INTO evidence (sha256, alert_seq, media_type, size_bytes)"
            " VALUES (?, ?, ?, ?)",
            [(ref.sha256, seq, ref.media_type, ref.size_bytes) for ref in refs],
        )
        return Alert(**dict(body), seq=seq)

    def _kept_somehow(self, connection: sqlite3.Connection, file: EvidenceFile) -> str:
        """Keep a file; where the disk is full, a picture takes the place of the oldest clips."""
        try:
            return self.files.keep(file.content)
        except OSError as error:
            if error.errno != errno.ENOSPC or file.media_type.startswith("video/"):
                raise
        sql = (
            "SELECT DISTINCT sha256 FROM evidence WHERE media_type LIKE 'video/%'"
            " ORDER BY alert_seq LIMIT ?"
        )
        spared = [str(row[0]) for row in connection.execute(sql, [MOST_SPARED])]
        self.drop_files(connection, spared)
        return self.files.keep(file.content)

    def _kept(
        self, connection: sqlite3.Connection, files: Sequence[EvidenceFile]
    ) -> Iterator[EvidenceRef]:
        for file in files:
            try:
                sha256 = self._kept_somehow(connection, file)
            except OSError as error:
                LOG.error("图片未能保存,预警照发 (picture lost, alert goes without): %s", error)  # noqa: TRY400 - one line, no traceback
                continue
            size = len(file.content)
            yield EvidenceRef(sha256=sha256, media_type=file.media_type, size_bytes=size)

    def _waiting_rows(
        self, condition: str, order: str, values: Sequence[object]
    ) -> list[dict[str, Any]]:
        return self.reading(
            f"SELECT * FROM alert WHERE {condition} AND retry_at <= ?"  # noqa: S608 - our own text
            f" ORDER BY {order} LIMIT ?",
            values,
        )

    def _waiting(self, row: Mapping[str, Any], now: float) -> Waiting:
        age_s = now - row["created_monotonic"] if row["boot_id"] == self._boot else None
        return Waiting(row["seq"], bool(row["is_critical"]), age_s, row["attempts"])

    def _hold_back(self, table: str, key: str, values: Sequence[object]) -> None:
        sql = (
            f"UPDATE {table} SET attempts = attempts + 1, sent_at = ?,"  # noqa: S608 - our own names
            f" retry_at = ? + ? * (1 << min(attempts, {DOUBLINGS})) WHERE {key} = ?"
        )
        stamp, now = self._time.now().isoformat(), self._time.monotonic()
        rows = [(stamp, now, FIRST_RETRY_S, value) for value in values]
        self.writing(lambda connection: connection.executemany(sql, rows))

    def _settle(self, connection: sqlite3.Connection, receipt: Receipt) -> None:
        seqs = [(seq,) for seq in receipt.seqs]
        if receipt.status == "refused":
            connection.executemany(
                "UPDATE alert SET state = 'refused', reason = ? WHERE seq = ?",
                [(receipt.reason, seq) for (seq,) in seqs],
            )
            _forget_oldest_refused(connection)
        else:
            connection.executemany("DELETE FROM alert WHERE seq = ?", seqs)
        if receipt.alert_id or receipt.incident_id:
            _note(connection, receipt, self._time.now())
        self.drop_files(connection, receipt.evidence)

    def drop_files(self, connection: sqlite3.Connection, names: Sequence[str]) -> None:
        """Rows and files together, under the write lock: `put` cannot be naming one meanwhile."""
        for sha256 in names:
            connection.execute("DELETE FROM evidence WHERE sha256 = ?", (sha256,))
            self.files.forget(sha256)


def _note(connection: sqlite3.Connection, receipt: Receipt, now: datetime) -> None:
    connection.execute(
        "INSERT INTO receipt (status, alert_id, incident_id, received_at) VALUES (?, ?, ?, ?)",
        (receipt.status, receipt.alert_id, receipt.incident_id, now.timestamp()),
    )
    connection.execute(
        "DELETE FROM receipt WHERE receipt_id <= (SELECT max(receipt_id) FROM receipt) - ?",
        (MOST_RECEIPTS,),
    )


def _forget_oldest_refused(connection: sqlite3.Connection) -> None:
    """A device that central always refuses must not fill its card: keep the newest."""
    old = connection.execute(
        "SELECT seq FROM alert WHERE state = 'refused' ORDER BY seq DESC LIMIT -1 OFFSET ?",
        (MOST_REFUSED,),
    ).fetchall()
    connection.executemany("DELETE FROM alert WHERE seq = ?", old)


def _alert(body: str, waiting: Waiting) -> Alert:
    kept = AlertBody.model_validate_json(body)
    return Alert(**dict(kept), seq=waiting.seq, is_late=waiting.is_late)
