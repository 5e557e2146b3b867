"""Who is who on the broker: the certificate decides, and nobody speaks in another's name.

What is tested is delivery, not the broker's answer: a denied subscription is "granted", too.
"""

import queue
import ssl
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tests.servers.mosquitto import Mosquitto, wait_until

pytestmark = pytest.mark.stack


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    broker = Mosquitto(tmp_path / "broker")
    broker.start()
    yield broker
    broker.stop()


class Party:
    """A client with a certificate; `came` is what was delivered to it."""

    def __init__(self, folder: Path, name: str, client_id: str = "") -> None:
        self.came: queue.SimpleQueue[tuple[str, bytes]] = queue.SimpleQueue()
        self.refusals: list[str] = []
        self.subscribed = 0
        self.client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=client_id or name, protocol=mqtt.MQTTv5
        )
        own = (str(folder / f"{name}.crt"), str(folder / f"{name}.key"))
        self.client.tls_set(str(folder / "ca.crt"), *own, tls_version=ssl.PROTOCOL_TLS_CLIENT)
        self.client.on_message = lambda _c, _d, m: self.came.put((m.topic, bytes(m.payload)))
        self.client.on_subscribe = lambda *_: setattr(self, "subscribed", self.subscribed + 1)

    def connect(self, port: int) -> "Party":
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        wait_until(self.client.is_connected, what="the connection")
        return self

    def hear(self, topic: str) -> None:
        before = self.subscribed
        self.client.subscribe(topic, qos=1)
        wait_until(lambda: self.subscribed > before, what="the subscription")

    def next(self) -> tuple[str, bytes]:
        return self.came.get(timeout=10)

    def heard_nothing(self) -> bool:
        return self.came.empty()

    def leave(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def parties() -> Iterator[list[Party]]:
    there: list[Party] = []
    yield there
    for party in there:
        party.leave()


def central(mosquitto: Mosquitto, parties: list[Party]) -> Party:
    party = Party(mosquitto.folder, "central", "huxiao-central").connect(mosquitto.central_port)
    parties.append(party)
    return party


def device(mosquitto: Mosquitto, parties: list[Party], device_id: str) -> Party:
    folder, _ = mosquitto.identity(device_id)
    party = Party(folder, "device", device_id).connect(mosquitto.device_port)
    parties.append(party)
    return party


def test_a_device_is_heard_on_its_own_topics_only(
    mosquitto: Mosquitto, parties: list[Party]
) -> None:
    listening = central(mosquitto, parties)
    listening.hear("huxiao/v1/+/up/#")
    thief = device(mosquitto, parties, "water-002")
    thief.client.publish("huxiao/v1/water-001/up/alert", b"forged", qos=1)
    thief.client.publish("huxiao/v1/water-002/down/receipt", b"forged", qos=1)
    thief.client.publish("huxiao/v1/water-002/up/alert", b"own", qos=1)
    assert listening.next() == ("huxiao/v1/water-002/up/alert", b"own")
    assert listening.heard_nothing()


def test_a_device_hears_what_is_meant_for_it_only(
    mosquitto: Mosquitto, parties: list[Party]
) -> None:
    speaking = central(mosquitto, parties)
    curious = device(mosquitto, parties, "water-002")
    for topic in ("huxiao/v1/water-001/down/#", "huxiao/v1/+/down/#", "#",
                  "huxiao/v1/water-002/down/#"):  # fmt: skip
        curious.hear(topic)
    speaking.client.publish("huxiao/v1/water-001/down/receipt", b"secret", qos=1)
    speaking.client.publish("huxiao/v1/water-002/down/receipt", b"own", qos=1)
    topic, payload = curious.next()
    assert (topic, payload) == ("huxiao/v1/water-002/down/receipt", b"own")
    assert all(heard == b"own" for _, heard in drained(curious))


def test_nobody_takes_over_another_devices_session(
    mosquitto: Mosquitto, parties: list[Party]
) -> None:
    honest = device(mosquitto, parties, "water-001")
    folder, _ = mosquitto.identity("water-002")
    parties.append(Party(folder, "device", "water-001").connect(mosquitto.device_port))
    listening = central(mosquitto, parties)
    listening.hear("huxiao/v1/+/up/#")
    honest.client.publish("huxiao/v1/water-001/up/alert", b"still here", qos=1)
    assert listening.next() == ("huxiao/v1/water-001/up/alert", b"still here")
    assert honest.client.is_connected()


def test_a_device_is_nothing_on_centrals_own_listener(
    mosquitto: Mosquitto, parties: list[Party]
) -> None:
    folder, _ = mosquitto.identity("water-001")
    sly = Party(folder, "device", "water-001").connect(mosquitto.central_port)
    parties.append(sly)
    sly.hear("huxiao/v1/+/up/#")
    honest = device(mosquitto, parties, "water-002")
    listening = central(mosquitto, parties)
    listening.hear("huxiao/v1/+/up/#")
    honest.client.publish("huxiao/v1/water-002/up/alert", b"private", qos=1)
    assert listening.next()[1] == b"private"
    assert sly.heard_nothing()


def test_without_a_certificate_of_ours_there_is_no_connection(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    stranger = Mosquitto(tmp_path / "elsewhere")
    folder, _ = stranger.identity("water-001")
    (folder / "ca.crt").write_bytes(mosquitto.authority.certificate)
    assert not admitted(Party(folder, "device", "water-001"), mosquitto.device_port)


def test_a_revoked_certificate_is_no_longer_admitted(
    mosquitto: Mosquitto, parties: list[Party]
) -> None:
    folder, issued = mosquitto.identity("water-001")
    assert admitted(Party(folder, "device", "water-001"), mosquitto.device_port)
    mosquitto.revoke([issued.serial])
    assert not admitted(Party(folder, "device", "water-001"), mosquitto.device_port)
    device(mosquitto, parties, "water-002")


def admitted(party: Party, port: int) -> bool:
    """Try once; with TLS 1.3 a refused certificate shows at the first read."""
    outcome: list[bool] = []
    party.client.on_connect = lambda *_: outcome.append(True)
    party.client.on_disconnect = lambda *_: outcome.append(False)
    try:
        party.client.connect("127.0.0.1", port)
        while not outcome:
            if party.client.loop(timeout=0.5) != mqtt.MQTT_ERR_SUCCESS:
                outcome.append(False)
    except (ssl.SSLError, OSError):
        return False
    finally:
        party.client.disconnect()
    return outcome[0]


def drained(party: Party) -> list[tuple[str, bytes]]:
    found = []
    while not party.came.empty():
        found.append(party.came.get())
    return found
