"""How soon people are told: `python -m tests.benchmarks.telling [ALERTS] [DATABASE_URL]`.

A worker of its own process watches the database; alerts are stored here, one by one as a broker
would bring them, and a mail server notes when each letter is first handed over to it. Prints the
percentiles from the commit that stores an alert to the first attempt of any of its letters, and
from the button to its station's. SQLite in a fresh folder unless a URL is given.
"""

import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from central.adapters.clock import now_ms
from central.adapters.evidence_files import EvidenceFiles
from central.adapters.store import directory
from central.adapters.store.engine import open_store
from central.reception import Reception
from scripts.demonstration.district import DEVICE_ID, SITE_ID, District, settle
from scripts.demonstration.processes import Processes, free_port
from tests.integration.case_district import an_alert
from tests.servers.mail import MailServer, mail_server_of

STATION = "minjing@demo.invalid"
BETWEEN_S = 0.25
WARM_UP_S = 8.0


@dataclass
class Clocked(MailServer):
    """Notes when each recipient's letter begins to be handed over."""

    first: list[tuple[float, str]] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: object
    ) -> str:
        self.first.append((time.time(), address))
        return await super().handle_RCPT(server, session, envelope, address, options)


def main() -> None:
    """Print a line for each of the two."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with tempfile.TemporaryDirectory() as place, mail_server_of(Clocked) as mail:
        folder = Path(place)
        url = sys.argv[2] if len(sys.argv) > 2 else f"sqlite:///{folder}/central.db"
        district = _settled(folder, url, mail.port)
        parts = Processes(folder)
        parts.start("worker", ["huxiao-central", "worker", "--data", district.data, "--db", url])
        try:
            time.sleep(WARM_UP_S)
            soon, station = _measured(folder, url, mail, count)
        finally:
            parts.stop()
    _say("alert stored -> first attempt", soon)
    _say("button -> station's attempt", station)


def _measured(folder: Path, url: str, mail: Clocked, count: int) -> tuple[list[float], list[float]]:
    store, reception = open_store(url), Reception(EvidenceFiles(folder / "evidence"))
    soon, station = [], []
    for number in range(count):
        is_button = bool(number % 2)
        device = "gate-001" if is_button else DEVICE_ID
        changes = {"device_id": device, "zone_id": f"z{number}", "severity": "critical"}
        if is_button:
            changes |= {"scenario": "campus_four_100", "kind": "button_pressed"}
        alert = an_alert(number + 1, now_ms(), **changes)
        before = len(mail.first)
        with store.transaction() as connection:
            topic = f"huxiao/v1/{device}/up/alert"
            reception.take(connection, topic, alert.model_dump_json().encode(), now_ms())
        stored = time.time()
        deadline = stored + 30
        while time.time() < deadline:
            new = mail.first[before:]
            wanted = [at for at, to in new if not is_button or to == STATION]
            if wanted:
                soon.append(new[0][0] - stored)
                if is_button:
                    station.append(wanted[0] - stored)
                break
            time.sleep(0.005)
        time.sleep(BETWEEN_S)
    store.close()
    return soon, station


def _settled(folder: Path, url: str, mail_port: int) -> District:
    district = settle(folder / "data", free_port(), free_port(), url)
    with (district.data / "central.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'\n[email]\nhost = "127.0.0.1"\nport = {mail_port}\n'
                       'sender = "huxiao@demo.invalid"\n')  # fmt: skip
    district.central("user", "add", "minjing", "--name", "民警", "--role", "station_officer",
                     "--unit", "station:yuelin", "--email", STATION)  # fmt: skip
    store = open_store(url)
    with store.transaction() as connection:
        gate = {"device_id": "gate-001", "site_id": SITE_ID, "profile": "gate", "created_at": 0}
        directory.add_device(connection, gate)
    store.close()
    return district


def _say(what: str, took: list[float]) -> None:
    found = sorted(took)
    if not found:
        sys.stdout.write(f"{what}: nothing\n")
        return
    at = {p: found[min(len(found) - 1, int(len(found) * p / 100))] * 1000 for p in (50, 95, 99)}
    sys.stdout.write(
        f"{what}: n {len(found)}, p50 {at[50]:.0f} ms, p95 {at[95]:.0f} ms, p99 {at[99]:.0f} ms,"
        f" most {found[-1] * 1000:.0f} ms\n"
    )


if __name__ == "__main__":
    main()
