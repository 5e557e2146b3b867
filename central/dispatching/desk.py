"""One letter after another: claimed, handed over, recorded; and a round of all that are due."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from central.adapters.registry.filling import Filler
from central.adapters.store import notifications, sending
from central.adapters.store.engine import Store
from central.adapters.store.sending import Claimed, Terms
from central.core.delivery import (
    HAS_GONE_OUT,
    MAY_HAVE_ARRIVED,
    MOST_TRIES,
    Failure,
    State,
    is_final,
    next_question_at,
    next_try_at,
)
from central.core.quiet_hours import QuietHours, quiet_now
from central.incidents import outcomes
from central.ports import Answer, Channel, DeliveryError, Letter, Limits, TellsLater

THREADS = 8
MOST_BROKEN_OFF = MOST_TRIES


def as_written(letter: Letter, _recipient: str) -> Letter:
    """Leave a letter as it is."""
    return letter


@dataclass(slots=True)
class Desk:
    """Hands letters over; safe to be used by many threads and beside other processes.

    `in_hand` are the letters that are being tried just now, by their ids.
    """

    store: Store
    channels: Mapping[str, Channel]
    now_ms: Callable[[], int]
    quiet: tuple[QuietHours, ...] = ()
    invite: Callable[[Letter, str], Letter] = as_written
    """Puts a one-time link into what goes to somebody without an account."""
    filler: Filler | None = None
    """Puts names and addresses of families in."""
    in_hand: dict[str, Claimed] = field(default_factory=dict)

    def spread(self) -> None:
        """Write what is for all addresses of a channel to each of them."""
        now_ms = self.now_ms()
        addresses = {name: channel.everyone() for name, channel in self.channels.items()}
        while self._has_unspread(now_ms):
            with self.store.transaction() as connection:
                if not notifications.spread(connection, sending.EVERYONE, addresses, now_ms):
                    return  # another worker is at it

    def _has_unspread(self, now_ms: int) -> bool:
        with self.store.reading() as connection:
            return notifications.has_unspread(connection, sending.EVERYONE, now_ms)

    def work(self, channel: str, *, only_life_safety: bool = False) -> int:
        """Try the letters of a channel one by one until none is due; give how many."""
        done = 0
        with self.store.transaction() as connection:
            claimed = self._claim(connection, channel, only_life_safety=only_life_safety)
        while claimed:
            self.in_hand[claimed.letter.letter_id] = claimed
            try:
                outcome = self._handed_over(claimed)
                with self.store.transaction() as connection:
                    _record(connection, claimed, outcome, self.now_ms())
                    then = self._claim(connection, channel, only_life_safety=only_life_safety)
            finally:
                self.in_hand.pop(claimed.letter.letter_id, None)
            done, claimed = done + 1, then
        return done

    def _handed_over(self, claimed: Claimed) -> "_Outcome":
        """Put in the names and addresses of families, in the last moment, and hand over."""
        letter = self.invite(claimed.letter, claimed.recipient)
        if self.filler is None or not self.filler.needs(letter):
            return _try(self.channels, replace(claimed, letter=letter))
        try:
            with self.store.transaction() as connection:
                made = self.filler.filled(connection, letter, self.now_ms())
        except DeliveryError as error:
            return _Outcome(refusal=error)
        outcome = _try(self.channels, replace(claimed, letter=made.letter))
        return outcome.in_words_of(made.unsaid)

    def renew(self) -> None:
        """Keep what is in hand from being taken over by others."""
        held = list(self.in_hand.values())
        if held:
            with self.store.transaction() as connection:
                sending.renew(connection, held, self.now_ms())

    def _claim(
        self, connection: Connection, channel: str, *, only_life_safety: bool
    ) -> Claimed | None:
        now_ms = self.now_ms()
        known = self.channels.get(channel)
        limits = known.limits if known else Limits()
        terms = Terms(limits, quiet_now(self.quiet, channel, now_ms))
        return sending.claim(connection, channel, now_ms, terms, only_life_safety=only_life_safety)


def send_due(
    store: Store,
    channels: Mapping[str, Channel],
    now_ms: int,
    quiet: tuple[QuietHours, ...] = (),
    invite: Callable[[Letter, str], Letter] = as_written,
    filler: Filler | None = None,
) -> int:
    """Try every notification that is due once, and give how many were tried.

    Several workers may send at once: each notification is tried by the one that has claimed it.
    A worker that dies over a try leaves it to be claimed again, so that a recipient may get it
    twice under the same id, but never not at all. A slow provider holds up its own letters only.
    """
    started = time.monotonic()

    def clock() -> int:
        return now_ms + round((time.monotonic() - started) * 1000)

    desk = Desk(store, channels, clock, quiet, invite, filler)
    desk.spread()
    with store.reading() as connection:
        due = sending.lanes(connection, now_ms)
    with ThreadPoolExecutor(THREADS, "deliver") as pool:
        working = [
            pool.submit(desk.work, lane.channel)
            for lane in due
            for _ in range(min(THREADS // 2, lane.waiting))
        ]
    return sum(one.result() for one in working)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How one try ended: the provider's answer, or its refusal."""

    answer: Answer | None = None
    refusal: DeliveryError | None = None
    asks_later: bool = False

    def in_words_of(self, said: Callable[[str], str]) -> "_Outcome":
        """Give it with the provider's words as they may be kept."""
        answer, refusal = self.answer, self.refusal
        if answer is not None:
            answer = replace(answer, text=said(answer.text), provider_id=said(answer.provider_id))
        if refusal is not None:
            refusal = DeliveryError(
                said(str(refusal)),
                permanent=refusal.permanent,
                retry_after_s=refusal.retry_after_s,
                failure=refusal.failure,
            )
        return _Outcome(answer, refusal, self.asks_later)


