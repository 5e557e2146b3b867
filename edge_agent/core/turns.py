"""Whose turn it is to be said: the most urgent first, nothing stale, nothing lost silently."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from math import inf

URGENT = ("line_crossed", "step_back_from_water")
"""Warnings that may save a life, the most urgent first; they are said before all others."""

SUPERSEDES = {"alarm_acknowledged": "alarm_received"}
"""Who hears the first need not hear the second any more."""

NOISE_S = 30.0
"""A warning this late is heard by somebody else than it was meant for."""


def urgency(phrase_id: str) -> int:
    """Rank a phrase: the lower, the sooner it is said."""
    return URGENT.index(phrase_id) if phrase_id in URGENT else len(URGENT)


def is_warning(phrase_id: str) -> bool:
    """Tell whether a phrase may save a life."""
    return phrase_id in URGENT


@dataclass(frozen=True, slots=True)
class Ask:
    """Something that was asked to be said at `at`, once for all its `utterance_ids`.

    `sound` is what was ready for it then; None: the plain phrase, once there is one.
    """

    phrase_id: str
    at: float
    utterance_ids: tuple[str, ...]
    entry_id: str = ""
    sound: bytes | None = field(default=None, repr=False)

    @property
    def rank(self) -> int:
        """How urgent it is; the lower, the more."""
        return urgency(self.phrase_id)


@dataclass(frozen=True, slots=True)
class Dropped:
    """What will not be said, and why."""

    utterance_ids: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Turns:
    """What waits, and what is being said. Each change gives the next `Turns`.

    `merges`: what is asked again while it waits is said once, for both.
    """

    stale_s: float = 10.0
    most: int = 16
    merges: bool = True
    waiting: tuple[Ask, ...] = ()
    saying: Ask | None = None
    warned_at: float = -inf

    @property
    def is_idle(self) -> bool:
        """Tell whether there is nothing more to say."""
        return not self.waiting and self.saying is None

    def asked(self, ask: Ask) -> tuple["Turns", tuple[Dropped, ...]]:
        """Take an ask in, and let go what it makes superfluous, or what is too much."""
        waiting, dropped = list(self.waiting), list[Dropped]()
        for one in self.waiting:
            if one.phrase_id == SUPERSEDES.get(ask.phrase_id):
                waiting.remove(one)
                dropped.append(Dropped(one.utterance_ids, "已有更新的消息 (superseded)"))
        twin = next((one for one in waiting if self.merges and _alike(one, ask)), None)
        if twin is None:
            waiting.append(ask)
        else:
            both = (*twin.utterance_ids, *ask.utterance_ids)
            fresh = ask if ask.sound is not None else replace(ask, sound=twin.sound)
            latest = max(twin.at, ask.at)
            waiting[waiting.index(twin)] = replace(fresh, utterance_ids=both, at=latest)
        if len(waiting) > self.most:
            least = max(waiting, key=lambda one: (one.rank, one.at))
            waiting.remove(least)
            dropped.append(Dropped(least.utterance_ids, "排队太多 (too much to say)"))
        return replace(self, waiting=tuple(waiting)), tuple(dropped)

    @property
    def must_interrupt(self) -> bool:
        """Tell whether something waits that is more urgent than what is being said."""
        if self.saying is None:
            return False
        return any(one.rank < self.saying.rank for one in self.waiting)

    def next(
        self, now: float, is_ready: Callable[[Ask], bool]
    ) -> tuple["Turns", tuple[Dropped, ...]]:
        """Let the most urgent of what is ready have its turn; it is `saying` then, if there is one.

        What is stale is dropped.
        """
        dropped = tuple(
            Dropped(one.utterance_ids, why)
            for one in self.waiting
            if (why := self._stale(one, now))
        )
        fresh = [one for one in self.waiting if not self._stale(one, now)]
        ready = [one for one in fresh if is_ready(one)]
        first = min(ready, key=lambda one: one.rank, default=None)
        waiting = tuple(one for one in fresh if one is not first)
        return replace(self, waiting=waiting, saying=first), dropped

    def ended(self, now: float, *, is_spoken: bool) -> "Turns":
        """What was being said has been, or could not be."""
        warned = is_spoken and self.saying is not None and is_warning(self.saying.phrase_id)
        return replace(self, saying=None, warned_at=now if warned else self.warned_at)

    def interrupted(self) -> tuple["Turns", tuple[Dropped, ...]]:
        """Something more urgent cut it off: news is said again afterwards, a warning is not."""
        cut = self.saying
        if cut is None:
            return self, ()
        free = replace(self, saying=None)
        if is_warning(cut.phrase_id):
            return free, (Dropped(cut.utterance_ids, "被更紧急的喊话打断 (interrupted)"),)
        return free.asked(cut)

    def emptied(self, why: str) -> tuple["Turns", tuple[Dropped, ...]]:
        """Let everything go that waits."""
        return replace(self, waiting=()), tuple(_all(self.waiting, why))

    def _stale(self, ask: Ask, now: float) -> str:
        waited_s = now - ask.at
        if not is_warning(ask.phrase_id):
            return ""
        if waited_s > NOISE_S:
            return f"已过 {waited_s:.0f} 秒 (too late)"
        if waited_s > self.stale_s and self.warned_at > ask.at:
            return f"已过 {waited_s:.0f} 秒,期间已喊话 (superseded)"
        return ""


def _all(asks: Iterable[Ask], why: str) -> Iterable[Dropped]:
    return (Dropped(one.utterance_ids, why) for one in asks)


def _alike(one: Ask, other: Ask) -> bool:
    return one.phrase_id == other.phrase_id and one.entry_id == other.entry_id
