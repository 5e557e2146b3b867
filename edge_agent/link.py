"""The talking process: from the outbox to the broker, and central's receipts back.

It never sleeps on a full outbox and never trusts the broker's word: an alert leaves only when
central's receipt names it. One thread, one loop; `turn` is one round of it.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from contract.messages import (
    MAX_EVIDENCE_BYTES,
    Alert,
    Availability,
    Heartbeat,
    Receipt,
    Reported,
)
from contract.reading import MessageError, read
from contract.topics import Down, Up, down, up
from edge_agent.core.backoff import Backoff
from edge_agent.core.replay_order import Pace
from edge_agent.ports import (
    Broker,
    BrokerError,
    EvidenceBag,
    Happening,
    Lost,
    OutboxError,
    Postbag,
    PubackSeen,
    Received,
    Timepiece,
)

LOG = logging.getLogger("huxiao.link")

POLL_S = 0.05  # how long a new alert may lie before it is seen
MOST_IN_FLIGHT = 16  # below the 20 that a broker allows by default
HELD_S = 10.0  # a connection that held so long was a good one
MOST_START_JITTER_S = 10.0
MOST_RECEIPT_BYTES = 256 * 1024  # one for a whole batch, after an outage
REPORT_AGAIN_S = 3600.0  # a commissioning report that central has not answered
STUCK_S = 60.0  # a broker that takes so long over one message has lost it
OUTBOX_REST_S = 2.0


class Bag(Postbag, EvidenceBag, Protocol):
    """All that the link takes from the outbox."""

    def record_health(self, name: str, body: Mapping[str, object]) -> None: ...


@dataclass(frozen=True, slots=True)
class Vitals:
    """What the device says of itself, read afresh each time."""

    heartbeat: Callable[[], Heartbeat]
    reported: Callable[[], Reported]
    availability: Callable[[bool], Availability]


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often and how fast; `chance` draws the jitter, 0 to 1."""

    replay_per_s: float
    heartbeat_s: float
    chance: Callable[[], float]


