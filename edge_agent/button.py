"""The alarm button's process: a press sounds at once, then the district hears of it.

Nothing here touches a network or a disk: what is to be kept goes to the desk, in another thread.
"""

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from contract.messages import AlertBody
from contract.scenarios import Fault, Phase
from edge_agent.adapters.signals import Signals
from edge_agent.core.press import ButtonTimes, Press
from edge_agent.core.raised import Last, Progress, Unsaved, fault_body
from edge_agent.core.wires import Wires
from edge_agent.ports import Request, Timepiece

LOG = logging.getLogger("huxiao.button")

POLL_S = 0.25
STALE_S = 10.0
"""A request that waited longer is not carried out: whoever asked has gone on."""
DRILL_S = 120.0
CHIRP_S = 1.0
LAMP_S = 3.0
BUSY_S = 600.0
"""So long after a press nothing is tried, unless the incident is closed sooner."""

_SOUNDED = "已鸣警 (the siren sounds)"
_STALE = "请求已过期,未执行 (too old, not carried out)"
_BUSY = "正在报警,不做测试 (an alarm is open, no trials now)"


class Desk(Protocol):
    """Keeps what has sounded and answers who asked, at its own pace."""

    def owe(self, unsaved: Unsaved) -> None: ...

    def answer(self, request_id: int, said: str, *, is_ok: bool = True) -> None: ...


@dataclass(frozen=True, slots=True)
class _Edge:
    at: float
    is_down: bool
    is_guard: bool = False


