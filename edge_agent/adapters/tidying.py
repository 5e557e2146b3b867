"""Nothing waits for ever: what is too old, or too much, is deleted, and said."""

import logging
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from edge_agent.adapters.outbox import SqliteOutbox

LOG = logging.getLogger("huxiao.outbox")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may wait for the district, and how long."""

    quota_bytes: int
    keep_evidence_s: float
    keep_alerts_s: float


@dataclass(frozen=True, slots=True)
class Tidied:
    """How much had to be deleted unsent."""

    files: int
    alerts: int


def tidy(outbox: SqliteOutbox, limits: Limits, now: datetime) -> Tidied:
    """Delete what has waited too long, and the files that are too many.

    Clips go before pictures, the oldest first; an alert is never deleted for want of space.

    Raises:
        OutboxError: the outbox cannot be used.
    """
    gone = _spared(outbox, limits)
    before = (now - timedelta(seconds=limits.keep_alerts_s)).isoformat()

    def change(connection: sqlite3.Connection) -> int:
        outbox.drop_files(connection, gone)
        return connection.execute("DELETE FROM alert WHERE created_at < ?", (before,)).rowcount

    alerts = outbox.writing(change)
    if gone:
        LOG.error("删除 %d 个未送达的照片录像 (files deleted: old, or too many)", len(gone))
    if alerts:
        LOG.error("删除 %d 条过期未送达的预警 (alerts deleted: too old)", alerts)
    return Tidied(len(gone), alerts)


def _spared(outbox: SqliteOutbox, limits: Limits) -> list[str]:
    rows = outbox.reading(
        "SELECT sha256, max(size_bytes) AS size FROM evidence GROUP BY sha256"
        " ORDER BY media_type NOT LIKE 'video/%', min(alert_seq)"
    )
    gone = {row["sha256"] for row in rows if _age_s(outbox, row) > limits.keep_evidence_s}
    kept = [row for row in rows if row["sha256"] not in gone]
    excess = sum(row["size"] for row in kept) - limits.quota_bytes
    for row in kept:
        if excess <= 0:
            break
        gone.add(row["sha256"])
        excess -= row["size"]
    return sorted(gone)


def _age_s(outbox: SqliteOutbox, row: dict[str, str]) -> float:
    return outbox.files.age_s(row["sha256"])
