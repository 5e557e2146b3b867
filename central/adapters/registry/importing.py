"""A roster's file, batch by batch: looked through as a whole first, then taken, and resumable."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from sqlalchemy import Connection

from central.adapters.registry.books import Book
from central.adapters.registry.consent_rows import given_in
from central.adapters.registry.roster import Roster
from central.adapters.registry.sheets import Header, Mistake, Schools, pupils_of
from central.adapters.store.engine import Store
from central.core.consents import check
from central.core.consents_wanted import today_of
from central.core.pupils import PupilWanted, RosterError

BATCH = 100
"""In one transaction: an alert that comes meanwhile waits no longer than that."""
READY = 1000
"""So many keys are made before: the disk is waited for once."""
MOST_MISTAKES = 200
MOST_SAMPLES = 50
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Allowed:
    """Which schools there are, how a file may call them, and whose pupils one may bring."""

    known: Collection[str]
    schools: Schools
    only: str = ""


@dataclass(slots=True)
class Findings:
    """What a file would change, so far; only numbers of pupils stay in memory."""

    rows: int = 0
    changes: Counter[str] = field(default_factory=Counter)
    by_school: dict[str, Counter[str]] = field(default_factory=dict)
    samples: list[tuple[int, str, tuple[str, ...]]] = field(default_factory=list)
    """Row, the pupil's number at school, and which columns would change: without any name."""
    mistakes: list[Mistake] = field(default_factory=list)
    wrong: int = 0
    seen: set[int] = field(default_factory=set)

    def find(self, mistake: Mistake) -> None:
        """Keep a mistake; the first few by their place, the rest by their count."""
        self.wrong += 1
        if len(self.mistakes) < MOST_MISTAKES:
            self.mistakes.append(mistake)


@dataclass(frozen=True, slots=True)
class Importing:
    """One file against the roster."""

    store: Store
    roster: Roster
    book: Book
    header: Header
    allowed: Allowed
    now_ms: int

    def look_through(self) -> Iterator[Findings]:
        """Read all of it and tell what it would change, after each batch."""
        found = Findings()
        for batch in _batches(pupils_of(self.book, self.header, self.allowed.schools), READY):
            fit = [pair for row, one in batch if (pair := self._fit(found, row, one))]
            with self.store.reading() as connection:
                differences = self.roster.compared(connection, [one for _, one in fit], self.now_ms)
            for (row, one), difference in zip(fit, differences, strict=True):
                found.changes[difference.change] += 1
                found.by_school.setdefault(one.unit_code, Counter())[difference.change] += 1
                if difference.change == "changed" and len(found.samples) < MOST_SAMPLES:
                    found.samples.append((row, one.school_no, difference.columns))
            found.rows = max(found.rows, batch[-1][0] - 1)
            yield found

    def take(
        self,
        by: str,
        clock: Callable[[], int],
        note: Callable[[Connection, int, Counter[str]], None],
        skip: int = 0,
    ) -> Iterator[tuple[int, Counter[str]]]:
        """Keep it, batch by batch, after the first `skip` pupils; tell how far it has come.

        `note` is called within each batch's own transaction: what it writes stands or falls with
        the batch.
        """
        done: Counter[str] = Counter()
        count = skip
        items = pupils_of(self.book, self.header, self.allowed.schools)
        wanted = (one for _, one in items if isinstance(one, PupilWanted))
        for ahead in _batches(islice(wanted, skip, None), READY):
            with self.store.reading() as connection:
                spare = self.roster.make_ready(connection, ahead)
            for batch in _batches(ahead, BATCH):
                with self.store.transaction() as connection:
                    put = self.roster.put(connection, batch, by, clock(), spare)
                    here = Counter[str](change for _, change in put)
                    count += len(batch)
                    note(connection, count, here)
                del spare[max(0, len(spare) - here["added"]) :]
                done += here
                yield count, done

    def _fit(
        self, found: Findings, row: int, one: PupilWanted | Mistake
    ) -> tuple[int, PupilWanted] | None:
        if isinstance(one, PupilWanted):
            why = self._refused(found, row, one)
            if why is None:
                return row, one
            one = why
        found.find(one)
        return None

    def _refused(self, found: Findings, row: int, one: PupilWanted) -> Mistake | None:
        names = self.header.names
        if one.unit_code not in self.allowed.known:
            words = (f"没有这所学校：{one.unit_code}", f"no such school: {one.unit_code}")
            return Mistake(row, names.get("unit_code", "学校"), words)
        if self.allowed.only and one.unit_code != self.allowed.only:
            words = ("您只能导入本校学生", "you may import pupils of your own school only")
            return Mistake(row, names.get("unit_code", "学校"), words)
        for given in given_in(one.consents):
            try:
                check(given, one.birth_year, today_of(self.now_ms))
            except RosterError as error:
                column = names.get("consent_given_on", "同意日期")
                return Mistake(row, column, (error.message_zh, error.message_en))
        key = hash((one.unit_code, one.school_no))
        if key in found.seen:
            words = (
                "这个学号前面已经出现过，同一学生的行须相邻",
                "this number came before; rows of one pupil must follow each other",
            )
            return Mistake(row, f"{names['school_no']} {one.school_no}", words)
        found.seen.add(key)
        return None


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    ahead = iter(items)
    while batch := list(islice(ahead, size)):
        yield batch
