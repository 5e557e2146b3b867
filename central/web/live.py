"""What changes, as it changes: one watcher of the timeline a process, many listeners."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from central.adapters.store import timeline
from central.adapters.store.engine import Store

LOG = logging.getLogger("huxiao.web")

LOOK_EVERY_S = 0.15
LETS_GO_S = 1.0
MOST_LISTENERS = 48
OVERLAP = 500
"""Ids are given before they are committed: so far back may one still appear."""


@dataclass(frozen=True, slots=True)
class Change:
    """A line of some incident's story that has just been committed."""

    timeline_id: int
    incident_id: str


class TooManyError(Exception):
    """More pages are open than this process can keep up with."""


class Feed:
    """Watches the timeline while somebody listens, and wakes the listeners."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._turn = threading.Condition()
        self._seen: dict[int, str] = {}
        self._changes: list[Change] = []
        self._dropped = 0
        self._listeners = 0
        self._watcher: threading.Thread | None = None
        self._is_quiet = threading.Event()

    @contextmanager
    def listening(self) -> Iterator[int]:
        """Listen, from the position that is given; the watcher runs while anybody does.

        Raises:
            TooManyError: as many listen as may.
        """
        with self._turn:
            if self._listeners >= MOST_LISTENERS:
                raise TooManyError
            self._is_quiet.clear()
            if self._watcher is None:
                self._watcher = self._begin()
            self._listeners += 1
            position = self._dropped + len(self._changes)
        try:
            yield position
        finally:
            self._leave()

    def wait(self, position: int, timeout_s: float) -> tuple[int, list[Change]]:
        """Give what has changed since a position, at once or when something does."""
        with self._turn:
            self._turn.wait_for(lambda: self._dropped + len(self._changes) > position, timeout_s)
            first = max(0, position - self._dropped)
            return self._dropped + len(self._changes), self._changes[first:]

    def newest(self) -> int:
        """Give the id of the newest line."""
        with self._store.reading() as connection:
            return timeline.newest(connection)

    def _leave(self) -> None:
        with self._turn:
            self._listeners -= 1
            last = self._watcher if self._listeners == 0 else None
            if last:
                self._is_quiet.set()
        if last:
            last.join(LETS_GO_S)

    def _begin(self) -> threading.Thread:
        self._seen = dict.fromkeys(self._rows(self.newest() - OVERLAP), "")
        watcher = threading.Thread(target=self._watch, name="live", daemon=True)
        watcher.start()
        return watcher

    def _rows(self, after: int) -> dict[int, str]:
        with self._store.reading() as connection:
            return timeline.incidents_after(connection, after)

    def _watch(self) -> None:
        while True:
            with self._turn:
                if self._listeners == 0:
                    self._watcher = None
                    return
            try:
                self._look()
            except SQLAlchemyError:
                LOG.exception("看板暂时读不到数据库 (the live board cannot read the database)")
                self._is_quiet.wait(2)
            self._is_quiet.wait(LOOK_EVERY_S)

    def _look(self) -> None:
        newest = max(self._seen, default=0)
        rows = self._rows(newest - OVERLAP)
        fresh = [Change(at, rows[at]) for at in sorted(rows) if at not in self._seen]
        if not fresh:
            return
        with self._turn:
            self._seen = rows
            self._changes.extend(fresh)
            excess = max(0, len(self._changes) - OVERLAP)
            del self._changes[:excess]
            self._dropped += excess
            self._turn.notify_all()