def _try(channels: Mapping[str, Channel], claimed: Claimed) -> _Outcome:
    channel = channels.get(claimed.channel)
    if channel is None:
        words = "没有配置此通道 / this channel is not configured in central.toml"
        answer = f"{claimed.channel}: {words}"
        return _Outcome(refusal=DeliveryError(answer, failure=Failure.NOT_CONFIGURED))
    if claimed.broken_off >= MOST_BROKEN_OFF:
        words = "多次中断，已放弃 / broken off too often, given up"
        return _Outcome(refusal=DeliveryError(words, permanent=True))
    try:
        answered = channel.deliver(claimed.letter)
    except DeliveryError as error:
        return _Outcome(refusal=error)
    return _Outcome(answered, asks_later=isinstance(channel, TellsLater))


def _record(connection: Connection, claimed: Claimed, outcome: _Outcome, at_ms: int) -> None:
    if outcome.answer is not None:
        _gone_out(connection, claimed, outcome.answer, outcome.asks_later, at_ms)
        return
    error = outcome.refusal or DeliveryError("")
    again = None
    if not is_final(error.failure, permanent=error.permanent):
        again = next_try_at(claimed.attempt, at_ms, error.retry_after_s, error.failure)
    if again is not None:
        sending.try_again(
            connection, claimed, at_ms, str(error), error.failure, again,
            may_have_arrived=error.failure in MAY_HAVE_ARRIVED,
        )  # fmt: skip
    elif sending.settle(
        connection, claimed, at_ms, State.FAILED, answer=str(error), failure=error.failure
    ):
        _tell(connection, claimed, State.FAILED, at_ms)


def _gone_out(
    connection: Connection, claimed: Claimed, answer: Answer, asks_later: bool, at_ms: int
) -> None:
    state = State(answer.state)
    may_ask = asks_later and answer.provider_id and state in {State.SENT, State.ACCEPTED}
    has_come = state in {State.DELIVERED, State.READ}
    settled = sending.settle(
        connection, claimed, at_ms, state,
        answer=answer.text,
        failure=None,
        provider_id=answer.provider_id or None,
        sent_at=at_ms,
        delivered_at=at_ms if has_come else None,
        read_at=at_ms if state is State.READ else None,
        receipt_at=next_question_at(at_ms, at_ms) if may_ask else None,
    )  # fmt: skip
    if settled:
        _tell(connection, claimed, state, at_ms)
        if answer.provider_id:
            outcomes.take_early_receipts(connection, claimed.channel, answer.provider_id)


def _tell(connection: Connection, claimed: Claimed, state: State, at_ms: int) -> None:
    letter, way = claimed.letter, f"{claimed.channel} → {claimed.recipient}"
    outcomes.ended(
        connection, letter.letter_id, letter.incident_id, way, state, at_ms, claimed.attempt
    )
    if claimed.carried and state in HAS_GONE_OUT:
        outcomes.carried_out(connection, letter.letter_id, at_ms)
