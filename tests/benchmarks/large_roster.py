"""A roster of 100,000 pupils: how long each step takes, how much memory, and that it is right.

`python -m tests.benchmarks.large_roster [--pupils 100000] [--form xlsx|csv] [--db URL]` prints a
line of JSON a step. Each step is a process of its own, so that its memory is its own.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from central.adapters.clock import now_ms
from central.adapters.registry.templates import columns
from central.adapters.store import directory, pupils, roster_jobs
from central.adapters.store.migrating import migrate
from central.config import DataDir
from central.wiring import Central, open_central

SCHOOLS = 125
BROKEN = 50
STEPS = ("first", "again", "broken")


def rows(count: int, broken: int = 0) -> Iterator[list[str]]:
    """Make a roster's rows; the last `broken` have each one cell that is wrong."""
    for n in range(count):
        grade, number = n // SCHOOLS % 6 + 1, n // SCHOOLS // 6 % 10 + 1
        row = [
            f"school:s{n % SCHOOLS}", f"{grade}-{number}",
            f"{n:08}", f"学生{n}", str(2014 + n % 6), "否", "",
            f"家长{n}", f"138{n:08}", "", "父亲",
            "是", "是", "是", "", "", f"TYS-{n}", "2026-09-01", "",
        ]  # fmt: skip
        if n >= count - broken:
            row[(1, 3, 4, 8)[n % 4]] = ("二班", "", "十岁", "不是号码")[n % 4]
        yield row


def write(path: Path, count: int, broken: int = 0) -> None:
    """Write a roster."""
    if path.suffix == ".csv":
        lines = [",".join(row) for row in (columns(), *rows(count, broken))]
        path.write_text("\n".join(lines), encoding="utf-8")
        return
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in (columns(), *rows(count, broken)):
        sheet.append(row)
    book.save(path)


def prepare(folder: Path, db: str | None) -> None:
    """Make a district with its schools."""
    (folder / "central.toml").write_text("", encoding="utf-8")
    central = open_central(folder, db)
    migrate(central.store)
    with central.store.transaction() as connection:
        directory.seed_departments(connection)
        for n in range(SCHOOLS):
            directory.add_unit(connection, f"school:s{n}", f"第{n}小学")
    central.store.close()


def step(name: str, folder: Path, file: Path, db: str | None) -> None:
    """Take a file in, let it be looked through and, where it is right, imported."""
    central = open_central(folder, db)
    jobs = central.roster_jobs()
    before = _rss_mb()
    with file.open("rb") as content:
        job_id = jobs.take_in(content, file.name, "account:bench", None, now_ms())
    began = time.perf_counter()
    jobs.work(now_ms, lambda: False)
    checked_s = time.perf_counter() - began
    state, found = _job(central, job_id)
    said = {"step": name, "checked_s": round(checked_s, 1), "state": state,
            "changes": found.get("changes"), "wrong": found.get("wrong"),
            "first_mistakes": list(found.get("mistakes", ()))[:4]}  # fmt: skip
    if state == "ready":
        with central.store.transaction() as connection:
            begun = {"state": "importing", "rows_done": 0, "beat_at": None}
            roster_jobs.step(connection, job_id, "ready", **begun)
        began = time.perf_counter()
        jobs.work(now_ms, lambda: False)
        said["imported_s"] = round(time.perf_counter() - began, 1)
        said["state"] = _job(central, job_id)[0]
    with central.store.reading() as connection:
        said["pupils"] = sum(pupils.counts(connection).values())
    said |= {"rss_before_mb": before, "most_rss_mb": _rss_mb()}
    print(json.dumps(said, ensure_ascii=False), flush=True)  # noqa: T201 - a program


def _job(central: Central, job_id: str) -> tuple[str, dict[str, Any]]:
    with central.store.reading() as connection:
        row = roster_jobs.found(connection, job_id)
    assert row is not None
    return row["state"], dict(row["findings"] or {})


def _rss_mb() -> int:
    """Give the most memory that this process has had; what it inherited is not counted."""
    told = Path("/proc/self/status").read_text("utf-8")
    return next(int(line.split()[1]) // 1024 for line in told.splitlines() if "VmHWM" in line)


def main() -> None:
    """Run all steps, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pupils", type=int, default=100_000)
    parser.add_argument("--form", choices=("xlsx", "csv"), default="xlsx")
    parser.add_argument("--db")
    parser.add_argument("--step", choices=STEPS)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    if asked.step:
        file = asked.folder / f"{'broken' if asked.step == 'broken' else 'good'}.{asked.form}"
        step(asked.step, asked.folder, file, asked.db)
        return
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        prepare(folder, asked.db)
        DataDir(folder).evidence.mkdir()
        write(folder / f"good.{asked.form}", asked.pupils)
        write(folder / f"broken.{asked.form}", asked.pupils, BROKEN)
        for name in STEPS:
            command = [sys.executable, "-m", "tests.benchmarks.large_roster", "--step", name,
                       "--folder", made, "--form", asked.form]  # fmt: skip
            subprocess.run([*command, *(["--db", asked.db] if asked.db else [])], check=True)


if __name__ == "__main__":
    main()
