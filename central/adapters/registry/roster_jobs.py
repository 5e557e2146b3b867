"""Imports that take their time: kept as rows, worked in pieces, stopped and taken up again."""

import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from sqlalchemy import Connection, RowMapping
from uuid_utils import uuid7

from central.adapters.registry.books import CHUNK_BYTES, Book, SheetError, count_rows
from central.adapters.registry.importing import Allowed, Findings, Importing
from central.adapters.registry.roster import Roster
from central.adapters.registry.sheets import Mistake, Schools, header_of
from central.adapters.store import audit, directory, roster_jobs
from central.adapters.store.engine import Store
from central.adapters.store.tables import ORG_UNIT
from central.adapters.vault import SealedError, Vault
from central.core.refusals import CaseError

MOST_BYTES = 32 << 20
KEPT_UNCONFIRMED_MS = 24 * 3600 * 1000
NOTE_EVERY_MS = 500


class MovedOnError(Exception):
    """Somebody has cancelled the job, or another worker has it."""


def allowed_for(connection: Connection, only: str = "") -> Allowed:
    """Give the schools there are, by code and by name; `only` one where that is all one may."""
    rows = directory.rows(connection, ORG_UNIT, "code")
    schools = {row["code"]: row["name_zh"] for row in rows if row["kind"] == "school"}
    called = Counter(schools.values())
    names = {name: code for code, name in schools.items() if called[name] == 1}
    return Allowed(frozenset(schools), Schools(names, only), only)


@dataclass(frozen=True, slots=True)
class RosterJobs:
    """Takes files in, and works on them."""

    store: Store
    roster: Roster
    vault: Vault

    def take_in(self, file: IO[bytes], name: str, by: str, unit_code: str | None, at: int) -> str:
        """Keep a file, sealed; give its job's id.

        Raises:
            SheetError: empty, or larger than any roster.
        """
        job_id = str(uuid7())
        parts = list(self._sealed(job_id, file))
        if not parts:
            msg = "文件是空的 / the file is empty"
            raise SheetError(msg)
        size = sum(map(len, parts))
        row = {"job_id": job_id, "file_name": name[:200], "size_bytes": size, "by": by,
               "unit_code": unit_code, "state": "checking", "rows_done": 0,
               "created_at": at}  # fmt: skip
        with self.store.transaction() as connection:
            roster_jobs.put(connection, row, parts)
            detail = {"file": row["file_name"], "bytes": size}
            audit.append(connection, at, by, "roster.upload", f"roster:{job_id}", detail)
        return job_id

    def work(self, clock: Callable[[], int], is_over: Callable[[], bool]) -> bool:
        """Do what waits; between two batches it can be stopped. Tell whether there was anything."""
        now_ms = clock()
        with self.store.reading() as connection:
            waits = roster_jobs.waits(connection, now_ms)
            old = roster_jobs.forgotten(connection, now_ms - KEPT_UNCONFIRMED_MS)
        for job_id in old:
            with self.store.transaction() as connection:
                over = {"state": "cancelled", "ended_at": now_ms}
                roster_jobs.step(connection, job_id, "ready", **over)
        if not waits:
            return False
        with self.store.transaction() as connection:
            row = roster_jobs.claim(connection, now_ms)
        if row is None:
            return False
        _Run(self, row, clock, is_over).run()
        return True

    def book(self, job_id: str, name: str) -> Book:
        """Give a file that was taken in, unsealed in memory while it is read."""
        return Book(name, lambda: self._unsealed(job_id))

    def _sealed(self, job_id: str, file: IO[bytes]) -> Iterator[bytes]:
        size = 0
        for number, chunk in enumerate(iter(lambda: file.read(CHUNK_BYTES), b"")):
            size += len(chunk)
            if size > MOST_BYTES:
                msg = f"文件超过 {MOST_BYTES >> 20} MB / larger than {MOST_BYTES >> 20} MB"
                raise SheetError(msg)
            yield self.vault.seal(chunk, _place(job_id, number))

    def _unsealed(self, job_id: str) -> IO[bytes]:
        whole = io.BytesIO()
        with self.store.reading() as connection:
            for number, sealed in enumerate(roster_jobs.parts(connection, job_id)):
                whole.write(self.vault.unseal(sealed, _place(job_id, number)))
        whole.seek(0)
        return whole


