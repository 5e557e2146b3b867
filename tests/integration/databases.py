"""Both databases for the tests: SQLite in a file, and a PostgreSQL that they start themselves."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
DATABASES = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Cluster:
    """A running PostgreSQL that listens on a Unix socket in its own folder."""

    folder: Path

    def url(self, database: str) -> str:
        return f"postgresql:///{database}?host={self.folder}&user=postgres"

    def fresh_database(self, template: str = "template0") -> str:
        """Make a database like another one, an empty one unless named, and give its URL."""
        name = f"huxiao_{uuid4().hex[:12]}"
        self._says(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE {template}")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Take a database away, whoever still looks at it: a thousand of them fill a disk."""
        self._says(f"DROP DATABASE {name_in(url)} WITH (FORCE)")

    def _says(self, statement: str) -> None:
        engine = create_engine(
            self.url("postgres").replace("postgresql:", "postgresql+psycopg:", 1),
            isolation_level="AUTOCOMMIT",
        )
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()


def name_in(url: str) -> str:
    """Give the name of the database that a URL leads to."""
    return url.removeprefix("postgresql:///").partition("?")[0]


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """Start a PostgreSQL cluster of Debian's package in a temporary folder, and stop it again."""
    assert BINARIES, "PostgreSQL is not installed: apt-get install postgresql (scripts/setup test)"
    folder = Path(tempfile.mkdtemp(prefix="huxiao-pg-"))
    as_whom = _owner(folder)
    data = folder / "data"
    initdb: list[str | Path] = [
        "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "--no-sync",
        "-E",
        "UTF8",
    ]
    settings = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=200"
    server: list[str | Path] = ["pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", settings]
    try:
        _run(as_whom, initdb)
        _run(as_whom, [*server, "start"])
        yield Cluster(folder)
    finally:
        _run(as_whom, ["pg_ctl", "-D", data, "-m", "immediate", "stop"], check=False)
        shutil.rmtree(folder, ignore_errors=True)


def _owner(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: then the package's own user runs it."""
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam("postgres")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _run(as_whom: list[str], command: list[str | Path], *, check: bool = True) -> None:
    program = BINARIES[-1] / str(command[0])
    subprocess.run(
        [*as_whom, program, *map(str, command[1:])],
        check=check,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        cwd="/",
    )
