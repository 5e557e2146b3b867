"""One running district for each database, shared by the stories: each has its own incidents."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.databases import DATABASES, Cluster
from tests.scenarios.stage import Stage, running_stage


@pytest.fixture(scope="session", params=DATABASES)
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
          ) -> Iterator[Stage]:  # fmt: skip
    folder: Path = tmp_path_factory.mktemp(f"stage-{request.param}")
    url = f"sqlite:///{folder}/central.db"
    if request.param == "postgresql":
        cluster: Cluster = request.getfixturevalue("cluster")
        url = cluster.fresh_database()
    with running_stage(folder, url) as running:
        yield running