class AlarmButton:
    """From edges to alarms. `turn` is one round; others may `push`, `guard` and `hear` too."""

    def __init__(
        self,
        signals: Signals,
        desk: Desk,
        body_of: Callable[[], AlertBody],
        timepiece: Timepiece,
        times: ButtonTimes | None = None,
    ) -> None:
        self._signals = signals
        self._desk = desk
        self._body_of = body_of
        self._time = timepiece
        self._times = times or ButtonTimes()
        self._came: queue.SimpleQueue[_Edge | Request | Progress] = queue.SimpleQueue()
        self._press = Press(hold_s=self._times.hold_s, stuck_s=self._times.stuck_s)
        self._wires = Wires(hold_s=self._times.hold_s)
        self._unheard_at: float | None = None
        self._drill: tuple[float, int] | None = None
        self._last: Last | None = None
        self._busy_until = float("-inf")
        self._faults: dict[Fault, AlertBody] = {}

    def push(self, down: bool) -> None:
        """Take an edge of the contact; for drivers' callbacks."""
        self._came.put(_Edge(self._time.monotonic(), down))

    def guard(self, is_open: bool) -> None:
        """Take an edge of the second contact, which is closed at rest; open: pressed, or cut."""
        self._came.put(_Edge(self._time.monotonic(), is_open, is_guard=True))

    def hear(self, news: Request | Progress) -> None:
        """Take what somebody asks, or how far the district has come."""
        self._came.put(news)

    @property
    def faults(self) -> frozenset[Fault]:
        """What is wrong with the button now."""
        return frozenset(self._faults)

    @property
    def is_raised(self) -> bool:
        """Whether an alarm is open: pressed, and so shortly ago that its signals still matter."""
        return self._time.monotonic() < self._busy_until

    def turn(self) -> float:
        """Go round once; give the seconds until something is due, at most."""
        now = self._time.monotonic()
        self._raise_if_held(now)
        self._signals.turn(now)
        if self._unheard_at is not None and now >= self._unheard_at:
            self._signals.say("alarm_not_confirmed", self._alert_id)
            self._unheard_at = None
        due = [at - now for at in (self._press.due_at, self._signals.due_at) if at is not None]
        return max(0.0, min([POLL_S, *due]))

    def wait(self, most_s: float) -> None:
        """Wait for something to come, at most so long, and take it in."""
        try:
            came = self._came.get(timeout=most_s) if most_s else self._came.get_nowait()
        except queue.Empty:
            return
        match came:
            case _Edge(is_guard=True):
                self._take_guard(came)
            case _Edge():
                self._take_edge(came)
            case Request():
                self._carry_out(came, self._time.monotonic())
            case _:
                self._progress(came)

    def _take_edge(self, edge: _Edge) -> None:
        if not edge.is_down:
            self._raise_if_held(edge.at)  # read late, it must not undo a push held long enough
            self._mend(Fault.BUTTON_STUCK)
        self._press = self._press.edge(edge.at, edge.is_down)
        self._wires = self._wires.pushed(edge.is_down)

    def _take_guard(self, edge: _Edge) -> None:
        self._wires, was_pushed = self._wires.guarded(edge.at, edge.is_down)
        if was_pushed:
            LOG.error("常开触点断线,按常闭触点报警 (only the second wire has felt it)")
            self._raise(edge.at, None)
        if not self._wires.is_cut:
            self._mend(Fault.BUTTON_CUT)

    def _raise_if_held(self, now: float) -> None:
        self._press, raises = self._press.observe(now)
        if raises:
            self._raise(now, None)
        self._press, is_stuck = self._press.sticks(now)
        if is_stuck:
            self._break(Fault.BUTTON_STUCK, "按钮卡住 (the alarm button is stuck)")
        self._wires, is_cut = self._wires.observe(now)
        if is_cut:
            self._break(Fault.BUTTON_CUT, "按钮断线 (the alarm button's wire is cut)")

    def _break(self, fault: Fault, words: str) -> None:
        LOG.error("%s", words)
        self._faults[fault] = fault_body(self._body_of(), fault)
        self._desk.owe(Unsaved(self._faults[fault]))

    def _mend(self, fault: Fault) -> None:
        if (body := self._faults.pop(fault, None)) is not None:
            self._desk.owe(Unsaved(body.model_copy(update={"phase": Phase.END})))

    @property
    def _alert_id(self) -> str:
        return self._last.alert_id if self._last else ""

    def _raise(self, now: float, request_id: int | None) -> None:
        """Sound at once; a press within the time of a drill is one, with a chirp and a word."""
        drill, self._drill = self._drill, None
        is_drill = drill is not None and now <= drill[0] and request_id is None
        self._signals.sound(now + (CHIRP_S if is_drill else self._times.siren_s))
        self._signals.blink()
        self._busy_until = now + BUSY_S
        body = self._body_of()
        if is_drill and drill is not None:
            self._signals.say("drill", body.alert_id)
            body, request_id = body.model_copy(update={"is_drill": True}), drill[1]
            self._last = Last(now, body.alert_id, is_drill=True)
        else:
            body = self._last.rejoined(body, now, self._times.rejoin_s) if self._last else body
            self._last = Last(now, body.alert_id)
            self._unheard_at = now + self._times.unanswered_s
        self._desk.owe(Unsaved(body, request_id))
        LOG.warning("一键报警 (alarm button pressed)%s", " 演练 (drill)" if is_drill else "")

    def _carry_out(self, request: Request, now: float) -> None:
        if request.age_s is None or request.age_s > STALE_S:
            self._desk.answer(request.request_id, _STALE, is_ok=False)
        elif request.kind == "press":
            self._raise(now, request.request_id)
            self._desk.answer(request.request_id, _SOUNDED)
        elif now < self._busy_until:
            self._desk.answer(request.request_id, _BUSY, is_ok=False)
        else:
            self._try(request, now)

    def _try(self, request: Request, now: float) -> None:
        signals = self._signals
        match request.kind:
            case "drill":
                self._drill = (now + DRILL_S, request.request_id)
                said = "演练已就绪,请在两分钟内按下报警按钮 (ready: press the button within 2 min)"
            case "test_voice":
                signals.say("test_voice")
                said = "正在播放,请确认听到 (playing: please confirm that it is heard)"
            case "test_siren":
                signals.sound(now + CHIRP_S)
                said = "警笛响一秒,请确认听到 (sounds for a second: please confirm)"
            case "test_lamp":
                signals.blink(now + LAMP_S)
                said = "警灯闪三秒,请确认看到 (blinks for three seconds: please confirm)"
            case unknown:
                said = f"不会做 (cannot do): {unknown}"
                self._desk.answer(request.request_id, said, is_ok=False)
                return
        self._desk.answer(request.request_id, said)

    def _progress(self, progress: Progress) -> None:
        """Let lamp and voice say how far the district has come with the last alarm."""
        if progress.alert_id != self._alert_id:
            return
        self._unheard_at = None
        match progress.stage:
            case "received":
                self._signals.say("alarm_received", self._alert_id)
            case "acknowledged":
                self._signals.shine()
                self._signals.say("alarm_acknowledged", self._alert_id)
            case "closed":
                self._signals.darken()
                self._busy_until, self._last = float("-inf"), None

    def close(self) -> None:
        """Leave nothing sounding or shining."""
        self._signals.close()


def run(button: AlarmButton, stop: threading.Event, alive: Callable[[], None]) -> None:
    """Go round until told to stop; `alive` is called each time, for whoever watches over us."""
    LOG.info("一键报警就绪 (the alarm button is ready)")
    try:
        while not stop.is_set():
            button.wait(button.turn())
            alive()
    finally:
        button.close()
