"""Millions of rows into a database, as fast as it takes them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, text

from central.adapters.store.engine import Store
from central.adapters.store.schema import METADATA

AT_A_TIME = 20_000
_AS_JSON = {"detail": "{}"}


class Filling:
    """Collects rows by table and writes them in bulk; rows are as they lie in the database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: dict[str, list[tuple[Any, ...]]] = {}
        self._names = {
            table.name: [column.name for column in table.columns if column.name != "id"]
            for table in METADATA.sorted_tables
        }

    def put(self, table: str, row: Mapping[str, Any]) -> None:
        """Take a row; `id` is counted by the database."""
        rows = self._rows.setdefault(table, [])
        rows.append(tuple(_AS_JSON.get(name) or row[name] for name in self._names[table]))
        if len(rows) >= AT_A_TIME:
            self._write(table)

    def finish(self) -> None:
        """Write what is left."""
        for table in list(self._rows):
            self._write(table)

    def _write(self, table: str) -> None:
        rows, names = self._rows.pop(table, []), self._names[table]
        raw: Any = self._connection.connection.driver_connection
        if self._connection.dialect.name == "postgresql":
            with raw.cursor().copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join("?" * len(names))
        raw.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)  # noqa: S608 - our own names


@contextmanager
def filling(store: Store) -> Iterator[Filling]:
    """Give where rows go; indexes are made again at the end, and the planner told."""
    with store.engine.connect() as connection:
        connection.info["writes"] = True
        if store.is_postgresql:
            connection.execute(text("SET session_replication_role = replica"))  # no foreign keys
            connection.commit()
        else:
            raw: Any = connection.connection.driver_connection
            for pragma in ("synchronous=OFF", "cache_size=-400000", "foreign_keys=OFF"):
                raw.execute(f"PRAGMA {pragma}")
        with connection.begin():
            made = _without_indexes(connection)
            rows = Filling(connection)
            yield rows
            rows.finish()
            for statement in made:
                connection.execute(text(statement))
        connection.invalidate()  # back to how a connection is for everybody else
    analyse(store)


def _without_indexes(connection: Connection) -> list[str]:
    """Drop the indexes that no constraint needs; give the statements that make them."""
    if connection.dialect.name == "postgresql":
        query = (
            "SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS sql"
            " FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND NOT i.indisunique"
        )
    else:
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    found = [(row.name, row.sql) for row in connection.execute(text(query))]
    for name, _sql in found:
        connection.execute(text(f"DROP INDEX {name}"))
    return [sql for _name, sql in found]


def analyse(store: Store) -> None:
    """Let the planner know how much there is."""
    with store.engine.connect() as connection:
        connection.info["writes"] = True
        connection.execute(text("ANALYZE"))
        connection.commit()
