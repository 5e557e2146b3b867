"""Bring a database to the tables of this version, and tell whether it is there."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import OperationalError

import central.migrations
from central.adapters.store.engine import Store, StoreError

SCRIPTS = Path(central.migrations.__file__).parent


def migrate(store: Store) -> None:
    """Take every step that is missing; a database that is up to date is left alone.

    Raises:
        StoreError: the database cannot be reached.
    """
    config = _config()
    try:
        with store.transaction() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except OperationalError as error:
        msg = f"数据库无法连接 / cannot reach the database: {error.orig}"
        raise StoreError(msg) from error


def is_current(store: Store) -> bool:
    """Tell whether the database has this version's tables."""
    with store.reading() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    return found == ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    return config
