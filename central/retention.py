"""Everything ends up deleted by age: the row says so first, then the file goes."""

import logging
from dataclasses import dataclass

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.store import (
    audit,
    backgrounds,
    boarding,
    deliveries,
    dispositions,
    drawings,
    receipts,
    retention,
)
from central.adapters.store.engine import Store
from central.core.local_time import ZONE, from_ms
from central.incidents.ordering import Forgets, end_what_is_over

LOG = logging.getLogger("huxiao.central")

DAY_MS = 24 * 3600 * 1000
HOUR_MS = 3600 * 1000
MOST_AT_ONCE = 200
ORPHAN_MS = DAY_MS
"""A file that no row wants is left alone for so long: its row may be on its way."""
DELIVERIES_MS = 3 * DAY_MS
"""Tries of letters: rates are counted by the last day only; each letter keeps its own end."""
ACTOR = "central"


def end_what_time_ends(store: Store, keeper: Forgets, now_ms: int) -> int:
    """End dispositions whose time has come, and forget whose employment is over; give how many."""
    today = from_ms(now_ms).astimezone(ZONE).date().isoformat()
    with store.reading() as connection:
        waits = bool(dispositions.over(connection, now_ms)) or backgrounds.has_left(
            connection, today
        )
    if not waits:
        return 0
    with store.transaction() as connection:
        ended = end_what_is_over(connection, keeper, now_ms)
        left = backgrounds.erase_left(connection, today)
        if left:
            audit.append(connection, now_ms, ACTOR, "background.erase", today, {"count": left})
    return ended + left


@dataclass(frozen=True, slots=True)
class Terms:
    """How many days after its case has been closed a picture is kept, and what was put aside."""

    evidence_days: int = 30
    quarantine_days: int = 30
    boarding_days: int = 7
    """Where boarders went in and out; of what is older nobody knows any more."""


@dataclass(slots=True)
class Retention:
    """Looks once an hour; the folder as a whole once a day."""

    store: Store
    files: EvidenceFiles
    terms: Terms
    looked_at: int = 0
    swept_at: int = 0

    def look(self, now_ms: int) -> None:
        """Delete what has come of age, where it is time to look."""
        if now_ms - self.looked_at < HOUR_MS:
            return
        while self.delete_evidence(now_ms) == MOST_AT_ONCE:
            pass
        with self.store.transaction() as connection:
            before = now_ms - self.terms.quarantine_days * DAY_MS
            retention.prune_quarantine(connection, before)
            deliveries.prune(connection, now_ms - DELIVERIES_MS)
            receipts.prune(connection, before)
            boarding.prune(connection, now_ms - self.terms.boarding_days * DAY_MS)
            drawings.forget_pictures(connection, now_ms - DAY_MS)
        self.looked_at = now_ms
        if now_ms - self.swept_at >= DAY_MS:
            self.sweep_orphans(now_ms)
            self.swept_at = now_ms

    def delete_evidence(self, now_ms: int) -> int:
        """Delete pictures and clips of cases closed long enough ago; give how many."""
        before = now_ms - self.terms.evidence_days * DAY_MS
        with self.store.reading() as connection:
            due = retention.evidence_due(connection, before, MOST_AT_ONCE)
        for sha256 in due:
            with self.store.transaction() as connection:
                if retention.mark_deleted(connection, sha256, now_ms):
                    rule = {"evidence_days": self.terms.evidence_days}
                    audit.append(connection, now_ms, ACTOR, "evidence.deleted", sha256, rule)
            self.files.delete(sha256)
        if due:
            LOG.info("按期限删除现场画面 %d 件 (pictures and clips deleted by age)", len(due))
        return len(due)

    def sweep_orphans(self, now_ms: int) -> int:
        """Delete files that no row wants any more, as after a power cut; give how many."""
        gone = 0
        found = list(self.files.names(older_than_ms=now_ms - ORPHAN_MS))
        for start in range(0, len(found), MOST_AT_ONCE):
            names = found[start : start + MOST_AT_ONCE]
            with self.store.reading() as connection:
                kept = retention.kept_of(connection, names)
            for name in set(names) - kept:
                self.files.delete(name)
                gone += 1
        return gone
