"""A real broker on loopback with the configuration that `huxiao-central init` writes."""

import os
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from central.adapters.broker_config import write_broker_config, write_revocations
from central.adapters.certificates import Authority, Issued, write_secret
from central.config import BrokerSection


def wait_until(ready: Callable[[], bool], within_s: float = 20.0, what: str = "") -> None:
    """Wait for something that must come; a test that waits in vain fails with its name."""
    until = time.monotonic() + within_s
    while not ready():
        assert time.monotonic() < until, f"waited {within_s} s in vain for {what or ready}"
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Mosquitto:
    """The broker; `stop` and `start` again, and what it kept is still there."""

    folder: Path
    device_port: int = field(default_factory=free_port)
    central_port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.authority = Authority.make(datetime.now(UTC))
        section = BrokerSection(port=self.central_port, device_port=self.device_port)
        write_broker_config(self.folder, self.authority, section)
        if os.geteuid() == 0:  # pytest's folders are root's own
            with (self.folder / "mosquitto.conf").open("a") as conf:
                conf.write("\nuser root\n")

    def start(self) -> None:
        environment = os.environ | {"PATH": f"{os.environ['PATH']}:/usr/sbin"}
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                ["mosquitto", "-c", self.folder / "mosquitto.conf"], stderr=log, env=environment
            )
        wait_until(self.is_up, what=f"mosquitto, see {self.folder / 'log'}")

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait()
            self.process = None

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def is_up(self) -> bool:
        return all(_answers(port) for port in (self.device_port, self.central_port))

    def revoke(self, serials: list[str]) -> None:
        write_revocations(self.folder, [self.authority], serials)
        self.stop()
        self.start()

    def says(self, words: str) -> bool:
        """Tell whether something stands in its log."""
        return words in (self.folder / "log").read_text("utf-8", "replace")

    def identity(self, device_id: str) -> tuple[Path, Issued]:
        """Make a device's certificate, in a folder of its own."""
        issued = self.authority.for_client(device_id)
        place = self.folder / f"device-{device_id}-{issued.serial[:6]}"
        place.mkdir()
        (place / "ca.crt").write_bytes(self.authority.certificate)
        (place / "device.crt").write_bytes(issued.certificate)
        write_secret(place / "device.key", issued.key)
        return place, issued


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
