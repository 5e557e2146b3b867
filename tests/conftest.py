"""What many tests share: the two databases, and one browser."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from central.adapters.store.engine import Store, open_store
from central.adapters.store.migrating import migrate
from tests.browser.screens import launched
from tests.integration.databases import DATABASES, Cluster, name_in, running_cluster


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL for the whole run, started when first asked for."""
    with running_cluster() as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for the whole run, started when first asked for."""
    with launched() as browser:
        yield browser


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite database with this version's tables, to be copied: migrations take their time."""
    file = tmp_path_factory.mktemp("migrated") / "central.db"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def migrated_database(cluster: Cluster) -> str:
    """The same on PostgreSQL, by its name."""
    url = cluster.fresh_database()
    _migrate(url)
    return name_in(url)


@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.stack) for name in DATABASES])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind with this version's tables and nothing in them."""
    if request.param == "sqlite":
        file: Path = request.getfixturevalue("migrated_file")
        yield f"sqlite:///{shutil.copy(file, tmp_path / 'central.db')}"
        return
    template: str = request.getfixturevalue("migrated_database")
    running: Cluster = request.getfixturevalue("cluster")
    url = running.fresh_database(template)
    yield url
    running.drop(url)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A migrated database of each kind, open."""
    opened = open_store(database_url)
    yield opened
    opened.close()


def _migrate(url: str) -> None:
    opened = open_store(url)
    migrate(opened)
    opened.close()
