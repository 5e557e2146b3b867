"""One door to the database: SQLite in a file, or PostgreSQL by its URL."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError

from central.adapters.store import counting, touched

BUSY_S = 20
POOL = {"pool_size": 20, "max_overflow": 60}
"""So many connections stay open, and so many more come in a rush: opening one reads the schema."""
UNCOMPILED = "-c jit=off"
"""PostgreSQL compiles what it thinks will take long: that takes longer than any page's query."""
CACHED_KIB = 8000
"""So much of a SQLite file each connection keeps: what a board reads fits."""


class StoreError(Exception):
    """The database cannot be opened or reached; the text says what to do."""


class Store:
    """Gives connections. A transaction is the caller's: what happens in it is one commit."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._turn: AbstractContextManager[object] = nullcontext() if self.is_postgresql else Lock()

    @property
    def is_postgresql(self) -> bool:
        """Tell which of the two it is, for the few statements that differ."""
        return self.engine.dialect.name == "postgresql"

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Give a connection that commits at the end, or rolls back on any exception.

        SQLite has one writer: the threads of a process take turns here, where nobody is passed
        over, and not at the file, where whoever asks more often wins.
        """
        with self._turn, self.engine.connect() as connection:
            connection.info["writes"] = True
            touched.taken(connection)  # of a transaction that was rolled back
            with connection.begin():
                yield connection
                counting.settle(connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one moment and changes nothing."""
        with self.engine.connect() as connection:
            connection.info["writes"] = False
            yield connection

    def tell_planner(self) -> None:
        """Let SQLite learn how much lies where, as far as that has changed; PostgreSQL does so."""
        if self.is_postgresql:
            return
        with self._turn, self.engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            raw.execute("PRAGMA analysis_limit=2000")
            raw.execute("PRAGMA optimize=0x10002")

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def open_store(url: str) -> Store:
    """Open a database by its SQLAlchemy URL, `sqlite:///path` or `postgresql://...`.

    Nothing is connected yet. PostgreSQL goes through psycopg 3.

    Raises:
        StoreError: not a URL, or of a database that is neither.
    """
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        return Store(_sqlite(parsed))
    if parsed.get_backend_name() == "postgresql":
        return Store(_postgresql(parsed))
    msg = f"数据库只支持 sqlite 和 postgresql / only sqlite and postgresql: {parsed!s}"
    raise StoreError(msg)


def is_reachable(store: Store) -> bool:
    """Tell whether the database answers."""
    try:
        with store.reading() as connection:
            connection.exec_driver_sql("SELECT 1")
    except (OperationalError, SQLAlchemyError):
        return False
    return True


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError as error:
        msg = f"不是数据库地址 / not a database URL, e.g. sqlite:////srv/huxiao/central.db: {url!r}"
        raise StoreError(msg) from error


def _sqlite(url: URL) -> Engine:
    is_file = bool(url.database) and url.database != ":memory:"
    if url.database and is_file:
        _make_private(Path(url.database))
    usual = {"timeout": BUSY_S, "check_same_thread": False}
    engine = create_engine(url, connect_args=usual, **(POOL if is_file else {}))
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_private(file: Path) -> None:
    """Nobody else on the machine reads it; the log beside it gets the same mode."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
    except OSError as error:
        msg = f"数据库文件打不开 / cannot open the database file: {error}"
        raise StoreError(msg) from error


def _prepare_sqlite(raw: SqliteConnection, _record: Any) -> None:
    raw.isolation_level = None  # `begin` below says when a transaction starts, and of which kind
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON",
                   f"cache_size=-{CACHED_KIB}"):  # fmt: skip
        raw.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at the start: a reader that turns writer could only fail."""
    writes = connection.info.get("writes", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql(url: URL) -> Engine:
    driver = url.set(drivername="postgresql+psycopg")
    own = {} if "options" in url.query else {"options": UNCOMPILED}
    return create_engine(driver, connect_args=own, pool_pre_ping=True, **POOL)
