"""A channel whose provider takes only so many letters, by the clock of the test."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from sqlalchemy import select

from central.adapters.store.engine import Store
from central.adapters.store.tables import NOTIFICATION
from central.core.delivery import Failure
from central.ports import Answer, DeliveryError, Letter, Limits
from tests.integration.case_district import NOON

MINUTE_MS = 60_000


@dataclass
class Watch:
    """A clock that stands still until it is set."""

    now_ms: int = NOON

    def __call__(self) -> int:
        return self.now_ms


@dataclass
class Limited:
    """Takes `per_minute` letters a minute and refuses what is more, as robots do."""

    clock: Callable[[], int]
    per_minute: int = 20
    limits: Limits = field(default_factory=Limits)
    addresses: tuple[str, ...] = ()
    got: list[tuple[int, Letter]] = field(default_factory=list)
    refused: int = 0
    _lock: Lock = field(default_factory=Lock)

    def everyone(self) -> Sequence[str]:
        return self.addresses

    def deliver(self, letter: Letter) -> Answer:
        with self._lock:
            now = self.clock()
            recent = [at for at, _ in self.got if at > now - MINUTE_MS]
            if len(recent) >= self.per_minute:
                self.refused += 1
                msg = "130101 send too fast"
                raise DeliveryError(msg, failure=Failure.RATE_LIMITED, retry_after_s=60.0)
            self.got.append((now, letter))
            return Answer("accepted", "0 ok", f"p-{letter.letter_id}")


@dataclass
class Later(Limited):
    """Says later what became of the letters that it took."""

    known: dict[str, Answer | DeliveryError] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def receipts(self, asked: Mapping[str, str]) -> Mapping[str, Answer | DeliveryError]:
        self.asked += asked
        return {one: self.known[one] for one in asked if one in self.known}


def letters(store: Store, **wanted: Any) -> list[dict[str, Any]]:
    """Give the notifications, as they were written."""
    query = select(NOTIFICATION).order_by(NOTIFICATION.c.created_at, NOTIFICATION.c.notification_id)
    for name, value in wanted.items():
        query = query.where(NOTIFICATION.c[name] == value)
    with store.reading() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


@dataclass
class Refusing:
    """Takes nothing, and says why."""

    failure: Failure
    permanent: bool = False
    limits: Limits = field(default_factory=Limits)

    def everyone(self) -> Sequence[str]:
        return ()

    def deliver(self, letter: Letter) -> Answer:
        answer = f"550 {letter.address}: no"
        raise DeliveryError(answer, permanent=self.permanent, failure=self.failure)
