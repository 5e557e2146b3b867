"""A device that is revoked is off the broker within seconds, and others do not notice."""

import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest

from central.adapters.broker_config import write_revocations
from central.adapters.certificates import Authority, name_of_key
from central.adapters.registering import revoke
from central.adapters.revoking import Revoking
from central.adapters.store import certificates
from central.adapters.store.engine import Store
from central.config import BrokerSection
from tests.integration import case_district
from tests.integration.case_district import NOON
from tests.integration.test_broker import Party
from tests.servers.mosquitto import Mosquitto, wait_until

pytestmark = pytest.mark.stack


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    broker = Mosquitto(tmp_path / "broker")
    broker.start()
    yield broker
    broker.stop()


def test_an_open_session_ends_and_does_not_come_back(mosquitto: Mosquitto, store: Store) -> None:
    parties = {}
    with store.transaction() as connection:
        case_district.settle(connection)
    for device_id in ("water-001", "water-002"):
        folder, issued = mosquitto.identity(device_id)
        of = (name_of_key(issued.certificate), mosquitto.authority.fingerprint)
        with store.transaction() as connection:
            certificates.put(connection, device_id, issued, of, NOON)
        parties[device_id] = Party(folder, "device", device_id).connect(mosquitto.device_port)
    lost: list[str] = []
    for device_id, party in parties.items():
        party.client.on_disconnect = lambda *_, name=device_id: lost.append(name)
    section = BrokerSection(port=mosquitto.central_port, device_port=mosquitto.device_port)
    revoking = Revoking(store, mosquitto.folder, section, lambda: [mosquitto.authority])
    assert not revoking.settle(NOON).is_new
    with store.transaction() as connection:
        revoke(connection, "water-001", "lost", "account:wang", NOON)
    outcome = revoking.settle(NOON)
    assert (outcome.is_told, outcome.ended) == (True, ("water-001",))
    wait_until(lambda: "water-001" in lost, what="the end of the session")
    wait_until(lambda: mosquitto.says("certificate verify failed") or mosquitto.says("revoked"),
               what="the refusal of its next connection")  # fmt: skip
    assert not parties["water-001"].client.is_connected()
    assert parties["water-002"].client.is_connected()
    assert "water-002" not in lost
    assert not revoking.settle(NOON).is_new
    for party in parties.values():
        party.leave()


def test_a_broker_that_cannot_be_told_is_told_later(mosquitto: Mosquitto, store: Store) -> None:
    with store.transaction() as connection:
        case_district.settle(connection)
        _, issued = mosquitto.identity("water-001")
        of = (name_of_key(issued.certificate), mosquitto.authority.fingerprint)
        certificates.put(connection, "water-001", issued, of, NOON)
        revoke(connection, "water-001", "lost", "account:wang", NOON)
    section = BrokerSection(port=mosquitto.central_port, device_port=mosquitto.device_port)
    revoking = Revoking(store, mosquitto.folder, section, lambda: [mosquitto.authority])
    pid = mosquitto.folder / "mosquitto.pid"
    kept = pid.read_text()
    pid.unlink()
    assert not revoking.settle(NOON).is_told
    assert not revoking.settle(NOON + 1).is_new  # not each second anew
    pid.write_text(kept)
    assert revoking.settle(NOON + 60_000).is_told


def test_while_two_authorities_are_trusted_devices_of_both_come_in(
    mosquitto: Mosquitto, store: Store
) -> None:
    """And a revoked one of either does not, nor does anybody of the former once it is over."""
    old = mosquitto.authority
    with store.transaction() as connection:
        case_district.settle(connection)
    first, _ = mosquitto.identity("water-001")
    new = Authority.make(datetime.now(UTC))
    bundle = new.certificate + old.certificate
    (mosquitto.folder / "ca.crt").write_bytes(bundle)
    write_revocations(mosquitto.folder, [new, old], [])
    mosquitto.stop()
    mosquitto.start()
    mosquitto.authority = new
    second, issued = mosquitto.identity("water-002")
    (second / "ca.crt").write_bytes(bundle)  # as a device has it after its renewal
    for folder, device_id in ((first, "water-001"), (second, "water-002")):
        Party(folder, "device", device_id).connect(mosquitto.device_port).leave()
    write_revocations(mosquitto.folder, [new, old], [issued.serial])
    os.kill(int((mosquitto.folder / "mosquitto.pid").read_text()), signal.SIGHUP)
    wait_until(lambda: is_refused(second, "water-002", mosquitto.device_port), what="the refusal")
    assert not is_refused(first, "water-001", mosquitto.device_port)


def is_refused(folder: Path, device_id: str, port: int) -> bool:
    party = Party(folder, "device", device_id)
    try:
        party.client.connect("127.0.0.1", port)
        while party.client.loop(0.1) == mqtt.MQTT_ERR_SUCCESS:
            if party.client.is_connected():
                return False
    except OSError:
        pass
    finally:
        party.client.disconnect()
    return True
