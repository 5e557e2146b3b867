"""The device's connection to the district's broker: MQTT 5 over mutual TLS, by paho.

paho's own queue and reconnection are not used: each connection has a fresh client, and what is not
confirmed stays in the outbox. One thread drives it, so that nothing happens behind its back.
"""

import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, MQTTMessage, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from contract.topics import Up, all_down, up
from edge_agent.config import BrokerConfig
from edge_agent.ports import BrokerError, Happening, Lost, PubackSeen, Received

CONNECT_WITHIN_S = 10.0
SESSION_EXPIRY_S = 24 * 3600
_NOT_LET_IN = {0x84, 0x85, 0x86, 0x87, 0x8A, 0x8C, 0x9C, 0x9D}  # CONNACK codes that need a person
_OK = MQTTErrorCode.MQTT_ERR_SUCCESS


class _TidySocket(ssl.SSLSocket):
    """Closes itself where the handshake fails; paho would leave that to the garbage collector."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise


@dataclass(frozen=True, slots=True)
class Certificates:
    """Who we are, and whose word we take for who the broker is."""

    ca_file: Path
    cert_file: Path | None
    key_file: Path | None

    def context(self) -> ssl.SSLContext:
        """Give a TLS context.

        Raises:
            BrokerError: a file is missing, or is no certificate or key.
        """
        try:
            context = ssl.create_default_context(cafile=str(self.ca_file))
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            context.verify_flags |= ssl.VERIFY_X509_STRICT  # as Python 3.13 does by itself
            context.sslsocket_class = _TidySocket
            if self.cert_file is not None:
                context.load_cert_chain(self.cert_file, self.key_file)
        except (OSError, ssl.SSLError) as error:
            files = [str(f) for f in (self.ca_file, self.cert_file, self.key_file) if f]
            msg = f"证书或私钥无法读取 (certificate or key cannot be used): {error} {files}"
            raise BrokerError(msg, permanent=True) from error
        return context


class MqttBroker:
    """One device's door to the broker. `will` is published for us when we die without a word."""

    def __init__(self, device_id: str, config: BrokerConfig, will: Callable[[], bytes]) -> None:
        self._device_id = device_id
        self._config = config
        self._will = will
        self._client: Client | None = None
        self._happenings: list[Happening] = []
        self._answer: ReasonCode | None = None
        self._subscribed = False

    def connect(self) -> None:
        self._close()
        self._happenings, self._answer, self._subscribed = [], None, False
        client = self._made()
        where = f"{self._config.host}:{self._config.port}"
        try:
            client.connect(
                self._config.host,
                self._config.port,
                keepalive=self._config.keepalive_s,
                clean_start=False,
                properties=_session(),
            )
        except (OSError, ssl.SSLError, ValueError) as error:
            raise BrokerError(_why(error, where)) from error
        self._client = client
        self._until(lambda: self._answer is not None, where)
        self._check_let_in(where)
        client.subscribe(all_down(self._device_id), qos=1)
        self._until(lambda: self._subscribed, where)

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> int:
        if self._client is None:
            msg = "没有连接 (not connected)"
            raise BrokerError(msg)
        info = self._client.publish(topic, payload, qos=qos, retain=retain)
        if info.rc != _OK:
            msg = f"发送失败 (could not send): {info.rc.name}"
            raise BrokerError(msg)
        return info.mid

    def wait(self, most_s: float) -> list[Happening]:
        if self._client is None:
            return [Lost("没有连接 (not connected)")]
        if not self._happenings:
            state = self._client.loop(most_s)
            if state != _OK and not any(isinstance(h, Lost) for h in self._happenings):
                self._happenings.append(Lost(state.name))
        happenings, self._happenings = self._happenings, []
        return happenings

    def disconnect(self) -> None:
        """Say goodbye after what has been published, so that the will stays unsaid."""
        if self._client is not None:
            self._client.disconnect()
            deadline = time.monotonic() + 1.0
            while self._client.loop(0.05) == _OK and time.monotonic() < deadline:
                pass
        self._close()

    def _made(self) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._device_id,
            protocol=MQTTv5,
            reconnect_on_failure=False,
        )
        if self._config.ca_file is not None:
            files = (self._config.ca_file, self._config.cert_file, self._config.key_file)
            client.tls_set_context(Certificates(*files).context())
        client.connect_timeout = CONNECT_WITHIN_S
        client.will_set(up(self._device_id, Up.AVAILABILITY), self._will(), qos=1, retain=True)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        return client

    def _until(self, happened: Callable[[], bool], where: str) -> None:
        assert self._client is not None  # noqa: S101 - for the type checker
        deadline = time.monotonic() + CONNECT_WITHIN_S
        state = _OK
        while state == _OK and not happened() and time.monotonic() < deadline:
            state = self._client.loop(0.1)
        if happened():
            return
        self._close()
        msg = (
            f"消息服务器 {where} 没有应答,或不接受设备证书"
            f" (broker does not answer, or refuses our certificate): {state.name}"
        )
        raise BrokerError(msg)

    def _check_let_in(self, where: str) -> None:
        answer = self._answer
        if answer is not None and answer.is_failure:
            self._close()
            msg = (
                f"消息服务器 {where} 拒绝连接,请检查设备证书与登记"
                f" (broker refuses us: check certificate and registration): {answer}"
            )
            raise BrokerError(msg, permanent=answer.value in _NOT_LET_IN)

    def _close(self) -> None:
        if self._client is not None:
            self._client.on_disconnect = None
            sock = self._client.socket()
            if sock is not None:
                sock.close()
            self._client = None

    def _on_connect(self, *heard: Any) -> None:
        self._answer = heard[3]

    def _on_subscribe(self, *_heard: Any) -> None:
        self._subscribed = True

    def _on_disconnect(self, *heard: Any) -> None:
        self._happenings.append(Lost(str(heard[3])))

    def _on_publish(self, *heard: Any) -> None:
        publish_id, reason = heard[2], heard[3]
        refusal = str(reason) if reason is not None and reason.is_failure else ""
        self._happenings.append(PubackSeen(publish_id, refusal))

    def _on_message(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        self._happenings.append(Received(message.topic, bytes(message.payload)))


def _session() -> Properties:
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = SESSION_EXPIRY_S
    return properties


def _why(error: Exception, where: str) -> str:
    if isinstance(error, socket.gaierror):
        return f"找不到消息服务器 {where},请检查域名和网络 (no such host): {error.strerror}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"消息服务器 {where} 的证书不可信 (its certificate fails): {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"与消息服务器 {where} 的 TLS 握手失败 (TLS failed): {error.reason}"
    return f"连不上消息服务器 {where} (cannot connect): {error}"
