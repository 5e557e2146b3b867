"""Central's connection to the broker: takes what devices say, acknowledges only when told to."""

import logging
import queue
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from contract.topics import ALL_UP

LOG = logging.getLogger("huxiao.broker")

SESSION_EXPIRY_S = 7 * 24 * 3600
IN_FLIGHT = 1000
KEEPALIVE_S = 30


@dataclass(frozen=True, slots=True)
class Received:
    """One message as it came. `connection` says on which of our connections."""

    topic: str
    payload: bytes
    mid: int
    qos: int
    connection: int


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where the broker is, and who we are to it."""

    host: str
    port: int
    client_id: str
    tls_folder: Path | None


class Broker:
    """Reconnects by itself; what was not acknowledged comes again after a reconnect."""

    def __init__(self, address: BrokerAddress) -> None:
        self._address = address
        self._came: queue.SimpleQueue[Received] = queue.SimpleQueue()
        self._connection = 0
        self._published: Callable[[int], None] = lambda _mid: None
        self._client = self._made(address)

    @property
    def is_connected(self) -> bool:
        """Tell whether the broker has accepted us and we still hear it."""
        return bool(self._client.is_connected())

    def start(self) -> None:
        """Connect in the background, again and again until it works."""
        self._client.connect_async(self._address.host, self._address.port, KEEPALIVE_S,
                                   clean_start=False, properties=_session())  # fmt: skip
        self._client.loop_start()

    def stop(self) -> None:
        """Say good-bye and end the background thread."""
        self._client.disconnect()
        self._client.loop_stop()

    def take(self, most: int, timeout_s: float) -> list[Received]:
        """Give what has arrived, at most `most`; wait up to `timeout_s` for the first."""
        try:
            batch = [self._came.get(timeout=timeout_s)]
        except queue.Empty:
            return []
        while len(batch) < most:
            try:
                batch.append(self._came.get_nowait())
            except queue.Empty:
                break
        return batch

    def acknowledge(self, batch: Sequence[Received]) -> None:
        """Tell the broker that these are kept; those of an earlier connection come again."""
        for message in batch:
            if message.qos and message.connection == self._connection:
                self._client.ack(message.mid, message.qos)

    def publish(self, topic: str, payload: str | bytes, *, retain: bool = False) -> int | None:
        """Send at QoS 1; gives the number that `when_published` will name, None when offline."""
        if not self.is_connected:
            return None
        info = self._client.publish(topic, payload, qos=1, retain=retain)
        return info.mid if info.rc == mqtt.MQTT_ERR_SUCCESS else None

    def when_published(self, call: Callable[[int], None]) -> None:
        """Call with a publish's number once the broker has it (from the background thread)."""
        self._published = call

    def _made(self, address: BrokerAddress) -> mqtt.Client:
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=address.client_id,
                             protocol=mqtt.MQTTv5, manual_ack=True)  # fmt: skip
        if address.tls_folder:
            folder = address.tls_folder
            client.tls_set(
                str(folder / "ca.crt"),
                str(folder / "central.crt"),
                str(folder / "central.key"),
                tls_version=ssl.PROTOCOL_TLS_CLIENT,
            )
        client.reconnect_delay_set(1, 30)
        client.max_inflight_messages_set(IN_FLIGHT)
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        return client

    def _on_connect(
        self, client: mqtt.Client, _data: Any, _flags: Any, reason: ReasonCode, _props: Any
    ) -> None:
        if reason.is_failure:
            LOG.error("消息服务器拒绝连接 (broker refused us): %s", reason)
            return
        self._connection += 1
        LOG.info("已连上消息服务器 (connected to the broker)")
        client.subscribe(ALL_UP, qos=1)

    def _on_connect_fail(self, *_: Any) -> None:
        LOG.warning(
            "连不上消息服务器 %s:%s，继续重试 (cannot reach the broker, trying again)",
            self._address.host,
            self._address.port,
        )

    def _on_disconnect(
        self, _client: mqtt.Client, _data: Any, _flags: Any, reason: ReasonCode, _props: Any
    ) -> None:
        LOG.warning("与消息服务器断开 (disconnected from the broker): %s", reason)

    def _on_message(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = repr(message._topic)  # noqa: SLF001 - the library offers no raw topic
        self._came.put(
            Received(topic, bytes(message.payload), message.mid, message.qos, self._connection)
        )

    def _on_publish(
        self, _client: mqtt.Client, _data: Any, mid: int, reason: ReasonCode, _props: Any
    ) -> None:
        if reason.is_failure:
            LOG.error("消息服务器拒收一条下行消息 (broker refused a message of ours): %s", reason)
            return
        self._published(mid)


def _session() -> Properties:
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = SESSION_EXPIRY_S
    properties.ReceiveMaximum = IN_FLIGHT
    return properties
