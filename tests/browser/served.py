"""The pages as a browser meets them: a real server on loopback, a district with people in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import IO, Any
from wsgiref.types import WSGIEnvironment

from argon2 import PasswordHasher
from sqlalchemy import update
from werkzeug.serving import WSGIRequestHandler, make_server

from central.adapters.clock import now_ms
from central.adapters.evidence_files import EvidenceFiles
from central.adapters.store.engine import Store, open_store
from central.adapters.store.migrating import migrate
from central.adapters.store.tables import ACCOUNT, SITE
from central.adapters.vault import Vault
from central.web.app import create_app
from central.web.settings import WebSettings
from tests.integration import case_district

PASSWORD = "yuehu-2026"  # noqa: S105 - of a district that lives for one test
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


@dataclass(frozen=True)
class Served:
    """A running district: its address, database and pictures."""

    address: str
    store: Store
    evidence: EvidenceFiles


def settled(folder: Path) -> tuple[Store, EvidenceFiles]:
    """Make a district on SQLite whose people can all sign in with `PASSWORD`."""
    store = open_store(f"sqlite:///{folder}/central.db")
    migrate(store)
    settle(store)
    return store, EvidenceFiles(folder / "evidence")


def settle(store: Store) -> None:
    """Fill a migrated database."""
    with store.transaction() as connection:
        case_district.settle(connection)
        connection.execute(update(ACCOUNT).values(password_hash=_HASH))
        named = {"yuehu": "Yuehu Lake", "bare": "Unnamed pond"}
        for site_id, name_en in named.items():
            connection.execute(
                update(SITE).where(SITE.c.site_id == site_id).values(name_en=name_en)
            )


def settings(evidence: EvidenceFiles, **changes: Any) -> WebSettings:
    """Give settings as a district on one machine has them."""
    given: dict[str, Any] = {
        "secret_key": b"a secret for tests, 32 bytes long",
        "evidence": evidence,
        "secure_cookies": False,
        "now_ms": now_ms,
        "public_url": "http://127.0.0.1",
        "vault": Vault(bytes(32)),
    }
    return WebSettings(**given | changes)


def _at_once(file: IO[bytes], _block_bytes: int = 0) -> list[bytes]:
    with file:
        return [file.read()]


class Quiet(WSGIRequestHandler):
    """A request is no news here, and a file is closed even where the browser has turned away."""

    def make_environ(self) -> WSGIEnvironment:
        """Let files be read at once: this server forgets those whose reader is gone."""
        return super().make_environ() | {"wsgi.file_wrapper": _at_once}

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        """Say nothing."""


@contextmanager
def serving(folder: Path, **changes: Any) -> Iterator[Served]:
    """Serve a district until the end of the block."""
    store, evidence = settled(folder)
    app = create_app(store, settings(evidence, **changes))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Served(f"http://127.0.0.1:{server.server_port}", store, evidence)
    finally:
        server.shutdown()
        thread.join(timeout=5)
        server.server_close()
        store.close()
