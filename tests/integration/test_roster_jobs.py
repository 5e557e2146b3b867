"""An import takes its time: looked through first, stopped and taken up again, never twice."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from central.adapters.registry.importing import BATCH, READY
from central.adapters.registry.roster import Roster
from central.adapters.registry.roster_jobs import KEPT_UNCONFIRMED_MS, RosterJobs
from central.adapters.store import pupils, roster_jobs
from central.adapters.store.engine import Store
from central.adapters.store.pupils import Wanted
from central.adapters.store.roster_jobs import GONE_AFTER_MS
from central.adapters.store.schema.pupils import PUPIL
from central.adapters.store.schema.registry import ROSTER_PART
from central.adapters.vault import Vault
from tests.integration.case_district import NOON, rows, settle
from tests.integration.enrolling_kit import a_keeper

HEAD = "学校,班级,学号,姓名,出生年份,住校,寝室,家长,家长手机"
Answers = Callable[[], bool]


@pytest.fixture
def jobs(store: Store, tmp_path: Path) -> RosterJobs:
    with store.transaction() as connection:
        settle(connection)
    return RosterJobs(store, Roster(a_keeper(tmp_path).keys), Vault(bytes(32)))


def a_file(*lines: str, count: int = 0) -> io.BytesIO:
    many = [f"school:shiyan,3-{n % 9 + 1},n{n},学生{n},2017,否,,家长{n},138{n:08}"
            for n in range(count)]  # fmt: skip
    return io.BytesIO("\n".join([HEAD, *many, *lines]).encode())


def taken_in(jobs: RosterJobs, file: io.BytesIO, own: str | None = None) -> str:
    return jobs.take_in(file, "名册.csv", "account:admin", own, NOON)


def work(jobs: RosterJobs, at: int = NOON, is_over: Answers = lambda: False) -> bool:
    return jobs.work(lambda: at, is_over)


def seen(jobs: RosterJobs, job_id: str) -> dict[str, Any]:
    with jobs.store.reading() as connection:
        found = roster_jobs.found(connection, job_id)
    assert found is not None
    return dict(found)


def confirm(jobs: RosterJobs, job_id: str) -> None:
    with jobs.store.transaction() as connection:
        begun = {"state": "importing", "rows_done": 0, "beat_at": None}
        assert roster_jobs.step(connection, job_id, "ready", **begun)


def kept(jobs: RosterJobs) -> int:
    with jobs.store.reading() as connection:
        return sum(pupils.counts(connection).values())


def parts(jobs: RosterJobs) -> list[bytes]:
    with jobs.store.reading() as connection:
        return [bytes(row["sealed"]) for row in rows(connection, ROSTER_PART)]


def test_a_file_is_looked_through_and_kept_only_once_confirmed(jobs: RosterJobs) -> None:
    job_id = taken_in(jobs, a_file(count=3))
    assert work(jobs)
    found = seen(jobs, job_id)
    assert (found["state"], found["findings"]["changes"]) == ("ready", {"added": 3})
    assert kept(jobs) == 0
    assert not work(jobs)
    confirm(jobs, job_id)
    assert work(jobs)
    done = seen(jobs, job_id)
    assert (done["state"], done["tally"], kept(jobs)) == ("done", {"added": 3}, 3)
    again = taken_in(jobs, a_file(count=3))
    work(jobs)
    assert seen(jobs, again)["findings"]["changes"] == {"unchanged": 3}


def test_the_file_lies_sealed_and_goes_when_it_has_been_taken(jobs: RosterJobs) -> None:
    job_id = taken_in(jobs, a_file(count=1))
    (sealed,) = parts(jobs)
    assert "学生0".encode() not in sealed
    work(jobs)
    confirm(jobs, job_id)
    work(jobs)
    assert parts(jobs) == []


def test_a_mistake_is_named_by_row_column_and_reason_and_nothing_is_taken(
    jobs: RosterJobs,
) -> None:
    job_id = taken_in(jobs, a_file("school:nowhere,3-1,a,王五,2017,否,,,", ",3-1,b,,十岁,否,,,"))
    work(jobs)
    found = seen(jobs, job_id)
    assert found["state"] == "faulty"
    places = {(row, column) for row, column, _zh, _en in found["findings"]["mistakes"]}
    assert places == {(2, "学校"), (3, "学校"), (3, "姓名"), (3, "出生年份")}
    assert all(zh and en for _row, _column, zh, en in found["findings"]["mistakes"])
    assert (kept(jobs), parts(jobs)) == (0, [])


def test_a_school_brings_its_own_pupils_only_and_may_leave_its_code_out(jobs: RosterJobs) -> None:
    lines = (",3-1,a,张小明,2017,否,,,", "school:jinping,3-1,b,李小红,2017,否,,,")
    job_id = taken_in(jobs, a_file(*lines), "school:shiyan")
    work(jobs)
    assert [one[:2] for one in seen(jobs, job_id)["findings"]["mistakes"]] == [[3, "学校"]]
    job_id = taken_in(jobs, a_file(lines[0]), "school:shiyan")
    work(jobs)
    assert seen(jobs, job_id)["findings"]["by_school"] == {"school:shiyan": {"added": 1}}


def after(count: int) -> Answers:
    """Say after so many questions that it is over, as a process does that is asked to end."""
    asked: Iterator[bool] = iter([False] * count + [True] * 1000)
    return lambda: next(asked)


def test_many_are_taken_each_with_its_own_key(jobs: RosterJobs) -> None:
    job_id = taken_in(jobs, a_file(count=2 * READY + 7))
    work(jobs)
    confirm(jobs, job_id)
    work(jobs)
    with jobs.store.reading() as connection:
        digests = [row["key_digest"] for row in rows(connection, PUPIL)]
        names = {jobs.roster.name(one) for one in pupils.listed(connection, Wanted(limit=9999))}
    assert len(set(digests)) == len(digests) == len(names) == 2 * READY + 7


def test_an_import_that_was_stopped_goes_on_where_it_stood(jobs: RosterJobs) -> None:
    job_id = taken_in(jobs, a_file(count=3 * BATCH))
    work(jobs)
    confirm(jobs, job_id)
    work(jobs, is_over=after(0))
    assert (seen(jobs, job_id)["rows_done"], kept(jobs)) == (BATCH, BATCH)
    assert work(jobs)
    done = seen(jobs, job_id)
    assert (done["state"], done["tally"]) == ("done", {"added": 3 * BATCH})
    assert kept(jobs) == 3 * BATCH


def test_a_worker_that_died_is_followed_by_the_next(jobs: RosterJobs) -> None:
    job_id = taken_in(jobs, a_file(count=1))
    with jobs.store.transaction() as connection:
        assert roster_jobs.claim(connection, NOON)
    assert not work(jobs, NOON + 1000)
    assert work(jobs, NOON + GONE_AFTER_MS + 1)
    assert seen(jobs, job_id)["state"] == "ready"


def test_an_import_that_is_cancelled_stops_between_two_batches(jobs: RosterJobs) -> None:
    job_id = taken_in(jobs, a_file(count=3 * BATCH))
    work(jobs)
    confirm(jobs, job_id)

    def somebody_cancels() -> bool:
        with jobs.store.transaction() as connection:
            roster_jobs.step(connection, job_id, "importing", state="cancelled", ended_at=NOON)
        return False

    work(jobs, is_over=somebody_cancels)
    assert (seen(jobs, job_id)["state"], kept(jobs)) == ("cancelled", BATCH)
    assert not work(jobs)


def test_what_nobody_confirms_goes(jobs: RosterJobs) -> None:
    job_id = taken_in(jobs, a_file(count=1))
    work(jobs)
    work(jobs, NOON + KEPT_UNCONFIRMED_MS + 1)
    assert (seen(jobs, job_id)["state"], parts(jobs)) == ("cancelled", [])


def test_what_is_no_roster_fails_in_words(jobs: RosterJobs) -> None:
    job_id = taken_in(jobs, io.BytesIO(b"\xff\xfe\x00\x81"))
    work(jobs)
    found = seen(jobs, job_id)
    assert (found["state"], "UTF-8" in found["trouble"]) == ("failed", True)
