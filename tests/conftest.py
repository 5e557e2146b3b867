"""What many tests share: the two databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from central.adapters.store.engine import Store, open_store
from central.adapters.store.migrating import migrate
from tests.integration.databases import DATABASES, Cluster, running_cluster


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL for the whole run, started when first asked for."""
    with running_cluster() as running:
        yield running


@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.stack) for name in DATABASES])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/central.db"
    running: Cluster = request.getfixturevalue("cluster")
    return running.fresh_database()


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A migrated database of each kind."""
    opened = open_store(database_url)
    migrate(opened)
    yield opened
    opened.close()
