"""What changes, as it changes: one watcher of the timeline a process, many listeners."""

import logging
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from central.adapters.store import reach, sign_ins, timeline
from central.adapters.store.engine import Store
from central.core.access import Case, Part, knows
from central.core.people import Actor

LOG = logging.getLogger("huxiao.web")

LOOK_EVERY_S = 0.05
LOOKS_BACK_EVERY = 4
"""Of so many looks one is for lines that were given their number before the newest."""
LETS_GO_S = 1.0
MOST_LISTENERS = 48
OVERLAP = 500
"""Ids are given before they are committed: so far back may one still appear."""
KEPT = 20_000
"""So many changes wait for listeners; who is further behind is told in any case."""
MOST_CASES = 5_000


@dataclass(frozen=True, slots=True)
class Change:
    """A line of some incident's story that has just been committed."""

    timeline_id: int
    incident_id: str


class TooManyError(Exception):
    """More pages are open than this process can keep up with."""


class Feed:
    """Watches the timeline while somebody listens, and wakes the listeners."""

    def __init__(self, store: Store, most: int = MOST_LISTENERS) -> None:
        self._store = store
        self._most = most
        self._turn = threading.Condition()
        self._seen: dict[int, str] = {}
        self._changes: list[Change] = []
        self._dropped = 0
        self._listeners = 0
        self._watcher: threading.Thread | None = None
        self._is_quiet = threading.Event()
        self._cases: dict[str, tuple[int, Case]] = {}
        self._calling: set[str] = set()
        self._looks = 0
        self._parents: dict[str, str | None] = {}
        self._signed_in: dict[str, int] = {}

    @contextmanager
    def listening(self) -> Iterator[int]:
        """Listen, from the position that is given; the watcher runs while anybody does.

        Raises:
            TooManyError: as many listen as may.
        """
        with self._turn:
            if self._listeners >= self._most:
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

    def is_behind(self, position: int) -> bool:
        """Tell whether changes after a position are kept no more."""
        with self._turn:
            return position < self._dropped

    def known(self, actor: Actor, changes: list[Change]) -> list[Change]:
        """Keep the changes that somebody may know of.

        What decides it is read once for all listeners, and held against each by the core's rule.
        """
        cases = self._cases_of(changes)
        seen = {
            one: knows(actor, case, Part.ENVELOPE, self._parents) for one, case in cases.items()
        }
        return [change for change in changes if seen.get(change.incident_id)]

    def is_urgent(self, changes: list[Change]) -> bool:
        """Tell whether any of the changes is of a critical case that nobody has taken up."""
        with self._turn:
            return any(change.incident_id in self._calling for change in changes)

    def expires_at(self, sign_in_id: str) -> int:
        """Give until when a sign-in lasts, as it was when something last changed; 0: it is over."""
        return self._signed_in.get(sign_in_id, 0)

    def _cases_of(self, changes: list[Change]) -> dict[str, Case]:
        """Give the cases as they stand since their last change, read where nobody has before."""
        with self._turn:
            wanted = {one.incident_id: one.timeline_id for one in changes}
            kept = {one: self._cases[one] for one in wanted if one in self._cases}
        found = {one: case for one, (at, case) in kept.items() if at >= wanted[one]}
        if missing := wanted.keys() - found.keys():
            found |= self._read(missing, max(wanted.values()))
        return found

    def _read(self, incident_ids: Collection[str], at: int) -> dict[str, Case]:
        with self._store.reading() as connection:
            cases = reach.cases(connection, sorted(incident_ids))
            parents = reach.parents(connection)
            signed_in = sign_ins.running(connection)
            calling = timeline.calling(connection, sorted(incident_ids))
        with self._turn:
            if len(self._cases) > MOST_CASES:
                self._cases.clear()
                self._calling.clear()
            self._calling = self._calling - set(incident_ids) | calling
            self._cases |= {one: (at, case) for one, case in cases.items()}
            self._parents, self._signed_in = parents, signed_in
        return cases

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
        self._looks += 1
        if self._looks % LOOKS_BACK_EVERY and self.newest() == newest:
            return
        rows = self._rows(newest - OVERLAP)
        fresh = [Change(at, rows[at]) for at in sorted(rows) if at not in self._seen]
        if not fresh:
            return
        self._read({change.incident_id for change in fresh}, fresh[-1].timeline_id)
        with self._turn:
            self._seen = rows
            self._changes.extend(fresh)
            excess = max(0, len(self._changes) - KEPT)
            del self._changes[:excess]
            self._dropped += excess
            self._turn.notify_all()
