import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contract.topics import Up, up
from edge_agent.adapters.broker import MqttBroker
from edge_agent.config import BrokerConfig, EdgeConfig, read_config
from edge_agent.link import Link
from edge_agent.ports import BrokerError, PubackSeen
from edge_agent.wiring.linking import made_link, opened_outbox, run_link
from tests.unit.edge.sending.brokers import (
    CLOSED,
    MUTUAL_TLS,
    Authority,
    Central,
    a_broker_config,
    free_port,
    mosquitto,
)
from tests.unit.edge.sending.sending_kit import JPEG, a_body, an_outbox, eventually

pytestmark = pytest.mark.stack


def a_door(broker: BrokerConfig, device_id: str = "water-001") -> MqttBroker:
    return MqttBroker(device_id, broker, lambda: b'{"online": false}')


def a_device(folder: Path, broker: BrokerConfig) -> EdgeConfig:
    config = read_config('device_id = "water-001"\nprofile = "water"\ndata_dir = "."', "", folder)
    return config.model_copy(update={"broker": broker})


@contextmanager
def running(link: Link) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=run_link, args=(link, stop, lambda: None))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20.0)
        assert not thread.is_alive()


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    chosen = free_port()
    with mosquitto(tmp_path, chosen):
        yield chosen


def test_an_alert_reaches_central_and_its_receipt_empties_the_outbox(
    tmp_path: Path, port: int
) -> None:
    central = Central.listening(port, answers=True)
    with opened_outbox(tmp_path) as box:
        link = made_link(a_device(tmp_path, a_broker_config(port)), box, dict)
        with running(link):
            alert = box.put(a_body(), [JPEG])
            assert json.loads(central.next_on("/up/alert"))["seq"] == alert.seq
            assert central.next_on(alert.evidence[0].sha256) == JPEG.content
            eventually(lambda: box.depth() == 0)
    assert json.loads(central.next_on("/availability"))["online"] is False
    central.close()


def test_a_device_that_dies_without_a_word_is_said_to_be_gone(port: int) -> None:
    central = Central.listening(port, answers=False)
    door = a_door(a_broker_config(port))
    door.connect()
    die(door)
    assert json.loads(central.next_on("/availability")) == {"online": False}
    central.close()


def test_a_device_that_says_goodbye_leaves_no_will(port: int) -> None:
    central = Central.listening(port, answers=False)
    door = a_door(a_broker_config(port))
    door.connect()
    door.publish(up("water-001", Up.AVAILABILITY), b"goodbye")
    door.disconnect()
    door.connect()
    door.publish(up("water-001", Up.AVAILABILITY), b"back")
    assert [central.next_on("/availability") for _ in range(2)] == [b"goodbye", b"back"]
    door.disconnect()
    central.close()


def test_what_is_put_while_the_broker_is_gone_arrives_when_it_is_back(tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "broker").mkdir()
    with opened_outbox(tmp_path) as box:
        link = made_link(a_device(tmp_path, a_broker_config(port)), box, dict)
        with running(link):
            put = [box.put(a_body()).seq for _ in range(100)]
            with mosquitto(tmp_path / "broker", port):
                central = Central.listening(port, answers=True)
                eventually(lambda: box.depth() == 0, within_s=30.0)
                assert set(central.seqs) == set(put)
                central.close()


def test_a_fresh_alert_does_not_wait_for_a_long_back_off(tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "broker").mkdir()
    with opened_outbox(tmp_path) as box:
        link = made_link(a_device(tmp_path, a_broker_config(port)), box, dict)
        for _ in range(12):  # an outage so long that pauses have grown to minutes
            link.turn()
        with running(link), mosquitto(tmp_path / "broker", port):
            central = Central.listening(port, answers=True)
            box.put(a_body(critical=True))
            eventually(lambda: box.depth() == 0, within_s=15.0)
            central.close()


