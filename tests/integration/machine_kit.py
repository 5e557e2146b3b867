"""A district's door for devices on loopback, and a device's folder that goes through it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from central.adapters.certificates import Authority, LockedError
from central.adapters.identities import alarm
from central.adapters.registrar import Registrar, Surroundings
from central.adapters.release_files import ReleaseFiles
from central.adapters.store.engine import Store
from central.adapters.tls_server import TlsServer
from central.web.machine_door import MachineDesk, machine_app
from contract.claims import BrokerPlace, Ticket
from tests.integration import case_district

DEVICE_ID = "water-001"
DAY_MS = 24 * 3600 * 1000


@dataclass
class Door:
    """The door, its district's authority, and the time there."""

    store: Store
    folder: Path
    now_ms: int
    port: int = 0
    hosts: tuple[str, ...] = ("localhost", "127.0.0.1")
    authority: Authority = field(init=False)
    trusted: bytes = b""
    anchor: str = ""
    is_locked: bool = False

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.use(Authority.make(datetime.fromtimestamp(self.now_ms / 1000, UTC)))

    def use(self, authority: Authority, *, beside: bytes = b"") -> None:
        """Sign with this authority; the server shows its certificate, too."""
        self.authority = authority
        self.trusted = authority.certificate + beside
        server = authority.for_server(self.hosts)
        self.anchor = authority.fingerprint
        (self.folder / "server.crt").write_bytes(server.certificate)
        (self.folder / "server.key").write_bytes(server.key)
        (self.folder / "ca.crt").write_bytes(self.trusted)

    @property
    def registrar(self) -> Registrar:
        place = BrokerPlace(host="127.0.0.1", port=8883)
        around = Surroundings(
            place, f"https://localhost:{self.port}", lambda: self.anchor, "SIGN", "ENROL"
        )
        return Registrar(self._opened, lambda: self.trusted, around)

    def _opened(self) -> Authority:
        if self.is_locked:
            msg = "the key is locked"
            raise LockedError(msg)
        return self.authority

    def claim(self, device_id: str = DEVICE_ID) -> Ticket:
        with self.store.transaction() as connection:
            return self.registrar.make_claim(connection, device_id, "account:wang", self.now_ms)

    def card(self, ticket: Ticket, folder: Path) -> Path:
        """Put a ticket on a card."""
        folder.mkdir(exist_ok=True)
        (folder / "claim.json").write_text(ticket.model_dump_json())
        return folder / "claim.json"


@contextmanager
def open_door(store: Store, folder: Path) -> Iterator[Door]:
    """Open it on a port of its own; the district has a device, and no certificate for it."""
    now_ms = int(datetime.now(UTC).timestamp() * 1000)
    door = Door(store, folder, now_ms)
    with store.transaction() as connection:
        case_district.settle(connection)

    desk = MachineDesk(
        store, door.registrar, lambda: door.now_ms, alarm, ReleaseFiles(folder / "releases")
    )
    server = TlsServer(("127.0.0.1", 0), folder, machine_app(desk))
    door.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield door
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
