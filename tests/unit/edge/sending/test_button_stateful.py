"""Whatever is done with the button, in whatever order: what must always hold of it."""

import itertools
from dataclasses import dataclass

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from contract.messages import AlertBody
from contract.scenarios import Fault, Kind, Phase
from edge_agent.adapters.signals import Signals
from edge_agent.button import BUSY_S, CHIRP_S, DRILL_S, STALE_S, AlarmButton
from edge_agent.core.press import HOLD_S, REJOIN_S, SIREN_S, STUCK_S, UNANSWERED_S
from edge_agent.core.raised import Progress, Stage, Unsaved
from edge_agent.core.wires import CUT_S
from edge_agent.ports import Request
from edge_agent.simulated import ManualTime, RecordingSpeaker, RecordingSwitch
from tests.unit.edge.sending.sending_kit import a_body

TICK_S = 0.05
STAGES: tuple[Stage, ...] = ("received", "acknowledged", "closed")
BRUSHES = st.lists(st.floats(0.0, HOLD_S * 0.8), min_size=1, max_size=8)
PRESSES = st.floats(HOLD_S + TICK_S, CUT_S - 2 * TICK_S)
PAUSES = st.sampled_from([0.5, 3.0, UNANSWERED_S + 1, REJOIN_S + 1, DRILL_S + 1, BUSY_S + 1])


class NotedDesk:
    """Keeps in memory what is owed and answered."""

    def __init__(self) -> None:
        self.owed: list[Unsaved] = []
        self.answers: dict[int, bool] = {}

    def owe(self, unsaved: Unsaved) -> None:
        self.owed.append(unsaved)

    def answer(self, request_id: int, said: str, *, is_ok: bool = True) -> None:
        assert said
        self.answers[request_id] = is_ok


@dataclass(frozen=True)
class Alarm:
    """The last alarm, as the model knows it."""

    at: float
    alert_id: str
    is_drill: bool


