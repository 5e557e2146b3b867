"""Both databases hold the same tables and keep the same promises."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import insert, select, update

from central.adapters.store import audit, directory
from central.adapters.store.engine import Store, StoreError, open_store
from central.adapters.store.migrating import is_current, migrate
from central.adapters.store.schema import METADATA
from central.adapters.store.tables import AUDIT, ORG_UNIT


def test_the_migrations_make_exactly_the_tables_that_the_code_uses(store: Store) -> None:
    with store.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, METADATA) == []


def test_migrating_again_changes_nothing(store: Store) -> None:
    migrate(store)
    assert is_current(store)


def test_a_transaction_that_fails_leaves_nothing_behind(store: Store) -> None:
    def break_off() -> None:
        with store.transaction() as connection:
            directory.seed_departments(connection)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    with store.reading() as connection:
        assert connection.execute(select(ORG_UNIT)).all() == []


def test_the_fifteen_departments_are_added_once(store: Store) -> None:
    with store.transaction() as connection:
        assert directory.seed_departments(connection) == 15
        assert directory.seed_departments(connection) == 0


def test_many_writers_at_once_keep_one_unbroken_audit_chain(store: Store) -> None:
    def write(number: int) -> None:
        with store.transaction() as connection:
            audit.append(
                connection, number, f"account:{number}", "look", "incident:1", {"n": number}
            )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    with store.reading() as connection:
        assert audit.verify(connection) is None
        assert len(connection.execute(select(AUDIT)).all()) == 40


def test_a_changed_audit_entry_is_found(store: Store) -> None:
    with store.transaction() as connection:
        for number in range(5):
            audit.append(connection, number, "account:wang", "look", "incident:1")
        third = connection.execute(select(AUDIT.c.id).order_by(AUDIT.c.id)).scalars().all()[2]
        connection.execute(update(AUDIT).where(AUDIT.c.id == third).values(actor="account:li"))
        assert audit.verify(connection) == third


def test_a_unit_that_exists_or_a_site_of_unknown_units_is_refused(store: Store) -> None:
    with store.transaction() as connection:
        directory.seed_departments(connection)
        with pytest.raises(directory.ExistsError, match="edu"):
            directory.add_unit(connection, "edu", "教育局")
        site = {"site_id": "pond", "kind": "water", "name_zh": "月湖", "name_en": "",
                "relations": {"town": "town:nowhere"}, "created_at": 0}  # fmt: skip
        with pytest.raises(directory.MissingError, match="town:nowhere"):
            directory.add_site(connection, site)


def test_ids_count_up_by_themselves(store: Store) -> None:
    with store.transaction() as connection:
        first = connection.execute(
            insert(AUDIT).values(_entry()).returning(AUDIT.c.id)
        ).scalar_one()
        second = connection.execute(
            insert(AUDIT).values(_entry()).returning(AUDIT.c.id)
        ).scalar_one()
    assert second > first


@pytest.mark.parametrize("url", ["nonsense", "mysql://localhost/x"])
def test_what_is_no_database_of_ours_is_refused_in_words(url: str) -> None:
    with pytest.raises(StoreError, match="sqlite"):
        open_store(url)


def _entry() -> dict[str, object]:
    return {"at": 0, "actor": "", "action": "", "subject": "", "detail": {},
            "previous_hash": "", "hash": ""}  # fmt: skip
