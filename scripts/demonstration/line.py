"""Put the whole line up: broker, central, receivers of notifications, a water-fence device."""

import base64
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts.demonstration import device, receivers
from scripts.demonstration.district import District, settle
from scripts.demonstration.processes import Processes, free_port, is_listening, wait_for


@dataclass(frozen=True)
class Wishes:
    """What the visitor asked for."""

    data: Path
    port: int = 8600
    video: str | None = None
    headless: bool = False


@dataclass(frozen=True)
class Line:
    """A line that is up."""

    district: District
    address: str
    parts: Processes
    device_folder: Path
    said: Path
    voice: str

    @property
    def outbox(self) -> Path:
        """The device's own file."""
        return self.device_folder / "state" / "outbox.db"


@contextmanager
def running(wishes: Wishes, tell: Callable[[str], None]) -> Iterator[Line]:
    """Start every part, tell each step, and stop all of it at the end.

    Raises:
        DemoError: a part that does not start or ends by itself, with the end of its log.
    """
    data = wishes.data
    web, devices, central, mail, webhook = (
        free_port(wishes.port), *(free_port() for _ in range(4)),
    )  # fmt: skip
    parts = Processes(data / "logs")
    parts.logs.mkdir(parents=True)
    tell("建立示范区县 making a small district: 证书 certificates, 人员 people, 设备 device")
    district = settle(data, devices, central)
    _tell_where_to_notify(data, mail, webhook)
    mail_server, _ = receivers.start_mail(data / "mail", mail)
    try:
        tell("启动消息服务器、平台、设备 starting broker, central, device")
        _start_central(parts, data, devices, web)
        yield _start_device(wishes, district, parts, (devices, web))
    finally:
        tell("停止全部进程 stopping everything")
        parts.stop()
        mail_server.stop()


def _tell_where_to_notify(data: Path, mail: int, webhook: int) -> None:
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
    with (data / "central.toml").open("a", encoding="utf-8") as config:
        config.write(f"""
[email]
host = "127.0.0.1"
port = {mail}
sender = "huxiao@demo.invalid"

[[webhooks]]
name = "jczz"
url = "http://127.0.0.1:{webhook}/events"
secret = "{secret}"
""")
    receivers.start_webhook(data / "webhooks", webhook, secret)


def _start_central(parts: Processes, data: Path, devices: int, web: int) -> None:
    parts.start("broker", ["mosquitto", "-c", data / "broker" / "mosquitto.conf"])
    wait_for("消息服务器 broker", lambda: is_listening(devices), parts)
    serve = ["huxiao-central", "serve", "--host", "127.0.0.1", "--port", str(web)]
    parts.start("central", serve, env={"HUXIAO_DATA": str(data)})
    wait_for("平台 central", lambda: is_listening(web), parts)


def _start_device(
    wishes: Wishes, district: District, parts: Processes, ports: tuple[int, int]
) -> Line:
    devices, web = ports
    said = wishes.data / "said"
    sink, about = device.sink(said, headless=wishes.headless)
    config = device.write_config(wishes.data, wishes.video, devices, sink)
    for process in ("link", "watch"):
        command = ["huxiao-edge", "run", process, "--config", config, "--simulate"]
        parts.start(f"device-{process}", command)
    return Line(district, f"http://127.0.0.1:{web}", parts, config.parent, said, about)
