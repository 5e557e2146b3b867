import io
import itertools
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory
from hypothesis import given
from hypothesis import strategies as st

from contract.messages import AlertBody, Receipt
from edge_agent.adapters.alarm_button import GpioAlarmButton
from edge_agent.adapters.clock import SystemTime
from edge_agent.adapters.outbox import SqliteOutbox
from edge_agent.adapters.signals import Signals
from edge_agent.adapters.siren import GpioSwitch
from edge_agent.button import run
from edge_agent.core.press import HOLD_S, Press
from edge_agent.ports import ButtonError, OutboxError
from edge_agent.simulated import ManualTime, RecordingSpeaker, RecordingSwitch
from edge_agent.wiring.pressing import press_on_each_line
from tests.unit.edge.sending.sending_kit import (
    AT,
    ButtonAndDesk,
    a_body,
    an_outbox,
    eventually,
    stored,
)


class Gate:
    """A school's button, siren, lamp and voice on a clock that the test holds."""

    def __init__(self, box: SqliteOutbox, time: ManualTime) -> None:
        self.siren, self.lamp, self.speaker = (
            RecordingSwitch(),
            RecordingSwitch(),
            RecordingSpeaker(),
        )
        self.time, self.box = time, box
        signals = Signals(self.siren, self.lamp, self.speaker)
        self.button = ButtonAndDesk(signals, box, a_pressed_body, time)

    def hold(self, seconds: float) -> None:
        self.button.push(True)
        self.button.wait(0.0)
        self.button.turn()
        self.time.go_on(seconds)
        self.button.push(False)
        self.button.wait(0.0)
        self.button.turn()

    def pressed(self) -> int:
        self.hold(0.5)
        return self.box.due(10)[0].seq


def a_pressed_body() -> AlertBody:
    return a_body(critical=True).model_copy(update={"alert_id": "press-1"})


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    time = ManualTime()
    with an_outbox(tmp_path, time) as box:
        yield Gate(box, time)


@pytest.fixture
def pins() -> Iterator[MockFactory]:
    Device.pin_factory = MockFactory()
    yield Device.pin_factory
    Device.pin_factory.reset()
    Device.pin_factory = None


def test_a_press_sounds_and_is_put_in_the_outbox(gate: Gate) -> None:
    gate.hold(0.5)
    assert (gate.siren.switched, gate.lamp.switched) == (["on"], ["blink"])
    assert gate.box.depth() == 1


def test_a_brush_of_the_sleeve_is_no_alarm(gate: Gate) -> None:
    gate.hold(HOLD_S / 2)
    assert (gate.siren.switched, gate.box.depth()) == ([], 0)


def test_the_siren_sounds_before_the_button_is_let_go(gate: Gate) -> None:
    gate.button.push(True)
    gate.button.wait(0.0)
    gate.time.go_on(gate.button.turn())
    gate.button.turn()
    assert gate.siren.switched == ["on"]


def test_a_button_held_down_for_an_hour_is_one_alarm(gate: Gate) -> None:
    gate.button.push(True)
    gate.button.wait(0.0)
    for _ in range(60):
        gate.button.turn()
        gate.time.go_on(60.0)
    alarms = [one for one in gate.box.due(10) if not one.faults]
    assert len(alarms) == 1


def test_the_siren_stops_after_its_time_and_the_lamp_goes_on(gate: Gate) -> None:
    gate.hold(0.5)
    gate.time.go_on(10.0)
    gate.button.turn()
    assert (gate.siren.switched, gate.lamp.switched) == (["on", "off"], ["blink"])