@dataclass(slots=True)
class _Run:
    """One worker's go at one job."""

    jobs: RosterJobs
    row: RowMapping
    clock: Callable[[], int]
    is_over: Callable[[], bool]
    noted_at: int = 0

    def run(self) -> None:
        """Go on where it stood."""
        state = self.row["state"]
        try:
            importing = self._opened()
            if state == "checking":
                self._check(importing)
            else:
                self._import(importing)
        except MovedOnError:
            return
        except (SheetError, CaseError, SealedError) as error:
            said = (
                f"{error.message_zh} / {error.message_en}"
                if isinstance(error, CaseError)
                else str(error) or "文件打不开 / the file does not open"
            )
            self._step(state="failed", trouble=said, ended_at=self.clock())

    def _opened(self) -> Importing:
        job_id, name = self.row["job_id"], self.row["file_name"]
        book = self.jobs.book(job_id, name)
        with self.jobs.store.reading() as connection:
            allowed = allowed_for(connection, self.row["unit_code"] or "")
        header = header_of(book, allowed.schools)
        if self.row["rows_total"] is None:
            self._step(rows_total=count_rows(book), findings={"not_read": header.not_read})
        return Importing(self.jobs.store, self.jobs.roster, book, header, allowed, self.clock())

    def _check(self, importing: Importing) -> None:
        found = Findings()
        for found in importing.look_through():
            self._go_on(rows_done=found.rows, beat_at=self.clock())
        shown = _shown(found) | {"not_read": list(importing.header.not_read)}
        if found.wrong or not found.changes:
            self._step(state="faulty", findings=shown, rows_done=found.rows, ended_at=self.clock())
        else:
            self._step(state="ready", findings=shown, rows_done=found.rows, beat_at=None)

    def _import(self, importing: Importing) -> None:
        def note(connection: Connection, count: int, here: Counter[str]) -> None:
            tally.update(here)
            values = {"rows_done": count, "tally": dict(tally), "beat_at": self.clock()}
            if not roster_jobs.step(connection, self.row["job_id"], "importing", **values):
                raise MovedOnError

        tally: Counter[str] = Counter(self.row["tally"] or {})
        for _ in importing.take(self.row["by"], self.clock, note, self.row["rows_done"]):
            if self.is_over():
                self._step(beat_at=None)
                raise MovedOnError
        with self.jobs.store.transaction() as connection:
            at = self.clock()
            over = {"state": "done", "ended_at": at}
            if roster_jobs.step(connection, self.row["job_id"], "importing", **over):
                detail: dict[str, Any] = {"file": self.row["file_name"], **tally}
                audit.append(connection, at, self.row["by"], "roster.import",
                             f"roster:{self.row['job_id']}", detail)  # fmt: skip

    def _go_on(self, **values: Any) -> None:
        """Say now and then how far it is, and stop where somebody wants that."""
        if self.is_over():
            self._step(beat_at=None)
            raise MovedOnError
        if self.clock() - self.noted_at >= NOTE_EVERY_MS:
            self.noted_at = self.clock()
            self._step(**values)

    def _step(self, **values: Any) -> None:
        with self.jobs.store.transaction() as connection:
            job_id, state = self.row["job_id"], self.row["state"]
            if not roster_jobs.step(connection, job_id, state, **values):
                raise MovedOnError


def _shown(found: Findings) -> dict[str, Any]:
    return {
        "changes": dict(found.changes),
        "by_school": {code: dict(one) for code, one in sorted(found.by_school.items())},
        "samples": [[row, number, list(columns)] for row, number, columns in found.samples],
        "wrong": found.wrong,
        "mistakes": [_mistake(one) for one in found.mistakes],
    }


def _mistake(one: Mistake) -> list[Any]:
    return [one.row, one.column, *one.why]


def _place(job_id: str, number: int) -> str:
    return f"roster\x00{job_id}\x00{number}"
