"""Sends what is due: claimed in one transaction, handed over in none, recorded in another."""

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sqlalchemy import Connection

from central.adapters.store import notifications, timeline
from central.adapters.store.engine import Store
from central.adapters.store.notifications import Claimed
from central.adapters.store.timeline import spoken
from central.core.delivery import MOST_TRIES, State, next_try_at
from central.ports import Channel, DeliveryError

THREADS = 8
EVERYONE = "*"


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How one try ended. `answer` is the provider's own."""

    state: State
    answer: str
    retry_after_s: float | None = None


def send_due(store: Store, channels: Mapping[str, Channel], now_ms: int) -> int:
    """Try every notification that is due once, and give how many were tried.

    Several workers may send at once: each notification is tried by the one that has claimed it.
    A worker that dies over a try leaves it to be claimed again, so that a recipient may get it
    twice under the same id, but never not at all. A slow provider holds up one thread only.
    """
    with store.reading() as connection:
        due = notifications.count_due(connection, now_ms)
    if not due:
        return 0
    with store.transaction() as connection:
        addresses = {name: channel.everyone() for name, channel in channels.items()}
        notifications.spread(connection, EVERYONE, addresses, now_ms)
    desk = _Desk(store, channels, now_ms, time.monotonic())
    with ThreadPoolExecutor(THREADS, "deliver") as pool:
        working = [pool.submit(desk.work) for _ in range(min(THREADS, due + len(channels)))]
    return sum(one.result() for one in working)


@dataclass(frozen=True, slots=True)
class _Desk:
    """What the threads of one round share."""

    store: Store
    channels: Mapping[str, Channel]
    now_ms: int
    started: float

    def work(self) -> int:
        """Claim, hand over and record, one by one, until nothing is due."""
        done = 0
        while claimed := self._claim():
            outcome = _try(self.channels, claimed)
            at_ms = self.now_ms + round((time.monotonic() - self.started) * 1000)
            with self.store.transaction() as connection:
                _record(connection, claimed, outcome, at_ms)
            done += 1
        return done

    def _claim(self) -> Claimed | None:
        with self.store.transaction() as connection:
            return notifications.claim(connection, self.now_ms)


def _try(channels: Mapping[str, Channel], claimed: Claimed) -> _Outcome:
    channel = channels.get(claimed.channel)
    if channel is None:
        words = "没有配置此通道 / this channel is not configured in central.toml"
        return _Outcome(State.FAILED, f"{claimed.channel}: {words}")
    if claimed.attempt > MOST_TRIES:
        return _Outcome(State.FAILED, "多次中断,已放弃 / broken off too often, given up")
    try:
        answer = channel.deliver(claimed.letter)
    except DeliveryError as error:
        state = State.FAILED if error.permanent else State.SENDING
        return _Outcome(state, str(error), error.retry_after_s)
    return _Outcome(State(answer.state), answer.text)


def _record(connection: Connection, claimed: Claimed, outcome: _Outcome, at_ms: int) -> None:
    state = outcome.state
    if state is State.SENDING:
        again = next_try_at(claimed.attempt, at_ms, outcome.retry_after_s)
        if again is not None:
            notifications.try_again(connection, claimed, outcome.answer, again)
            return
        state = State.FAILED
    if notifications.settle(connection, claimed, state, outcome.answer, at_ms):
        entry = spoken(
            "notice_failed" if state is State.FAILED else "notice_out",
            f"{_WORDS[state][0]}:{claimed.channel} → {claimed.recipient}",
            f"{_WORDS[state][1]}: {claimed.channel} → {claimed.recipient}",
            notification_id=claimed.letter.letter_id,
            state=state,
            attempt=claimed.attempt,
        )
        timeline.tell(connection, claimed.letter.incident_id, at_ms, entry)


_WORDS = {
    State.SENT: ("通知已发出", "notice sent"),
    State.ACCEPTED: ("通知已发出,对方服务器已受理", "notice accepted by the provider"),
    State.DELIVERED: ("通知已送达", "notice delivered"),
    State.READ: ("通知已读", "notice read"),
    State.FAILED: ("通知未能送达", "notice not delivered"),
}
