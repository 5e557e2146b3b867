"""Wakes whoever sends when anything has been committed, by this process or another."""

import time
from typing import Any, Protocol

from central.adapters.store.engine import Store
from central.adapters.store.notifications import BELL

LOOK_EVERY_S = 0.05


class Bell(Protocol):
    """Something to wait for."""

    def wait(self, timeout_s: float) -> None:
        """Return when something may have changed, or after a while."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


class FileBell:
    """SQLite counts the commits of others in its file: asking for the count costs microseconds."""

    def __init__(self, store: Store) -> None:
        self._raw = store.engine.raw_connection()
        self._seen = self._count()

    def wait(self, timeout_s: float) -> None:
        until = time.monotonic() + timeout_s
        while (count := self._count()) == self._seen and time.monotonic() < until:
            time.sleep(LOOK_EVERY_S)
        self._seen = count

    def close(self) -> None:
        self._raw.close()

    def _count(self) -> int:
        cursor = self._raw.cursor()
        try:
            return int(cursor.execute("PRAGMA data_version").fetchone()[0])
        finally:
            cursor.close()


class ServerBell:
    """PostgreSQL says so itself: whoever keeps new letters notifies within the transaction."""

    def __init__(self, store: Store) -> None:
        self._raw = store.engine.raw_connection()
        driver: Any = self._raw.driver_connection
        driver.autocommit = True
        driver.execute(f"LISTEN {BELL}")
        self._driver = driver

    def wait(self, timeout_s: float) -> None:
        for _ in self._driver.notifies(timeout=timeout_s, stop_after=1):
            return

    def close(self) -> None:
        self._raw.invalidate()  # not back to the pool: it listens
        self._raw.close()


def bell_of(store: Store) -> Bell:
    """Give the bell of a database.

    Raises:
        SQLAlchemyError: the database cannot be reached.
    """
    return ServerBell(store) if store.is_postgresql else FileBell(store)