class Link:
    """What the loop knows: connected since when, what the broker still holds, when to try again."""

    def __init__(
        self, device_id: str, broker: Broker, bag: Bag, vitals: Vitals, rhythm: Rhythm,
        timepiece: Timepiece,
    ) -> None:  # fmt: skip
        self._device_id = device_id
        self._broker = broker
        self._bag = bag
        self._vitals = vitals
        self._rhythm = rhythm
        self._time = timepiece
        self._backoff = Backoff()
        self._pace = Pace(rhythm.replay_per_s)
        self._in_flight: set[int] = set()
        self._moved_at = 0.0
        self._connected_at: float | None = None
        self._beat_at = 0.0
        self._state = ""
        self._is_acked = False
        self._clock = ""
        self._listeners: dict[str, Callable[[bytes], bool]] = {}
        self._reports: Callable[[], Sequence[bytes]] = tuple
        self._reported_at: dict[bytes, float] = {}
        self._settle_reports: Callable[[Receipt], None] = lambda _: None
        self._answers: Callable[[], Sequence[tuple[Up, bytes]]] = tuple

    def listen(self, leaf: Down, hear: Callable[[bytes], bool]) -> None:
        """Pass on what comes on a leaf; where `hear` says so, the device reports itself anew."""
        self._listeners[down(self._device_id, leaf)] = hear

    def report(
        self, reports: Callable[[], Sequence[bytes]], settle: Callable[[Receipt], None]
    ) -> None:
        """Learn where the commissioning's reports are that nobody has answered, oldest first.

        Each connection brings them, and every hour again, until `settle` has heard the receipt.
        The newest stays with the broker.
        """
        self._reports, self._settle_reports = reports, settle

    def answer(self, answers: Callable[[], Sequence[tuple[Up, bytes]]]) -> None:
        """Learn where answers to what central asked come from: each is sent once."""
        self._answers = answers

    @property
    def is_connected(self) -> bool:
        return self._connected_at is not None

    def turn(self) -> float:
        """Go round once; give the seconds to pause before the next, 0 while connected."""
        try:
            if self._connected_at is None:
                self._connect()
            for happening in self._broker.wait(POLL_S):
                self._handle(happening)
            if self.is_connected:
                self._send()
        except BrokerError as error:
            self._lose(str(error))
        except OutboxError as error:
            self._tell(str(error), logging.ERROR)
            return OUTBOX_REST_S
        return 0.0 if self.is_connected else self._pause_s()

    def has_news(self) -> bool:
        """Tell whether something fresh waits: worth trying the broker sooner for."""
        with suppress(OutboxError):
            return any(not alert.is_late for alert in self._bag.due(1))
        return False

    def close(self) -> None:
        """Say that the device goes, so that nobody takes it for dead."""
        if not self.is_connected:
            return
        try:
            self._say(Up.AVAILABILITY, self._vitals.availability(False), retain=True)
            self._broker.disconnect()
        except BrokerError as error:
            self._lose(str(error))
        self._connected_at = None

    def _connect(self) -> None:
        self._broker.connect()
        now = self._time.monotonic()
        self._connected_at = self._moved_at = now
        self._in_flight.clear()
        self._is_acked = False
        self._bag.all_due_again()
        backlog_s = self._bag.depth() / self._rhythm.replay_per_s
        jitter_s = self._rhythm.chance() * min(MOST_START_JITTER_S, backlog_s)
        self._pace = self._pace.started(now + jitter_s)
        self._say(Up.AVAILABILITY, self._vitals.availability(True), retain=True)
        self._say(Up.REPORTED, self._vitals.reported(), retain=True)
        self._reported_at = {}
        self._beat_at = now
        self._tell("已连接消息服务器 (connected to the broker)", logging.INFO)

    def _handle(self, happening: Happening) -> None:
        match happening:
            case Lost(reason):
                self._lose(f"与消息服务器的连接断开 (connection lost): {reason}")
            case PubackSeen(publish_id, refusal):
                self._in_flight.discard(publish_id)
                self._moved_at = self._time.monotonic()
                self._is_acked = self._is_acked or not refusal
                if refusal:
                    self._tell(f"消息服务器拒收,请检查权限 (broker refuses a message): {refusal}")
            case Received(topic, payload):
                if topic == down(self._device_id, Down.RECEIPT):
                    self._settle(payload)
                elif topic in self._listeners and self._listeners[topic](payload):
                    self._say(Up.REPORTED, self._vitals.reported(), retain=True)

    def _settle(self, payload: bytes) -> None:
        try:
            receipt = read(Receipt, payload, max_bytes=MOST_RECEIPT_BYTES)
        except MessageError as error:
            LOG.warning("看不懂的回执,忽略 (receipt cannot be read): %s", error)
            return
        self._bag.settle(receipt)
        if receipt.reports:
            self._settle_reports(receipt)

    def _send(self) -> None:
        now = self._time.monotonic()
        if now >= self._beat_at:
            self._beat_at = now + self._rhythm.heartbeat_s
            beat = self._vitals.heartbeat()
            self._clock = beat.clock.value
            self._say(Up.HEARTBEAT, beat, qos=0)
            self._note()
            self._send_reports(now)
        if self._in_flight and now - self._moved_at > STUCK_S:
            self._broker.disconnect()
            self._lose("消息服务器不再确认,重新连接 (broker confirms nothing, connecting anew)")
            return
        for leaf, payload in self._answers():
            self._publish(up(self._device_id, leaf), payload)
        room = MOST_IN_FLIGHT - len(self._in_flight)
        if room > 0 and not self._send_alerts(now, room):
            self._send_file()

    def _send_reports(self, now: float) -> None:
        before, self._reported_at = self._reported_at, {}
        for report in self._reports():
            sent_at = before.get(report, float("-inf"))
            if now - sent_at >= REPORT_AGAIN_S:
                self._publish(up(self._device_id, Up.COMMISSIONING), report, retain=True)
                sent_at = now
            self._reported_at[report] = sent_at

    def _send_alerts(self, now: float, room: int) -> bool:
        self._pace = self._pace.earned(now)
        due = self._bag.due(room)
        fresh = [alert for alert in due if not alert.is_late]
        late = [alert for alert in due if alert.is_late][: self._pace.allowed]
        chosen = [*fresh, *late][:room]
        sent = []
        try:
            for alert in chosen:
                self._say(Up.ALERT, alert)
                sent.append(alert.seq)
        finally:
            if sent:
                self._bag.sent(sent)
        self._pace = self._pace.spent(sum(alert.is_late for alert in chosen))
        return bool(chosen)

    def _send_file(self) -> None:
        """One file at a time, and only when the broker holds nothing else of ours."""
        if self._in_flight:
            return
        for file in self._bag.files_due(1):
            parts = _parts(file.content)
            for number, part in enumerate(parts, start=1):
                rest = file.sha256 if len(parts) == 1 else f"{file.sha256}/{number}/{len(parts)}"
                self._publish(up(self._device_id, Up.EVIDENCE, rest), part)
            self._bag.file_sent(file.sha256)

    def _say(
        self,
        leaf: Up,
        message: Availability | Heartbeat | Reported | Alert,
        *,
        qos: int = 1,
        retain: bool = False,
    ) -> None:
        topic = up(self._device_id, leaf)
        self._publish(topic, message.model_dump_json().encode(), qos=qos, retain=retain)

    def _publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> None:
        publish_id = self._broker.publish(topic, payload, qos=qos, retain=retain)
        if qos:
            self._moved_at = self._moved_at if self._in_flight else self._time.monotonic()
            self._in_flight.add(publish_id)

    def _lose(self, reason: str) -> None:
        now = self._time.monotonic()
        if self._connected_at is not None and now - self._connected_at >= HELD_S:
            self._backoff = self._backoff.reset()
        self._connected_at = None
        self._tell(reason)

    def _pause_s(self) -> float:
        pause_s = self._backoff.wait_s(self._rhythm.chance())
        self._backoff = self._backoff.failed()
        return pause_s

    def _tell(self, state: str, level: int = logging.WARNING) -> None:
        """One line for each change, not for each failure."""
        if state != self._state:
            LOG.log(level, "%s", state)
            self._state = state
            with suppress(OutboxError):  # said already, by whoever needed the file more
                self._note()

    def _note(self) -> None:
        """Leave word for `doctor`, which must not connect in our name while we are."""
        said = {"is_connected": self.is_connected, "said": self._state}
        more = {"is_acked": self._is_acked, "clock": self._clock}
        self._bag.record_health("link", {**said, **more})


def _parts(content: bytes) -> list[bytes]:
    size = MAX_EVIDENCE_BYTES
    return [content[start : start + size] for start in range(0, len(content), size)] or [b""]