def test_alerts_survive_a_broker_that_is_killed_again_and_again(tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "broker").mkdir()
    put: list[int] = []
    heard: set[int] = set()
    with opened_outbox(tmp_path) as box:
        link = made_link(a_device(tmp_path, a_broker_config(port)), box, dict)
        with running(link):
            for _ in range(3):
                put += [box.put(a_body()).seq for _ in range(40)]
                with mosquitto(tmp_path / "broker", port) as process:
                    central = Central.listening(port, answers=True)
                    central.wait_for_alerts(5)
                    process.kill()
                    process.wait()
                    heard |= set(central.seqs)
                    central.close()
            with mosquitto(tmp_path / "broker", port):
                central = Central.listening(port, answers=True)
                eventually(lambda: box.depth() == 0, within_s=60.0)
                heard |= set(central.seqs)
                central.close()
    assert heard == set(put)


def test_the_broker_refusing_is_no_connection(tmp_path: Path) -> None:
    port = free_port()
    with mosquitto(tmp_path, port, CLOSED), pytest.raises(BrokerError, match="拒绝") as raised:
        a_door(a_broker_config(port)).connect()
    assert raised.value.permanent


@pytest.mark.parametrize(
    ("host", "words"), [("127.0.0.1", "连不上"), ("no-such-host.invalid", "no-such-host")]
)
def test_a_broker_that_is_not_there_is_said_in_words(host: str, words: str) -> None:
    config = a_broker_config(free_port(), host=host)
    with pytest.raises(BrokerError, match=words):
        a_door(config).connect()


def test_a_certificate_lets_its_device_in_and_only_as_itself(tmp_path: Path) -> None:
    port, authority = free_port(), Authority(tmp_path)
    authority.issue("server")
    cert, key = authority.issue("water-001")
    config = a_broker_config(port, ca_file=authority.file, cert_file=cert, key_file=key)
    with mosquitto(tmp_path, port, MUTUAL_TLS):
        door = a_door(config)
        door.connect()
        assert answer(door, up("water-001", Up.ALERT)).refusal == ""
        assert "Not authorized" in answer(door, up("water-002", Up.ALERT)).refusal
        door.disconnect()


def test_without_a_certificate_of_ours_nobody_gets_in(tmp_path: Path) -> None:
    port, authority = free_port(), Authority(tmp_path)
    authority.issue("server")
    with mosquitto(tmp_path, port, MUTUAL_TLS), pytest.raises(BrokerError):
        a_door(a_broker_config(port, ca_file=authority.file)).connect()


def test_a_broker_with_a_certificate_of_somebody_else_is_not_believed(tmp_path: Path) -> None:
    port, authority = free_port(), Authority(tmp_path)
    authority.issue("server")
    stranger = Authority(tmp_path, "stranger")
    cert, key = authority.issue("water-001")
    config = a_broker_config(port, ca_file=stranger.file, cert_file=cert, key_file=key)
    with mosquitto(tmp_path, port, MUTUAL_TLS), pytest.raises(BrokerError, match="不可信"):
        a_door(config).connect()


def test_a_missing_certificate_file_is_named(tmp_path: Path) -> None:
    config = a_broker_config(1, ca_file=tmp_path / "absent.crt")
    with pytest.raises(BrokerError, match=r"absent\.crt") as raised:
        a_door(config).connect()
    assert raised.value.permanent


def test_a_broker_out_of_reach_is_one_line_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with an_outbox(tmp_path) as box:
        link = made_link(a_device(tmp_path, a_broker_config(free_port())), box, dict)
        pauses = [link.turn() for _ in range(5)]
    assert all(pause > 0 for pause in pauses)
    assert len([r for r in caplog.records if r.name == "huxiao.link"]) == 1


def answer(door: MqttBroker, topic: str) -> PubackSeen:
    publish_id = door.publish(topic, b"{}")
    seen: list[PubackSeen] = []

    def has_come() -> bool:
        happenings = [h for h in door.wait(0.1) if isinstance(h, PubackSeen)]
        seen.extend(h for h in happenings if h.publish_id == publish_id)
        return bool(seen)

    eventually(has_come)
    return seen[0]


def die(door: MqttBroker) -> None:
    """End the connection as a power cut would: no DISCONNECT."""
    door._close()  # noqa: SLF001 - a death is nothing that the class offers
