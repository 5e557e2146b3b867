"""The button's second contact tells a press from a cut wire, and feels what the first does not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory
from hypothesis import given
from hypothesis import strategies as st

from contract.messages import AlertBody
from contract.scenarios import Fault, Kind, Phase
from edge_agent.adapters.alarm_button import GpioGuardContact
from edge_agent.adapters.outbox import SqliteOutbox
from edge_agent.adapters.signals import Signals
from edge_agent.core.press import HOLD_S
from edge_agent.core.wires import CUT_S, Wires
from edge_agent.simulated import ManualTime, RecordingSpeaker, RecordingSwitch
from tests.unit.edge.sending.sending_kit import ButtonAndDesk, a_body, an_outbox


class Post:
    """A button with both contacts, on the test's clock."""

    def __init__(self, box: SqliteOutbox, time: ManualTime) -> None:
        self.siren, self.box, self.time = RecordingSwitch(), box, time
        signals = Signals(self.siren, RecordingSwitch(), RecordingSpeaker())
        self.button = ButtonAndDesk(signals, box, _pressed, time)

    def second(self, *, is_open: bool, then_s: float = 0.0) -> None:
        self.button.guard(is_open)
        self.after(then_s)

    def first(self, *, is_down: bool, then_s: float = 0.0) -> None:
        self.button.push(is_down)
        self.after(then_s)

    def after(self, seconds: float) -> None:
        self.button.wait(0.0)
        self.button.turn()
        self.time.go_on(seconds)
        self.button.turn()

    def told(self) -> list[tuple[Kind, Phase, tuple[str, ...]]]:
        due = sorted(self.box.due(20), key=lambda alert: alert.seq)
        return [(one.kind, one.phase, one.faults) for one in due]


def _pressed() -> AlertBody:
    return a_body(critical=True).model_copy(update={"kind": Kind.BUTTON_PRESSED})


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    time = ManualTime()
    with an_outbox(tmp_path, time) as box:
        yield Post(box, time)


CUT = (Fault.BUTTON_CUT.value,)


def test_a_press_with_both_contacts_is_one_alarm_and_no_fault(post: Post) -> None:
    post.second(is_open=True, then_s=0.01)
    post.first(is_down=True, then_s=0.6)
    post.first(is_down=False, then_s=0.01)
    post.second(is_open=False, then_s=10.0)
    assert post.told() == [(Kind.BUTTON_PRESSED, Phase.START, ())]


def test_a_cut_wire_is_a_fault_that_ends_when_it_is_mended_and_never_an_alarm(post: Post) -> None:
    post.second(is_open=True, then_s=CUT_S + 1)
    assert post.told() == [(Kind.ALARM_FAULT, Phase.START, CUT)]
    assert post.button.faults == {Fault.BUTTON_CUT}
    post.second(is_open=False, then_s=1.0)
    assert post.told()[1:] == [(Kind.ALARM_FAULT, Phase.END, CUT)]
    assert post.siren.switched == []


def test_a_press_is_felt_though_the_first_wire_is_broken(post: Post) -> None:
    post.second(is_open=True, then_s=0.8)
    post.second(is_open=False)
    assert post.told() == [(Kind.BUTTON_PRESSED, Phase.START, ())]
    assert post.siren.switched == ["on"]


def test_a_press_is_felt_though_the_second_wire_is_cut(post: Post) -> None:
    post.second(is_open=True, then_s=CUT_S + 1)
    post.first(is_down=True, then_s=0.6)
    assert post.siren.switched == ["on"]


@given(st.floats(0.0, HOLD_S * 0.9))
def test_a_flicker_of_the_second_contact_is_nothing(held_s: float) -> None:
    wires, _ = Wires().guarded(100.0, is_open=True)
    wires, is_cut = wires.observe(100.0 + held_s)
    _, was_pushed = wires.guarded(100.0 + held_s, is_open=False)
    assert (is_cut, was_pushed) == (False, False)


@given(st.lists(st.tuples(st.sampled_from(["down", "up", "open", "close"]), st.floats(0.01, 20))))
def test_a_cut_is_told_once_for_each_time(edges: list[tuple[str, float]]) -> None:
    wires, at, cuts, opened = Wires(), 0.0, 0, 0
    for edge, pause_s in edges:
        if edge in {"down", "up"}:
            wires = wires.pushed(edge == "down")
        else:
            opened += edge == "open"
            wires, _ = wires.guarded(at, edge == "open")
        at += pause_s
        for moment in (at - pause_s / 2, at):
            wires, is_cut = wires.observe(moment)
            cuts += is_cut
    assert cuts <= opened


def test_a_pin_that_opens_is_reported(tmp_path: Path) -> None:
    del tmp_path
    factory = Device.pin_factory = MockFactory()
    try:
        factory.pin("GPIO5").drive_low()
        edges: list[bool] = []
        contact = GpioGuardContact("GPIO5", edges.append)
        factory.pin("GPIO5").drive_high()
        factory.pin("GPIO5").drive_low()
        contact.close()
        assert edges == [True, False]
    finally:
        factory.reset()
        Device.pin_factory = None
