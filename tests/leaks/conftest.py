"""One district for all of these tests."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from central.adapters.care.keeping import CareStore
from central.adapters.evidence_files import EvidenceFiles
from central.adapters.galleries.keeping import Keeper
from central.adapters.galleries.keys import GalleryKeys
from central.adapters.person_keys import PersonKeys
from central.adapters.store.engine import open_store
from central.adapters.store.migrating import migrate
from central.web.app import create_app
from tests.browser.served import settings
from tests.leaks import cases
from tests.leaks.district import NOW, Keys
from tests.leaks.world import World

SEEDS = [int(one) for one in os.environ.get("HUXIAO_LEAK_SEEDS", "139").split(",")]


@pytest.fixture(scope="session", params=SEEDS)
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """A district of this seed on SQLite; the two databases are held together by test_reach."""
    folder: Path = tmp_path_factory.mktemp("leaks")
    store = open_store(f"sqlite:///{folder}/central.db")
    migrate(store)
    files, keys = EvidenceFiles(folder / "evidence"), _keys(folder)
    district = cases.make(store, files, keys, request.param)
    given = settings(files, now_ms=lambda: NOW, keeper=Keeper(keys.galleries),
                     roster=district.roster, care=keys.care, replies=keys.replies,
                     must_have_second=frozenset())  # fmt: skip
    app = create_app(store, given)
    app.config["WTF_CSRF_ENABLED"] = False
    yield World(district, app)
    store.close()
    keys.care.store.close()


def _keys(folder: Path) -> Keys:
    care = open_store(f"sqlite:///{folder}/care.db")
    return Keys(
        GalleryKeys(folder / "galleries").prepare(),
        CareStore(care, PersonKeys(folder / "care-keys")).prepare(),
        PersonKeys(folder / "replies").prepare(),
    )
