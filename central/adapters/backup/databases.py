"""A database as one file, taken while it is in use, and put back."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.engine import URL

from central.adapters.backup.sealing import BackupError
from central.adapters.store.engine import Store

PAGES_AT_ONCE = 2000
PAUSE_S = 0.01


def dumped(store: Store, url: str, target: Path) -> None:
    """Write a consistent copy; nobody who writes meanwhile is held up for long.

    Raises:
        BackupError: the copy could not be made.
    """
    target.touch(mode=0o600)
    if store.is_postgresql:
        _run("pg_dump", ["--format=custom", "--no-owner", f"--file={target}"], make_url(url))
        return
    with closing(sqlite3.connect(make_url(url).database or "")) as source, \
            closing(sqlite3.connect(target)) as copy:  # fmt: skip
        source.backup(copy, pages=PAGES_AT_ONCE, sleep=PAUSE_S)


def check(file: Path, *, is_postgresql: bool) -> None:
    """Read a copy through.

    Raises:
        BackupError: it is damaged.
    """
    if is_postgresql:
        _run("pg_restore", [f"--file={os.devnull}", str(file)], None)
        return
    with closing(sqlite3.connect(file)) as copy:
        try:
            found = copy.execute("PRAGMA integrity_check").fetchone()[0]
        except sqlite3.DatabaseError as error:
            found = str(error)
    if found != "ok":
        msg = f"数据库副本已损坏 / the copy of the database is damaged: {found}"
        raise BackupError(msg)


def put_back(file: Path, url: str) -> None:
    """Put a copy where a new district's database is to be.

    Raises:
        BackupError: there is one already, or it cannot be written.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        _run("pg_restore", ["--no-owner", "--exit-on-error", "--single-transaction",
                            f"--dbname={_address(parsed)}", str(file)], parsed)  # fmt: skip
        return
    target = Path(parsed.database or "")
    if target.exists() and target.stat().st_size:
        msg = f"{target}: 已有数据库，不覆盖 / there is a database already, it is not overwritten"
        raise BackupError(msg)
    shutil.copyfile(file, target)
    target.chmod(0o600)


def _run(program: str, arguments: list[str], url: URL | None) -> None:
    found = shutil.which(program) or next(
        (str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))), None
    )
    if found is None:
        msg = f"找不到 {program}，请安装 postgresql-client / {program} is not installed"
        raise BackupError(msg)
    if url is not None and program == "pg_dump":
        arguments = [*arguments, f"--dbname={_address(url)}"]
    env = dict(os.environ)
    if url is not None and url.password:
        env["PGPASSWORD"] = str(url.password)
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own program, with our arguments
        [found, *arguments], env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:] or ["?"]
        msg = f"{program} 失败 / failed: {said[0][:300]}"
        raise BackupError(msg)


def _address(url: URL) -> str:
    """Give the address without its password: that travels by the environment, seen by nobody."""
    plain = url.set(drivername="postgresql", password=None)
    return plain.render_as_string(hide_password=False)
