"""The alarm button's process: a press sounds at once, then the district hears of it.

Nothing here waits for a network or a disk before the siren sounds.
"""

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from contract.messages import AlertBody
from contract.scenarios import Phase
from edge_agent.core.press import Press
from edge_agent.core.raised import Last, Raised, Unsaved, stuck_body
from edge_agent.ports import (
    Lamp,
    Outbox,
    OutboxError,
    Request,
    RequestBox,
    Siren,
    Speaker,
    Timepiece,
    Word,
)
from edge_agent.simulated import NoRequests

LOG = logging.getLogger("huxiao.button")

POLL_S = 0.25
STALE_S = 10.0
"""A request that waited longer is not carried out: whoever asked has gone on."""
DRILL_S = 120.0
CHIRP_S = 1.0
LAMP_S = 3.0
UNANSWERED_S = 30.0
"""So long without a word from central, people are told to call 110 themselves."""

_SOUNDED = "已鸣警 (the siren sounds)"
_STALE = "请求已过期,未执行 (too old, not carried out)"
_BUSY = "正在报警,不做测试 (an alarm is open, no trials now)"


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


class AlarmButton:
    """From edges to alarms. `turn` is one round; `push` may be called from any thread."""

    def __init__(
        self,
        signals: Signals,
        outbox: AlarmOutbox,
        body_of: Callable[[], AlertBody],
        timepiece: Timepiece,
        requests: RequestBox | None = None,
    ) -> None:
        self._signals = signals
        self._outbox = outbox
        self._body_of = body_of
        self._time = timepiece
        self._edges: queue.SimpleQueue[tuple[float, bool]] = queue.SimpleQueue()
        self._press = Press()
        self._silent_at: float | None = None
        self._unsaved: list[Unsaved] = []
        self._requests = requests or NoRequests()
        self._dark_at: float | None = None
        self._drill: tuple[float, int] | None = None
        self._raised: Raised | None = None
        self._last: Last | None = None
        self._stuck: AlertBody | None = None
        self._unheard_at: float | None = None
        self._carried_out: set[int] = set()
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
        if self._dark_at is not None and now >= self._dark_at:
            self._signals.lamp.off()
            self._dark_at = None
        if self._unheard_at is not None and now >= self._unheard_at:
            self._signals.speaker.say("alarm_not_confirmed")
            self._unheard_at = None
        self._save_and_listen(now)
        waits = (self._press.due_at, self._silent_at, self._dark_at)
        due = [at - now for at in waits if at is not None]
        return max(0.0, min([POLL_S, *due]))

    def wait(self, most_s: float) -> None:
        """Wait for an edge, at most so long, and take in all that have come."""
        try:
            at, down = self._edges.get(timeout=most_s) if most_s else self._edges.get_nowait()
        except queue.Empty:
            return
        if not down:
            self._raise_if_held(at)  # a release read late must not undo a push held long enough
            if self._stuck is not None:
                self._unsaved.append(Unsaved(self._stuck.model_copy(update={"phase": Phase.END})))
                self._stuck = None
        self._press = self._press.edge(at, down)

    def _raise_if_held(self, now: float) -> None:
        self._press, raises = self._press.observe(now)
        if raises:
            self._raise(now, None)
        self._press, is_stuck = self._press.sticks(now)
        if is_stuck:
            LOG.error("按钮卡住 (the alarm button is stuck)")
            self._stuck = stuck_body(self._body_of())
            self._unsaved.append(Unsaved(self._stuck))

    def _raise(self, now: float, request_id: int | None) -> None:
        """Sound at once; a press within the time of a drill is one, with a chirp and a word."""
        drill, self._drill = self._drill, None
        is_drill = drill is not None and now <= drill[0] and request_id is None
        self._signals.siren.on()
        self._signals.lamp.blink()
        self._dark_at = None
        self._silent_at = now + (CHIRP_S if is_drill else self._signals.siren_s)
        body = self._body_of()
        if is_drill and drill is not None:
            self._signals.speaker.say("drill")
            body, request_id = body.model_copy(update={"is_drill": True}), drill[1]
        else:
            body = self._last.rejoined(body, now) if self._last else body
            self._last = Last(now, body.alert_id)
            self._unheard_at = now + UNANSWERED_S
        self._unsaved.append(Unsaved(body, request_id))
        LOG.warning("一键报警 (alarm button pressed)%s", " 演练 (drill)" if is_drill else "")

    def _answer_requests(self, now: float) -> None:
        for request in self._requests.pending():
            if request.request_id in self._carried_out:
                self._requests.done(request.request_id, _SOUNDED)  # not said so yet: disk full
            elif request.age_s is None or request.age_s > STALE_S:
                self._requests.done(request.request_id, _STALE, ok=False)
            elif request.kind == "press":
                self._carried_out.add(request.request_id)
                self._raise(now, request.request_id)
                self._requests.done(request.request_id, _SOUNDED)
            elif self._raised is not None or self._unsaved:
                self._requests.done(request.request_id, _BUSY, ok=False)
            else:
                self._try(request, now)

    def _try(self, request: Request, now: float) -> None:
        signals = self._signals
        match request.kind:
            case "drill":
                self._drill = (now + DRILL_S, request.request_id)
                said = "演练已就绪,请在两分钟内按下报警按钮 (ready: press the button within 2 min)"
            case "test_voice":
                signals.speaker.say("test_voice")
                said = "正在播放,请确认听到 (playing: please confirm that it is heard)"
            case "test_siren":
                signals.siren.on()
                self._silent_at = now + CHIRP_S
                said = "警笛响一秒,请确认听到 (sounds for a second: please confirm)"
            case "test_lamp":
                signals.lamp.blink()
                self._dark_at = now + LAMP_S
                said = "警灯闪三秒,请确认看到 (blinks for three seconds: please confirm)"
            case unknown:
                said = f"不会做 (cannot do): {unknown}"
                self._requests.done(request.request_id, said, ok=False)
                return
        self._requests.done(request.request_id, said)

    def _save_and_listen(self, now: float) -> None:
        try:
            self._answer_requests(now)
            while self._unsaved:
                before, unsaved = self._outbox.last_word(), self._unsaved[0]
                alert = self._outbox.put(unsaved.body)
                if not alert.faults:
                    self._raised, self._last_word = Raised(alert), before
                self._unsaved.pop(0)
                if unsaved.request_id is not None:
                    said, alert_id = "已报警 (the alarm is raised)", alert.alert_id
                    self._requests.done(unsaved.request_id, said, alert_id=alert_id)
            if self._raised is not None:
                self._raised = self._answered(self._raised)
            self._tell("")
        except OutboxError as error:
            self._tell(str(error))

    def _answered(self, raised: Raised) -> Raised | None:
        """Let lamp and voice say how far the district has come."""
        if not raised.is_received and not self._outbox.holds(raised.alert.seq):
            self._signals.speaker.say("alarm_received")
            self._unheard_at = None
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
