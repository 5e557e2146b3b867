"""The speaker that never makes its caller wait: a thread says what is most urgent first."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from edge_agent.adapters.voice.maker import Maker
from edge_agent.adapters.voice.player import Cut, Player
from edge_agent.adapters.voice.sound import scaled
from edge_agent.core.naming import Addressee
from edge_agent.core.turns import Ask, Dropped, Turns
from edge_agent.ports import Outcome, SpeakerError, Utterance

LOG = logging.getLogger("huxiao.voice")

CLOSED = "已停止 (stopped)"


@dataclass(frozen=True, slots=True)
class Listeners:
    """Who hears how the voice does; all are called in the speaker's own thread.

    `state`: `""` when the voice works, the reason, in words, when it does not. `told`: how it went
    with an utterance, and why. `began`: its first sample is in the sink, so many seconds after
    `say`.
    """

    state: Callable[[str], None] = lambda _: None
    told: Callable[[Utterance, Outcome, str], None] = lambda *_: None
    began: Callable[[Utterance, float], None] = lambda *_: None


Gain = Callable[[str], float]
"""How loud a phrase is to be said now; 1.0 is as it was made."""


class QueuedSpeaker:
    """Says phrases one after another, the most urgent first; what cannot be said is said loudly.

    Something more urgent cuts off what is being said. `say` neither makes nor reads a sound.
    """

    def __init__(
        self,
        maker: Maker,
        player: Player,
        listeners: Listeners,
        *,
        stale_s: float = 10.0,
        gain: Gain = lambda _: 1.0,
    ) -> None:
        self._maker = maker
        self._player = player
        self._listeners = listeners
        self._gain = gain
        self._turns = Turns(stale_s=stale_s, merges=player.waits_its_turn)
        self._changed = threading.Condition()
        self._cut = Cut()
        self._pending: dict[str, Utterance] = {}
        self._dropped: list[Dropped] = []
        self._ids = count(1)
        self._closing = self._is_over = False
        self._trouble = ""
        self._state: str | None = None
        self._thread = threading.Thread(target=self._run, name="voice", daemon=True)
        maker.start(self._wake)
        self._thread.start()

    def say(self, phrase_id: str, to: Addressee | None = None, *, alert_id: str = "") -> Utterance:
        """Ask for a phrase; `Utterance.is_named` is decided now, by what is ready."""
        at = time.monotonic()
        found = self._maker.ready_for(phrase_id, to) if to is not None else None
        sound, wording = found if found is not None else (None, None)
        utterance = Utterance(
            f"{next(self._ids)}", phrase_id, wording is not None and wording.is_named, alert_id
        )
        entry_id = to.entry_id if to is not None and sound is not None else ""
        ask = Ask(phrase_id, at, (utterance.utterance_id,), entry_id, sound)
        with self._changed:
            is_over = self._is_over
            if not is_over:
                self._pending[utterance.utterance_id] = utterance
                self._take_in(ask)
        if is_over:
            _safely(self._listeners.told, utterance, Outcome.DROPPED, CLOSED)
        return utterance

    def prepare(self, addressees: Sequence[Addressee]) -> None:
        """Make ahead what is said to the people of the gallery; everybody else is forgotten."""
        self._maker.prepare(addressees)

    def expect(self, to: Addressee) -> None:
        """Have somebody's sounds in memory soon: he may have to be spoken to."""
        self._maker.expect(to)

    def forget(self, entry_id: str) -> None:
        """Delete what tells of somebody."""
        self._maker.forget(entry_id)

    @property
    def is_idle(self) -> bool:
        """Tell whether everything that was asked for has been said, or has failed, and was told."""
        with self._changed:
            return self._turns.is_idle and not self._pending

    def close(self, most_s: float = 10.0) -> None:
        """Say what is still waiting, then stop; give up after `most_s`."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(most_s)
        self._maker.close()
        if not self._thread.is_alive():
            self._cut.close()

    def _take_in(self, ask: Ask) -> None:
        self._change(self._turns.asked(ask))
        if self._turns.must_interrupt:
            self._cut.set()
        self._changed.notify_all()

    def _change(self, change: tuple[Turns, tuple[Dropped, ...]]) -> None:
        self._turns = change[0]
        self._dropped += change[1]

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._take()
                ask, dropped, self._dropped = self._turns.saying, self._dropped, []
                self._is_over = self._closing and self._turns.is_idle and not dropped
                if not (ask or dropped or self._is_over):
                    self._changed.wait(1.0)
            self._tell_state()
            for one in dropped:
                self._tell(one.utterance_ids, Outcome.DROPPED, one.why)
            if ask is not None:
                self._say_now(ask)
            if self._is_over:
                return

    def _take(self) -> None:
        """Choose what is said next. Once closing, what cannot be made is waited for no longer."""
        self._cut.clear()
        self._change(self._turns.next(time.monotonic(), self._is_ready))
        if self._closing and self._turns.saying is None and self._maker.has_given_up:
            self._change(self._turns.emptied(self._maker.trouble or CLOSED))

    def _is_ready(self, ask: Ask) -> bool:
        return (
            ask.sound is not None
            or self._maker.ready(ask.phrase_id) is not None
            or not self._maker.knows(ask.phrase_id)
        )

    def _say_now(self, ask: Ask) -> None:
        why, is_cut = "", False
        try:
            sound = ask.sound or self._maker.sound(ask.phrase_id)
            content = scaled(sound, self._gain(ask.phrase_id))
            is_cut = not self._player.play(
                ask.phrase_id, content, self._cut, lambda: self._began(ask)
            )
        except (SpeakerError, OSError) as error:
            why = str(error)
        except Exception as error:  # noqa: BLE001 - the one of this thread: whatever happens, the next warning is said
            why = f"{type(error).__name__}: {error}"
        with self._changed:
            if is_cut:
                self._change(self._turns.interrupted())
            else:
                self._turns = self._turns.ended(time.monotonic(), is_spoken=not why)
        if not is_cut:
            self._trouble = why
            self._tell_state()
            self._tell(ask.utterance_ids, Outcome.FAILED if why else Outcome.SPOKEN, why)

    def _began(self, ask: Ask) -> None:
        after_s = time.monotonic() - ask.at
        for utterance in self._of(ask.utterance_ids).values():
            _safely(self._listeners.began, utterance, after_s)

    def _tell(self, utterance_ids: Sequence[str], outcome: Outcome, why: str) -> None:
        for utterance_id, utterance in self._of(utterance_ids).items():
            if outcome is Outcome.DROPPED:
                LOG.warning("没有喊话 (not said) %s: %s", utterance.phrase_id, why)
            _safely(self._listeners.told, utterance, outcome, why)
            with self._changed:
                self._pending.pop(utterance_id, None)

    def _of(self, utterance_ids: Sequence[str]) -> Mapping[str, Utterance]:
        with self._changed:
            return {one: self._pending[one] for one in utterance_ids if one in self._pending}

    def _tell_state(self) -> None:
        """One line for each change, not for each failure."""
        if not self._maker.has_tried:
            return
        state = self._maker.trouble or self._trouble
        if state == self._state:
            return
        if state:
            LOG.error("喊话失败 (voice failed): %s", state)
        elif self._state is not None:
            LOG.warning("喊话恢复 (voice works again)")
        self._state = state
        _safely(self._listeners.state, state)


def _safely(listener: Callable[..., None], *said: object) -> None:
    """Tell somebody whose troubles must not silence the voice."""
    try:
        listener(*said)
    except Exception:
        LOG.exception("无法记录喊话结果 (could not tell how it went)")


class QuietSpeaker:
    """A site that has switched its voice off."""

    def __init__(self, told: Callable[[Utterance, Outcome, str], None] = lambda *_: None) -> None:
        self._told = told

    def say(self, phrase_id: str, to: Addressee | None = None, *, alert_id: str = "") -> Utterance:
        del to
        LOG.info("喊话已关闭 (voice is switched off): %s", phrase_id)
        utterance = Utterance("", phrase_id, alert_id=alert_id)
        self._told(utterance, Outcome.DROPPED, "喊话已关闭 (switched off)")
        return utterance

    def prepare(self, addressees: Sequence[Addressee]) -> None:
        """Nothing is made."""

    def expect(self, to: Addressee) -> None:
        """Nobody is spoken to."""

    def forget(self, entry_id: str) -> None:
        """Nothing is kept."""

    def close(self, most_s: float = 0.0) -> None:
        """Nothing is open."""
