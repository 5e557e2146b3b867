"""A real mosquitto on loopback, with and without TLS, and a central that hears and answers."""

import json
import queue
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from paho.mqtt.client import Client, MQTTMessage, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion

from edge_agent.config import BrokerConfig
from tests.unit.edge.sending.sending_kit import AT, eventually

MOSQUITTO = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
PLAIN = "allow_anonymous true\n"
CLOSED = "allow_anonymous false\n"
MUTUAL_TLS = """allow_anonymous false
cafile {folder}/ca.crt
certfile {folder}/server.crt
keyfile {folder}/server.key
require_certificate true
use_identity_as_username true
acl_file {folder}/acl
"""
ACL = "pattern write huxiao/v1/%u/up/#\npattern read huxiao/v1/%u/down/#\n"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def mosquitto(folder: Path, port: int, rules: str = PLAIN) -> Iterator[subprocess.Popen[bytes]]:
    """Run mosquitto until the block ends; `rules` are its listener's."""
    assert MOSQUITTO, "mosquitto is not installed"
    (folder / "acl").write_text(ACL)
    config = folder / "mosquitto.conf"
    config.write_text(
        f"listener {port} 127.0.0.1\nmax_queued_messages 0\nuser root\n"
        + rules.format(folder=folder)
    )
    process = subprocess.Popen([MOSQUITTO, "-c", config], stderr=subprocess.DEVNULL)
    try:
        eventually(lambda: _answers(port))
        yield process
    finally:
        process.terminate()
        process.wait(10)


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1.0):
        return True
    return False


@dataclass
class Central:
    """Hears everything that devices say, and may answer with receipts."""

    client: Client
    heard: "queue.SimpleQueue[tuple[str, bytes]]"
    seqs: list[int]

    @classmethod
    def listening(cls, port: int, *, answers: bool) -> Self:
        client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv5)
        central = cls(client, queue.SimpleQueue(), [])
        client.user_data_set(answers)
        client.on_connect = lambda *heard: heard[0].subscribe("huxiao/v1/+/up/#", qos=1)
        client.on_message = central._on_message
        subscribed: list[Any] = []
        client.on_subscribe = lambda *heard: subscribed.append(heard)
        client.reconnect_delay_set(1, 1)
        client.connect("127.0.0.1", port)
        client.loop_start()
        eventually(lambda: subscribed)
        return central

    def _on_message(self, client: Client, answers: object, message: MQTTMessage) -> None:
        payload = bytes(message.payload)
        self.heard.put((message.topic, payload))
        if message.topic.endswith("/up/alert"):
            seq = json.loads(payload)["seq"]
            self.seqs.append(seq)
            if answers:
                receipt = {"seqs": [seq], "stored_at": AT.isoformat(), "status": "stored"}
                topic = message.topic.replace("/up/alert", "/down/receipt")
                client.publish(topic, json.dumps(receipt), qos=1)

    def next_on(self, leaf: str) -> bytes:
        while True:
            topic, payload = self.heard.get(timeout=10.0)
            if topic.endswith(leaf):
                return payload

    def wait_for_alerts(self, count: int) -> None:
        eventually(lambda: len(self.seqs) >= count, within_s=30.0)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


class Authority:
    """A certificate authority for one test."""

    def __init__(self, folder: Path, name: str = "ca") -> None:
        self.folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named("test authority")
        certificate = self._signed(self._name, self._key, is_ca=True)
        self.file = folder / f"{name}.crt"
        self.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def issue(self, name: str) -> tuple[Path, Path]:
        """Give the files of a certificate and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._signed(_named(name), key, is_ca=False)
        files = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        files[1].write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return files

    def _signed(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, *, is_ca: bool
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        address = x509.IPAddress(ip_address("127.0.0.1"))
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([address]), critical=False)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
                critical=False,
            )
            .add_extension(_usage(is_ca=is_ca), critical=True)
            .sign(self._key, hashes.SHA256())
        )


def _usage(*, is_ca: bool) -> x509.KeyUsage:
    """Give what Python 3.13's strict verification demands of a certificate."""
    return x509.KeyUsage(
        digital_signature=not is_ca,
        key_cert_sign=is_ca,
        crl_sign=is_ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def a_broker_config(port: int, **changes: Any) -> BrokerConfig:
    fields = {"port": port, **{key: str(value) for key, value in changes.items()}}
    return BrokerConfig.model_validate_json(json.dumps(fields))
