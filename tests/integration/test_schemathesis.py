"""The API is what its own description says, for whoever calls it: schemathesis, every check.

`HUXIAO_API_EXAMPLES=200` looks deeper.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import pytest
from werkzeug.serving import make_server

from central.adapters.clock import now_ms
from central.adapters.evidence_files import EvidenceFiles
from central.adapters.galleries.keeping import Keeper
from central.adapters.galleries.keys import GalleryKeys
from central.adapters.registry.roster import Roster
from central.adapters.store import directory
from central.adapters.store.engine import Store, open_store
from central.adapters.store.migrating import migrate
from central.adapters.store.sign_ins import hash_of
from central.adapters.store.tables import API_TOKEN
from central.core.people import Role
from central.web.app import create_app
from tests.browser.served import Quiet, settings, settle
from tests.integration.case_district import open_one

EXAMPLES = os.environ.get("HUXIAO_API_EXAMPLES", "6")
CALLERS = {
    Role.DUTY_OFFICER: "edu",
    Role.DISTRICT_ADMIN: "edu",
    Role.SCHOOL_SAFETY_LEAD: "school:shiyan",
    Role.AUDITOR: "edu",
}

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900)]


@dataclass(frozen=True)
class Running:
    """A district's API on loopback."""

    address: str
    store: Store


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder: Path = tmp_path_factory.mktemp("api")
    store = open_store(f"sqlite:///{folder}/central.db")
    migrate(store)
    settle(store)
    with store.transaction() as connection:
        open_one(connection, now_ms())
        for role, unit in CALLERS.items():
            row = {"token_hash": hash_of(f"hx_{role}"), "name": role, "role": role,
                   "unit_code": unit, "created_at": 0}  # fmt: skip
            if "scopes" in API_TOKEN.c:
                row["scopes"] = "all"
            directory.add_token(connection, row)
    keys = GalleryKeys(folder / "galleries").prepare()
    given = settings(EvidenceFiles(folder / "evidence"), keeper=Keeper(keys), roster=Roster(keys))
    server = make_server("127.0.0.1", 0, create_app(store, given), threaded=True,
                         request_handler=Quiet)  # fmt: skip
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Running(f"http://127.0.0.1:{server.server_port}", store)
    server.shutdown()
    thread.join(timeout=5)
    server.server_close()
    store.close()


@pytest.mark.parametrize("role", CALLERS, ids=str)
def test_every_call_answers_as_described(
    running: Running, tmp_path: Path, role: Role, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [
        str(Path(sys.executable).with_name("schemathesis")), "run",
        f"{running.address}/api/v1/openapi.json",
        "--header", f"Authorization: Bearer hx_{role}",
        "--checks", "all", "--max-examples", EXAMPLES, "--seed", "139", "--no-color",
        "--continue-on-failure", "--generation-database", "none", "--generation-allow-x00", "false",
        "--suppress-health-check", "too_slow",  # of the making of data: what a busy machine fails
    ]  # fmt: skip
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    figures = re.findall(r"(?m)^.*(?:generated|Test cases|passed|failures?).*$", ran.stdout)[-3:]
    with capsys.disabled():
        print(f"\nschemathesis, {role}: {' | '.join(figures)}")  # noqa: T201 - the figure asked for
    assert ran.returncode == 0, ran.stdout[-40000:] + ran.stderr[-2000:]
