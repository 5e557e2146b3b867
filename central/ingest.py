"""The listening loop: take what has arrived, keep it, say so, and only then acknowledge it."""

import logging
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from threading import Event, Lock
from typing import Literal, Protocol

from sqlalchemy import Connection, RowMapping
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from central.adapters.broker import Received
from central.adapters.store import down, quarantine
from central.adapters.store.engine import Store
from central.reception import NOTHING_TO_SAY, Reception, Verdict
from contract.messages import Receipt
from contract.reading import Reason
from contract.topics import ROOT, Down
from contract.topics import down as topic_down

LOG = logging.getLogger("huxiao.ingest")

BATCH = 100  # SQLite has one writer: a page must not wait for a thousand new cases
WAIT_S = 0.2
LONGEST_PAUSE_S = 10.0
MOST_SEQS = 200  # in one receipt
WRITTEN_LAST = frozenset({Down.GALLERY, Down.DESIRED, Down.COMMAND})
"""What is sealed or signed at the last moment."""
RETAINED = frozenset({Down.DESIRED})


class Wire(Protocol):
    """The broker as ingest sees it."""

    def take(self, most: int, timeout_s: float) -> list[Received]: ...

    def acknowledge(self, batch: Sequence[Received]) -> None: ...

    def publish(self, topic: str, payload: str | bytes, *, retain: bool = False) -> int | None: ...

    def when_published(self, call: Callable[[int], None]) -> None: ...


class Letters(Protocol):
    """Seals at the last moment what is queued as a plan only."""

    def written(self, connection: Connection, down: RowMapping, now_ms: int) -> bytes | None: ...


class Ingest:
    """Batches what has already arrived, never waits for more: quick when idle, big when busy."""

    def __init__(
        self, store: Store, wire: Wire, reception: Reception, now_ms: Callable[[], int],
        letters: Letters | None = None,
    ) -> None:  # fmt: skip
        self._store = store
        self._wire = wire
        self._reception = reception
        self._now_ms = now_ms
        self._letters = letters
        self._in_flight: dict[int, int] = {}  # the broker's number -> our row
        self._confirmed: list[int] = []
        self._lock = Lock()
        wire.when_published(self._when_published)

    def run(self, stop: Event) -> None:
        """Go on until told to stop; a database that is away is waited for, nothing is dropped."""
        failures = 0
        batch: list[Received] = []
        while not stop.is_set():
            try:
                batch = batch or self._wire.take(BATCH, WAIT_S)
                self.keep(batch)
                batch = []
                self.send_down()
                failures = 0
            except Exception:  # the loop's own: recorded, and tried again
                failures += 1
                LOG.exception("接收循环出错，稍后重试 (ingest failed, trying again)")
                most = min(LONGEST_PAUSE_S, 0.2 * 2**failures)
                stop.wait(random.uniform(0.1, most))  # noqa: S311 - spreads retries, guards nothing

    def keep(self, batch: Sequence[Received]) -> None:
        """Store a batch in one transaction; one that spoils it is stored or put aside alone."""
        if not batch:
            return
        now_ms = self._now_ms()
        try:
            with self._store.transaction() as connection:
                verdicts = [self._take(connection, message, now_ms) for message in batch]
        except OperationalError:
            raise  # away, locked or deadlocked: the whole batch again, a little later
        except Exception:
            LOG.exception("一批消息里有一条无法保存，改为逐条 (a batch failed, one by one now)")
            verdicts = [self._alone(message, now_ms) for message in batch]
        self._say_so(verdicts, now_ms)
        self._wire.acknowledge(batch)

    def send_down(self) -> None:
        """Publish what the case has for devices; a row is done once the broker has it."""
        with self._lock:
            confirmed, self._confirmed = self._confirmed, []
        if confirmed:
            with self._store.transaction() as connection:
                down.published(connection, confirmed, self._now_ms())
        with self._store.reading() as connection:
            rows = down.unpublished(connection, BATCH)
        waiting = set(self._in_flight.values())
        for row in rows:
            if row["id"] in waiting:
                continue
            topic = f"{ROOT}/{row['device_id']}/down/{row['leaf']}"
            payload = self._payload(row)
            if payload is None:
                with self._lock:
                    self._confirmed.append(row["id"])
                continue
            with self._lock:  # so that the broker's word cannot overtake our note of the number
                mid = self._wire.publish(topic, payload, retain=row["leaf"] in RETAINED)
                if mid is None:
                    self._in_flight.clear()
                    return
                self._in_flight[mid] = row["id"]

    def _payload(self, row: RowMapping) -> str | bytes | None:
        """Give what to publish; None for what a device may not be told any more."""
        if row["leaf"] not in WRITTEN_LAST:
            return str(row["body"])
        if self._letters is None:
            return None
        with self._store.reading() as connection:
            return self._letters.written(connection, row, self._now_ms())

    def _take(self, connection: Connection, message: Received, now_ms: int) -> Verdict:
        return self._reception.take(connection, message.topic, message.payload, now_ms)

    def _alone(self, message: Received, now_ms: int) -> Verdict:
        try:
            with self._store.transaction() as connection:
                return self._take(connection, message, now_ms)
        except OperationalError:
            raise
        except Exception as error:
            LOG.exception("消息无法保存，已隔离 (message put aside): %s", message.topic)
            reason = f"{type(error).__name__}: {error}"
            if isinstance(error, SQLAlchemyError):
                reason = f"{type(error).__name__}: {getattr(error, 'orig', error)}"
            with self._store.transaction() as connection:
                quarantine.put_aside(
                    connection, message.topic, message.payload, Reason.NOT_KEPT, reason, now_ms
                )
            return NOTHING_TO_SAY

    def _say_so(self, verdicts: Iterable[Verdict], now_ms: int) -> None:
        told: dict[tuple[str, str], list[Verdict]] = defaultdict(list)
        for verdict in verdicts:
            named = (verdict.seq, verdict.sha256, verdict.report, verdict.event)
            if any(one is not None for one in named):
                told[verdict.device_id, verdict.refused].append(verdict)
        for (device_id, reason), group in told.items():
            for start in range(0, len(group), MOST_SEQS):
                receipt = _receipt(group[start : start + MOST_SEQS], reason, now_ms)
                self._wire.publish(topic_down(device_id, Down.RECEIPT), receipt.model_dump_json())

    def _when_published(self, mid: int) -> None:
        with self._lock:
            row = self._in_flight.pop(mid, None)
            if row is not None:
                self._confirmed.append(row)


def _receipt(group: Sequence[Verdict], reason: str, now_ms: int) -> Receipt:
    status: Literal["stored", "refused"] = "refused" if reason else "stored"
    alone = group[0] if len(group) == 1 else NOTHING_TO_SAY
    return Receipt(
        seqs=tuple(verdict.seq for verdict in group if verdict.seq is not None),
        evidence=tuple(verdict.sha256 for verdict in group if verdict.sha256 is not None),
        reports=tuple(verdict.report for verdict in group if verdict.report is not None),
        events=tuple(verdict.event for verdict in group if verdict.event is not None),
        alert_id=alone.alert_id,
        incident_id=alone.incident_id,
        stored_at=datetime.fromtimestamp(now_ms / 1000, UTC),
        status=status,
        reason=reason,
    )
