"""Makes a revocation felt: the broker's list, and the sessions that are open all the same.

mosquitto reads its list of revoked certificates again on SIGHUP, which keeps new connections out
and leaves open ones open. So central then comes in the device's own name, with a certificate that
lasts an hour: by MQTT's own rule the older session ends, and with it all that was queued for it.
"""

import logging
import os
import signal
import ssl
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from central.adapters.broker_config import write_revocations
from central.adapters.certificates import Authority, Issued, LockedError, write_secret
from central.adapters.store import certificates
from central.adapters.store.engine import Store
from central.config import BrokerSection, ConfigError

LOG = logging.getLogger("huxiao.broker")

WITHIN_S = 5.0
AGAIN_MS = 30_000
REREAD_S = 1.0  # what the broker is given to read its list again


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: was there anything new, does the broker know, whose sessions were ended."""

    is_new: bool
    is_told: bool = True
    ended: tuple[str, ...] = ()


class Revoking:
    """Keeps the broker's list as the database has it. `told` in its folder says how far it came."""

    def __init__(
        self, store: Store, folder: Path, broker: BrokerSection,
        authorities: Callable[[], Sequence[Authority]],
    ) -> None:  # fmt: skip
        self._store = store
        self._folder = folder
        self._broker = broker
        self._authorities = authorities
        self._again_at = 0

    def settle(self, now_ms: int) -> Outcome:
        """Write the list, tell the broker, end sessions; again a little later where that fails."""
        with self._store.reading() as connection:
            wanted = certificates.revoked(connection, now_ms)
            fresh = sorted(set(wanted) - self._told())
            devices = certificates.devices_of(connection, fresh)
        if not fresh or now_ms < self._again_at:
            return Outcome(is_new=False)
        self._again_at = now_ms + AGAIN_MS
        try:
            authorities = self._authorities()
        except (LockedError, ConfigError, OSError) as error:
            LOG.error("吊销列表没有更新 (the list of revoked could not be signed): %s", error)  # noqa: TRY400 - one line in words
            return Outcome(is_new=True, is_told=False)
        write_revocations(self._folder, authorities, wanted)
        if not self._reread():
            return Outcome(is_new=True, is_told=False)
        ended = tuple(one for one in devices if self._end(authorities[0], one))
        (self._folder / "revoked.told").write_text("\n".join(wanted), "ascii")
        self._again_at = 0
        return Outcome(is_new=True, ended=ended)

    def _told(self) -> set[str]:
        try:
            return set((self._folder / "revoked.told").read_text("ascii").split())
        except (OSError, UnicodeDecodeError):
            return set()

    def _reread(self) -> bool:
        try:
            os.kill(int((self._folder / "mosquitto.pid").read_text("ascii")), signal.SIGHUP)
        except (OSError, ValueError) as error:
            LOG.error("通知不了消息服务器重读吊销列表，请 systemctl reload huxiao-broker "  # noqa: TRY400 - one line in words
                      "(the broker could not be told): %s", error)  # fmt: skip
            return False
        time.sleep(REREAD_S)
        return True

    def _end(self, authority: Authority, device_id: str) -> bool:
        """Take a device's session over and close it; False where the broker does not answer."""
        with tempfile.TemporaryDirectory() as place:
            try:
                context = _context(self._folder, authority.for_an_hour(device_id), Path(place))
                is_over = _taken_over(self._broker.device_port, device_id, context)
            except OSError as error:
                LOG.warning("断不开 %s (its session could not be ended): %s", device_id, error)
                return False
        if is_over:
            LOG.warning("已断开被吊销的设备 (the session of a revoked device ended): %s", device_id)
        return is_over


def _context(folder: Path, issued: Issued, place: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(folder / "ca.crt"))
    (place / "crt").write_bytes(issued.certificate)
    write_secret(place / "key", issued.key)
    context.load_cert_chain(place / "crt", place / "key")
    return context


def _taken_over(port: int, device_id: str, context: ssl.SSLContext) -> bool:
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=device_id, protocol=mqtt.MQTTv5)
    client.tls_set_context(context)
    client.connect_timeout = WITHIN_S
    client.connect("127.0.0.1", port, clean_start=True)
    until = time.monotonic() + WITHIN_S
    while not client.is_connected() and time.monotonic() < until:
        if client.loop(0.1) != mqtt.MQTT_ERR_SUCCESS:
            break
    is_over = client.is_connected()
    client.disconnect()
    return is_over