class ButtonMachine(RuleBasedStateMachine):
    """A button with both contacts, requests from the page, and a district that answers."""

    def __init__(self) -> None:
        super().__init__()
        self.time, self.desk = ManualTime(), NotedDesk()
        self.siren, self.lamp, self.voice = RecordingSwitch(), RecordingSwitch(), RecordingSpeaker()
        numbers = itertools.count()

        def body() -> AlertBody:
            changes = {"alert_id": f"alert-{next(numbers)}", "kind": Kind.BUTTON_PRESSED}
            return a_body(critical=True).model_copy(update=changes)

        signals = Signals(self.siren, self.lamp, self.voice)
        self.button = AlarmButton(signals, self.desk, body, self.time)
        self.requests = itertools.count(1)
        self.last: Alarm | None = None
        self.older: list[str] = []
        self.drill_until: float | None = None
        self.busy_until = float("-inf")
        self.alarms = 0
        self.faults: set[Fault] = set()
        self.loud_until = float("-inf")

    # what the world does

    def go_on(self, seconds: float) -> None:
        """Let time pass in the loop's own steps, long waits in longer ones."""
        until = self.time.monotonic() + seconds
        step_s = max(TICK_S, seconds / 200)
        while (left_s := until - self.time.monotonic()) > 0:
            self.time.go_on(min(step_s, left_s))
            self.button.turn()

    def edge(self, *, is_down: bool) -> None:
        self.button.push(is_down)
        self.button.wait(0.0)
        self.button.turn()

    def guard(self, *, is_open: bool) -> None:
        self.button.guard(is_open)
        self.button.wait(0.0)
        self.button.turn()

    def ask(self, kind: str, age_s: float = 0.0) -> int:
        number = next(self.requests)
        self.button.hear(Request(number, kind, "page:school", age_s))
        self.button.wait(0.0)
        self.button.turn()
        return number

    def raised(self, at: float, *, is_soft: bool = False) -> None:
        """One alarm more: a drill where one was asked for, an update where it came soon."""
        now = self.time.monotonic()
        is_drill = self.drill_until is not None and at <= self.drill_until and not is_soft
        self.drill_until = None
        alarm = self.bodies()[-1]
        joins = self.last if self.last and not self.last.is_drill and not is_drill else None
        # The loop sees a push up to a turn after it was made: at the edge it may be either.
        edge_s = TICK_S if alarm.phase is Phase.UPDATE else 0.0
        if joins is not None and at - joins.at > REJOIN_S + edge_s:
            joins = None
        assert alarm.is_drill is is_drill
        assert alarm.phase is (Phase.UPDATE if joins else Phase.START)
        assert (alarm.alert_id == joins.alert_id) if joins else alarm.alert_id not in self.older
        self.alarms += 1
        self.older.append(alarm.alert_id)
        self.last = Alarm(at, alarm.alert_id, is_drill)
        self.busy_until = at + BUSY_S
        self.loud_until = max(at + (CHIRP_S if is_drill else SIREN_S), now)

    def bodies(self) -> list[AlertBody]:
        return [one.body for one in self.desk.owed if one.body.kind is Kind.BUTTON_PRESSED]

    # what people do

    @rule(pause_s=PAUSES)
    def wait(self, pause_s: float) -> None:
        self.go_on(pause_s)

    @rule(brushes=BRUSHES)
    def bounce(self, brushes: list[float]) -> None:
        for held_s in brushes:
            self.edge(is_down=True)
            self.go_on(held_s)
            self.edge(is_down=False)

    @rule(held_s=PRESSES, bounces=st.integers(0, 3))
    def press(self, held_s: float, bounces: int) -> None:
        for _ in range(bounces):
            self.edge(is_down=True)
            self.edge(is_down=False)
        before, began = len(self.siren.switched), self.time.monotonic()
        self.edge(is_down=True)
        self.go_on(HOLD_S * 0.8)
        self.edge(is_down=True)  # said again: the hold goes on
        self.go_on(HOLD_S * 0.2 + TICK_S)
        assert self.siren.switched[before:][-1:] == ["on"]
        self.raised(began + HOLD_S)
        self.go_on(held_s)
        self.edge(is_down=False)

    @rule(held_s=PRESSES)
    def press_while_the_loop_is_held_up(self, held_s: float) -> None:
        began = self.time.monotonic()
        self.button.push(True)
        self.time.go_on(held_s)
        self.button.push(False)
        self.button.wait(0.0)
        self.button.wait(0.0)
        self.button.turn()
        self.raised(began + held_s)

    @rule(held_s=PRESSES)
    @precondition(lambda self: Fault.BUTTON_CUT not in self.faults)
    def press_with_both_contacts(self, held_s: float) -> None:
        began = self.time.monotonic()
        self.guard(is_open=True)
        self.edge(is_down=True)
        self.go_on(held_s)
        self.raised(began + HOLD_S)
        self.edge(is_down=False)
        self.guard(is_open=False)

    @rule(held_s=PRESSES)
    @precondition(lambda self: Fault.BUTTON_CUT not in self.faults)
    def press_with_the_first_wire_broken(self, held_s: float) -> None:
        self.guard(is_open=True)
        self.go_on(held_s)
        self.guard(is_open=False)
        self.raised(self.time.monotonic())

    @rule()
    def hold_until_it_is_stuck(self) -> None:
        began = self.time.monotonic()
        self.edge(is_down=True)
        self.go_on(HOLD_S + TICK_S)
        self.raised(began + HOLD_S)
        self.go_on(STUCK_S)
        assert Fault.BUTTON_STUCK in self.button.faults
        self.edge(is_down=False)

    @rule()
    @precondition(lambda self: Fault.BUTTON_CUT not in self.faults)
    def cut_the_second_wire(self) -> None:
        self.guard(is_open=True)
        self.go_on(CUT_S + 1)
        self.guard(is_open=True)  # said again: it is as cut as before
        self.faults.add(Fault.BUTTON_CUT)

    @rule()
    @precondition(lambda self: Fault.BUTTON_CUT in self.faults)
    def mend_the_second_wire(self) -> None:
        self.guard(is_open=False)
        self.faults.discard(Fault.BUTTON_CUT)

    @rule()
    def press_softly(self) -> None:
        number = self.ask("press")
        self.raised(self.time.monotonic(), is_soft=True)
        assert self.desk.answers[number]

    @rule()
    def ask_too_late(self) -> None:
        assert not self.desk.answers[self.ask("press", STALE_S + 1)]

    @rule()
    def ask_for_a_drill(self) -> None:
        is_busy = self.time.monotonic() < self.busy_until
        assert self.desk.answers[self.ask("drill")] is not is_busy
        if not is_busy:
            self.drill_until = self.time.monotonic() + DRILL_S

    @rule(stage=st.sampled_from(STAGES))
    @precondition(lambda self: self.last is not None)
    def the_district_answers(self, stage: Stage) -> None:
        assert self.last is not None
        self.hear(self.last.alert_id, stage)
        if stage == "closed":
            self.last, self.busy_until = None, float("-inf")
            assert self.lamp.switched[-1] == "off"

    @rule(stage=st.sampled_from(STAGES))
    def the_district_answers_an_older_alarm(self, stage: Stage) -> None:
        before = (list(self.lamp.switched), list(self.voice.said))
        self.hear("alert-of-yesterday", stage)
        assert before == (self.lamp.switched, self.voice.said)

    def hear(self, alert_id: str, stage: Stage) -> None:
        self.button.hear(Progress(alert_id, stage))
        self.button.wait(0.0)

    # what always holds

    @invariant()
    def each_push_is_one_alarm_and_nothing_else_is(self) -> None:
        assert len(self.bodies()) == self.alarms

    @invariant()
    def one_alarm_begins_once(self) -> None:
        began = [one.alert_id for one in self.bodies() if one.phase is Phase.START]
        assert len(began) == len(set(began))

    @invariant()
    def faults_begin_and_end_in_turn_under_one_name(self) -> None:
        for fault in (Fault.BUTTON_CUT, Fault.BUTTON_STUCK):
            told = [one.body for one in self.desk.owed if fault.value in one.body.faults]
            phases = [one.phase for one in told]
            assert phases == [Phase.START, Phase.END] * (len(told) // 2) + (
                [Phase.START] * (len(told) % 2)
            )
            pairs = itertools.zip_longest(told[::2], told[1::2])
            assert all(end is None or end.alert_id == start.alert_id for start, end in pairs)

    @invariant()
    def the_faults_are_those_that_are_there(self) -> None:
        assert self.button.faults == self.faults

    @invariant()
    def the_siren_falls_silent_in_its_time(self) -> None:
        if self.time.monotonic() > self.loud_until + BUSY_S / 200 and self.siren.switched:
            assert self.siren.switched[-1] == "off"


TestButton = ButtonMachine.TestCase
TestButton.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
