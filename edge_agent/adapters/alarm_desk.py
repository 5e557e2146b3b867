"""What the alarm button leaves to a thread of its own: the disk, and the district's answers.

A card that is full, slow or locked holds up nothing here but the writing itself: the siren has
sounded already, and sounds again at the next press.
"""

import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from contract.scenarios import Phase
from edge_agent.core.raised import Progress, Raised, Stage, Unsaved
from edge_agent.ports import Outbox, OutboxError, Request, RequestBox, Word

LOG = logging.getLogger("huxiao.button")

REST_S = 0.25
DRAIN_S = 5.0
MOST_OWED = 100
"""From here on an update of an alarm that is still to be saved says nothing new."""

DRILL = "drill"
"""Under this name the health notes when a drill has reached the district."""

News = Request | Progress


class AlarmOutbox(Outbox, Protocol):
    """The outbox, and what central has said since."""

    def last_word(self) -> int: ...

    def words_since(self, receipt_id: int) -> list[Word]: ...

    def holds(self, seq: int) -> bool: ...

    def record_health(self, name: str, body: Mapping[str, object]) -> None: ...


@dataclass(frozen=True, slots=True)
class _Answer:
    request_id: int
    said: str
    is_ok: bool
    alert_id: str = ""


class AlarmDesk:
    """Saves alarms, answers who asked, reads receipts. `owe` and `answer` may be called anywhere.

    `turn` is one round, for one thread; `Desking` gives it one.
    """

    def __init__(self, outbox: AlarmOutbox, requests: RequestBox) -> None:
        self._outbox = outbox
        self._requests = requests
        self._inbox: queue.SimpleQueue[Unsaved | _Answer] = queue.SimpleQueue()
        self._unsaved: deque[Unsaved] = deque()
        self._answers: deque[_Answer] = deque()
        self._passed_on: set[int] = set()
        self._raised: Raised | None = None
        self._last_word = 0
        self._state = ""
        self.came = threading.Event()

    def owe(self, unsaved: Unsaved) -> None:
        """Have an alarm saved that has sounded."""
        self._inbox.put(unsaved)
        self.came.set()

    def answer(self, request_id: int, said: str, *, is_ok: bool = True) -> None:
        """Have somebody told who asked."""
        self._inbox.put(_Answer(request_id, said, is_ok))
        self.came.set()

    @property
    def owes(self) -> bool:
        """Tell whether something is not on disk yet."""
        return bool(self._unsaved or self._answers) or not self._inbox.empty()

    def turn(self) -> list[News]:
        """Go round once: save, answer, and give what is new."""
        self._take_in()
        try:
            self._save()
            news: list[News] = [*self._asked(), *self._heard()]
        except OutboxError as error:
            self._tell(str(error))
            return []
        self._tell("")
        return news

    def _take_in(self) -> None:
        while not self._inbox.empty():
            one = self._inbox.get()
            if isinstance(one, _Answer):
                self._answers.append(one)
            elif not self._is_nothing_new(one):
                self._unsaved.append(one)

    def _is_nothing_new(self, unsaved: Unsaved) -> bool:
        """Keep a button that chatters while the disk takes nothing from eating all memory."""
        if len(self._unsaved) < MOST_OWED or unsaved.request_id is not None:
            return False
        same = (one.body.alert_id == unsaved.body.alert_id for one in self._unsaved)
        return unsaved.body.phase is Phase.UPDATE and any(same)

    def _save(self) -> None:
        while self._unsaved:
            before, unsaved = self._outbox.last_word(), self._unsaved[0]
            alert = self._outbox.put(unsaved.body)
            if not alert.faults:
                if self._raised is None or not self._raised.is_of(alert.alert_id):
                    self._last_word = before  # what was said of one that goes on is still unread
                self._raised = Raised.anew(alert, self._raised)
            self._unsaved.popleft()
            if unsaved.request_id is not None:
                said = "已报警 (the alarm is raised)"
                self._answers.append(_Answer(unsaved.request_id, said, True, alert.alert_id))
        while self._answers:
            one = self._answers[0]
            self._requests.done(one.request_id, one.said, ok=one.is_ok, alert_id=one.alert_id)
            self._answers.popleft()

    def _asked(self) -> list[Request]:
        """Give each request once: what cannot be marked as done is not carried out twice."""
        pending = self._requests.pending()
        fresh = [one for one in pending if one.request_id not in self._passed_on]
        self._passed_on = {one.request_id for one in pending}
        return fresh

    def _heard(self) -> list[Progress]:
        if self._raised is None:
            return []
        raised, alert_id = self._raised, self._raised.alert.alert_id
        stages: list[Stage] = []
        if not raised.is_received and not self._outbox.holds(raised.alert.seq):
            if raised.alert.is_drill:
                pressed_at = raised.alert.occurred_at.isoformat()
                note = {"alert_id": alert_id, "pressed_at": pressed_at}
                self._outbox.record_health(DRILL, note)
            raised = replace(raised, is_received=True)
            stages += ["received", "acknowledged"] if raised.is_acknowledged else ["received"]
        for word in self._outbox.words_since(self._last_word):
            self._last_word = word.receipt_id
            if word.alert_id != alert_id:
                continue
            if word.status == "acknowledged" and not raised.is_acknowledged:
                raised = replace(raised, is_acknowledged=True)
                stages.append("acknowledged")
            if word.status == "closed":
                stages.append("closed")
        self._raised = None if "closed" in stages else raised
        return [Progress(alert_id, stage) for stage in stages]

    def _tell(self, state: str) -> None:
        if state != self._state:
            if state:
                LOG.error("%s", state)
            else:
                LOG.info("待发箱恢复 (the outbox works again)")
            self._state = state


class Desking:
    """The desk's thread; `close` saves what is still owed, as far as that is possible."""

    def __init__(self, desk: AlarmDesk, hear: Callable[[News], None]) -> None:
        self._desk = desk
        self._hear = hear
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="desk", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop, once nothing is owed or it takes too long."""
        self._stop.set()
        self._desk.came.set()
        self._thread.join(DRAIN_S + REST_S)
        if self._desk.owes:
            LOG.error("报警未能写入磁盘就停止了 (stopped with an alarm that is not on disk)")

    def _run(self) -> None:
        while not self._stop.is_set():
            self._round()
            self._desk.came.wait(REST_S)
            self._desk.came.clear()
        until = time.monotonic() + DRAIN_S
        self._round()
        while self._desk.owes and time.monotonic() < until:
            time.sleep(REST_S)
            self._round()

    def _round(self) -> None:
        try:
            for one in self._desk.turn():
                self._hear(one)
        except Exception:
            LOG.exception("报警记录出错,继续 (an error at the desk, it goes on)")
