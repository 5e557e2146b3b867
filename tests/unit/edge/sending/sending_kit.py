"""What the tests of voice, outbox, link and button share."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import uuid_utils

from contract.messages import AlertBody, Receipt
from contract.scenarios import Kind, Scenario, Severity
from edge_agent.adapters.alarm_desk import AlarmDesk
from edge_agent.adapters.outbox import SqliteOutbox
from edge_agent.adapters.signals import Signals
from edge_agent.button import AlarmButton
from edge_agent.ports import EvidenceFile, RequestBox, Timepiece
from edge_agent.simulated import NoRequests

AT = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
JPEG = EvidenceFile("image/jpeg", b"\xff\xd8 not really a picture \xff\xd9")


def a_body(*, critical: bool = False, device_id: str = "water-001") -> AlertBody:
    return AlertBody(
        alert_id=str(uuid_utils.uuid7()),
        device_id=device_id,
        boot_id="boot-1",
        scenario=Scenario.DROWNING_RISK,
        kind=Kind.LINE_CROSSED if critical else Kind.OVERSTAY,
        severity=Severity.CRITICAL if critical else Severity.WARNING,
        occurred_at=AT,
    )


def a_picture(number: int) -> EvidenceFile:
    return EvidenceFile("image/jpeg", b"picture %d" % number)


def stored(*seqs: int, evidence: tuple[str, ...] = ()) -> Receipt:
    return Receipt(seqs=seqs, evidence=evidence, stored_at=AT, status="stored")


class ButtonAndDesk(AlarmButton):
    """A button whose desk has its round in each of the button's own, on the test's clock."""

    def __init__(
        self,
        signals: Signals,
        box: SqliteOutbox,
        body_of: Callable[[], AlertBody],
        time: Timepiece,
        requests: RequestBox | None = None,
    ) -> None:
        self.desk = AlarmDesk(box, requests or NoRequests())
        super().__init__(signals, self.desk, body_of, time)

    def turn(self) -> float:
        super().turn()
        for news in self.desk.turn():
            self.hear(news)
            self.wait(0.0)
        self.desk.turn()
        return super().turn()


@contextmanager
def an_outbox(
    folder: Path, timepiece: Timepiece | None = None, boot: str | None = "boot-1"
) -> Iterator[SqliteOutbox]:
    box = SqliteOutbox(folder / "outbox.db", folder / "evidence", timepiece, boot)
    try:
        yield box
    finally:
        box.close()


def eventually(condition: Callable[[], object], within_s: float = 10.0) -> None:
    """Wait for something that another thread or process does."""
    tick = threading.Event()
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        tick.wait(0.01)
