"""The alarm button's process: a press sounds at once, then the district hears of it.

Nothing here waits for a network or a disk before the siren sounds.
"""

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from contract.messages import Alert, AlertBody
from edge_agent.core.press import Press
from edge_agent.ports import Lamp, Outbox, OutboxError, Siren, Speaker, Timepiece, Word

LOG = logging.getLogger("huxiao.button")

POLL_S = 0.25


class AlarmOutbox(Outbox, Protocol):
    """The outbox, and what central has said since."""

    def last_word(self) -> int: ...

    def words_since(self, receipt_id: int) -> list[Word]: ...

    def holds(self, seq: int) -> bool: ...


@dataclass(frozen=True, slots=True)
class Signals:
    """What people at the school hear and see."""

    siren: Siren
    lamp: Lamp
    speaker: Speaker
    siren_s: float


@dataclass(frozen=True, slots=True)
class Raised:
    """An alarm and how far the district's answer has come."""

    alert: Alert
    is_received: bool = False
    is_acknowledged: bool = False


class AlarmButton:
    """From edges to alarms. `turn` is one round; `push` may be called from any thread."""

    def __init__(
        self,
        signals: Signals,
        outbox: AlarmOutbox,
        body_of: Callable[[], AlertBody],
        timepiece: Timepiece,
    ) -> None:
        self._signals = signals
        self._outbox = outbox
        self._body_of = body_of
        self._time = timepiece
        self._edges: queue.SimpleQueue[tuple[float, bool]] = queue.SimpleQueue()
        self._press = Press()
        self._silent_at: float | None = None
        self._unsaved: list[AlertBody] = []
        self._raised: Raised | None = None
        self._last_word = 0
        self._state = ""

    def push(self, down: bool) -> None:
        """Take an edge of the contact; for drivers' callbacks."""
        self._edges.put((self._time.monotonic(), down))

    def turn(self) -> float:
        """Go round once; give the seconds until something is due, at most."""
        now = self._time.monotonic()
        self._raise_if_held(now)
        if self._silent_at is not None and now >= self._silent_at:
            self._signals.siren.off()
            self._silent_at = None
        self._save_and_listen()
        due = [at - now for at in (self._press.due_at, self._silent_at) if at is not None]
        return max(0.0, min([POLL_S, *due]))

    def wait(self, most_s: float) -> None:
        """Wait for an edge, at most so long, and take in all that have come."""
        try:
            at, down = self._edges.get(timeout=most_s) if most_s else self._edges.get_nowait()
        except queue.Empty:
            return
        if not down:
            self._raise_if_held(at)  # a release read late must not undo a push held long enough
        self._press = self._press.edge(at, down)

    def _raise_if_held(self, now: float) -> None:
        self._press, raises = self._press.observe(now)
        if not raises:
            return
        self._signals.siren.on()
        self._signals.lamp.blink()
        self._silent_at = now + self._signals.siren_s
        self._unsaved.append(self._body_of())
        LOG.warning("一键报警 (alarm button pressed)")

    def _save_and_listen(self) -> None:
        try:
            while self._unsaved:
                before = self._outbox.last_word()
                self._raised = Raised(self._outbox.put(self._unsaved[0]))
                self._last_word = before
                self._unsaved.pop(0)
            if self._raised is not None:
                self._raised = self._answered(self._raised)
            self._tell("")
        except OutboxError as error:
            self._tell(str(error))

    def _answered(self, raised: Raised) -> Raised | None:
        """Let lamp and voice say how far the district has come."""
        if not raised.is_received and not self._outbox.holds(raised.alert.seq):
            self._signals.speaker.say("alarm_received")
            raised = replace(raised, is_received=True)
        for word in self._outbox.words_since(self._last_word):
            self._last_word = word.receipt_id
            if word.alert_id != raised.alert.alert_id:
                continue
            if word.status == "acknowledged" and not raised.is_acknowledged:
                self._signals.lamp.on()
                self._signals.speaker.say("alarm_acknowledged")
                raised = replace(raised, is_acknowledged=True)
            if word.status == "closed":
                self._signals.lamp.off()
                return None
        return raised

    def close(self) -> None:
        self._signals.siren.off()
        self._signals.lamp.off()

    def _tell(self, state: str) -> None:
        if state != self._state:
            if state:
                LOG.error("%s", state)
            else:
                LOG.info("待发箱恢复 (the outbox works again)")
            self._state = state


def run(button: AlarmButton, stop: threading.Event, alive: Callable[[], None]) -> None:
    """Go round until told to stop; `alive` is called each time, for whoever watches over us."""
    try:
        while not stop.is_set():
            button.wait(button.turn())
            alive()
    finally:
        button.close()
