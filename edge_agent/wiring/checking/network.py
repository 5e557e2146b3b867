"""The way to the district: the broker, and the certificates that open its door."""

import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from contract.messages import Availability
from edge_agent.adapters.broker import Certificates, MqttBroker
from edge_agent.adapters.clock import boot_id
from edge_agent.config import BrokerConfig, EdgeConfig
from edge_agent.core.checks import Finding, State
from edge_agent.ports import BrokerError, OutboxError
from edge_agent.wiring.linking import has_outbox, opened_outbox

CONNECT_WITHIN_S = 10.0
SOON_DAYS = 30
DAY_S = 86_400.0
LINK_FRESH = timedelta(minutes=3)

_NETWORK = "请检查网线、地址和防火墙 (check cable, address, firewall)"
_CERTIFICATE = (
    "systemctl status huxiao-renew;不行就向区里要新的入网码,再 huxiao-edge enrol --claim claim.json"
    " (or ask the district for a new claim, and enrol)"
)
_ENROL = "向区里要入网码,再 huxiao-edge enrol --claim claim.json (ask for a claim, and enrol)"


def check_certificates(config: EdgeConfig) -> Iterator[Finding]:
    """Look whether the certificate files can be used, and until when."""
    files = config.broker
    if files.ca_file is None:
        said = "与平台的连接没有加密 (not encrypted: no ca_file)"
        yield Finding("certificate", "warn", said, "huxiao-central device add ... --bundle")
        return
    try:
        Certificates(files.ca_file, files.cert_file, files.key_file).context()
    except BrokerError as error:
        yield _unusable("certificate", error)
        return
    for file in filter(None, (files.ca_file, files.cert_file)):
        yield _until(file)


def _unusable(name: str, error: Exception) -> Finding:
    """Tell a device that has not enrolled yet from one whose certificate is no good."""
    if isinstance(error.__cause__, FileNotFoundError):
        return Finding(name, "fail", "还没有入网,没有证书 (not enrolled: no certificate)", _ENROL)
    return Finding(name, "fail", str(error), _CERTIFICATE)


def _until(file: Path) -> Finding:
    name = f"certificate.{file.name}"
    openssl = shutil.which("openssl")
    if openssl is None:
        return Finding(name, "warn", "没有 openssl,无法看有效期 (cannot tell until when)")
    shown = subprocess.run(  # noqa: S603 - a file that our config names
        [openssl, "x509", "-noout", "-enddate", "-in", file],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    try:
        left_s = ssl.cert_time_to_seconds(shown.strip().removeprefix("notAfter=")) - time.time()
    except ValueError:
        return Finding(name, "fail", f"{file}: 不是证书 (not a certificate)", _CERTIFICATE)
    days = left_s / DAY_S
    state: State = "fail" if days < 0 else "warn" if days < SOON_DAYS else "ok"
    said = f"{file}: 剩余 {days:.0f} 天 (days left)"
    return Finding(name, state, said, "" if state == "ok" else _CERTIFICATE)


def check_broker(config: EdgeConfig) -> Iterator[Finding]:
    """Look how far the door opens: network, TLS, and whether the broker lets this device in."""
    where = f"{config.broker.host}:{config.broker.port}"
    try:
        with socket.create_connection(
            (config.broker.host, config.broker.port), timeout=CONNECT_WITHIN_S
        ) as plain:
            yield Finding("broker.network", "ok", where)
            if config.broker.ca_file is not None:
                yield _tls(config.broker, plain)
    except OSError as error:
        yield Finding("broker.network", "fail", f"{where}: {error}", _NETWORK)
        return
    yield _link_says(config) or _let_in(config)


def _tls(broker: BrokerConfig, plain: socket.socket) -> Finding:
    try:
        assert broker.ca_file is not None  # noqa: S101 - for the type checker
        context = Certificates(broker.ca_file, broker.cert_file, broker.key_file).context()
        with context.wrap_socket(plain, server_hostname=broker.host) as secure:
            return Finding("broker.tls", "ok", f"{secure.version()}")
    except (BrokerError, ssl.SSLError, OSError) as error:
        return _unusable("broker.tls", error)


def _link_says(config: EdgeConfig) -> Finding | None:
    """Ask the running link: to connect in its name would throw it off."""
    if not has_outbox(config.data_dir):
        return None
    try:
        with opened_outbox(config.data_dir) as outbox:
            row = outbox.health().get("link")
    except OutboxError:
        return None  # the outbox's own check says it
    if row is None or datetime.now(UTC) - row.at > LINK_FRESH:
        return None
    state: State = "ok" if row.body.get("is_connected") else "fail"
    return Finding("broker.login", state, f"link: {row.body.get('said', '')}")


def _let_in(config: EdgeConfig) -> Finding:
    will = Availability(online=False, boot_id=boot_id(), at=datetime.now(UTC))
    door = MqttBroker(config.device_id, config.broker, lambda: will.model_dump_json().encode())
    try:
        door.connect()
        door.disconnect()
    except BrokerError as error:
        return _unusable("broker.login", error)
    return Finding("broker.login", "ok", "平台接受本设备 (the broker lets this device in)")