def test_the_siren_sounds_though_the_outbox_cannot_be_written_and_the_alert_is_put_later(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    time = ManualTime()
    with an_outbox(tmp_path, time) as box:
        gate = Gate(box, time)
        for file in tmp_path.glob("outbox.db*"):
            file.rename(tmp_path / f"away-{file.name}")
        (tmp_path / "outbox.db").mkdir()
        gate.hold(0.5)
        assert gate.siren.switched == ["on"]
        with pytest.raises(OutboxError):
            box.depth()
        (tmp_path / "outbox.db").rmdir()
        gate.button.turn()
        assert box.depth() == 1
    assert "待发箱" in caplog.text


def test_the_voice_says_when_the_district_has_it_and_when_somebody_comes(gate: Gate) -> None:
    seq = gate.pressed()
    assert gate.speaker.said == []
    gate.box.settle(stored(seq))
    gate.button.turn()
    gate.box.settle(Receipt(alert_id="press-1", stored_at=AT, status="acknowledged"))
    gate.button.turn()
    gate.button.turn()
    assert gate.speaker.said == ["alarm_received", "alarm_acknowledged"]
    assert gate.lamp.switched == ["blink", "on"]


def test_the_lamp_goes_out_when_the_incident_is_closed(gate: Gate) -> None:
    gate.box.settle(stored(gate.pressed()))
    gate.box.settle(Receipt(alert_id="press-1", stored_at=AT, status="closed"))
    gate.button.turn()
    assert gate.lamp.switched[-1] == "off"


def test_what_is_said_about_another_alert_changes_nothing_here(gate: Gate) -> None:
    gate.pressed()
    gate.box.settle(Receipt(alert_id="other", stored_at=AT, status="acknowledged"))
    gate.button.turn()
    assert (gate.speaker.said, gate.lamp.switched) == ([], ["blink"])


@given(st.lists(st.tuples(st.floats(0.0, HOLD_S * 0.75), st.booleans()), max_size=40))
def test_bounce_that_is_shorter_than_the_hold_never_raises_an_alarm(
    edges: list[tuple[float, bool]],
) -> None:
    press, now, raised = Press(), 0.0, 0
    for pause, _ in edges:
        for down in (True, False):
            now += pause
            press, raises = press.observe(now)
            raised += raises
            press = press.edge(now, down)
    assert raised == 0


@given(st.lists(st.floats(0.25, 5.0), max_size=20))
def test_each_push_that_is_held_always_raises_exactly_one(holds: list[float]) -> None:
    press, now, raised = Press(), 0.0, 0
    for hold in holds:
        press = press.edge(now, down=True)
        for part in itertools.repeat(hold / 10, 10):
            now += part
            press, raises = press.observe(now + 1e-9)
            raised += raises
        press = press.edge(now, down=False)
    assert raised == len(holds)


def test_a_pin_that_is_pulled_low_sounds_the_siren(pins: MockFactory, tmp_path: Path) -> None:
    siren, lamp = GpioSwitch("GPIO27"), GpioSwitch("GPIO22")
    stop = threading.Event()
    with an_outbox(tmp_path) as box:
        signals = Signals(siren, lamp, RecordingSpeaker())
        made: list[ButtonAndDesk] = []
        thread = threading.Thread(target=lambda: run(made[0], stop, lambda: None))
        made.append(ButtonAndDesk(signals, box, a_pressed_body, SystemTime()))
        contact = GpioAlarmButton("GPIO17", made[0].push)
        thread.start()
        pins.pin("GPIO17").drive_low()
        eventually(lambda: pins.pin("GPIO27").state)
        eventually(lambda: box.depth() == 1)
        pins.pin("GPIO17").drive_high()
        stop.set()
        thread.join(10.0)
        for device in (contact, siren, lamp):
            device.close()


def test_the_pin_is_free_again_after_close(pins: MockFactory) -> None:
    assert pins is not None
    edges: list[bool] = []
    GpioAlarmButton("GPIO17", edges.append).close()
    GpioAlarmButton("GPIO17", edges.append).close()
    assert edges == []


def test_a_pin_that_does_not_exist_is_said_in_words(pins: MockFactory) -> None:
    assert pins is not None
    with pytest.raises(ButtonError, match="GPIO99"):
        GpioAlarmButton("GPIO99", lambda _: None)


def test_a_typed_line_is_a_press() -> None:
    edges: list[bool] = []
    press_on_each_line(io.StringIO("\n"), edges.append).join(10.0)
    assert edges == [True, False]
