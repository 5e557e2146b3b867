from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_agent.adapters.outbox import SqliteOutbox
from edge_agent.adapters.requests import Answered, Requests
from edge_agent.adapters.signals import Signals
from edge_agent.simulated import ManualTime, RecordingSpeaker, RecordingSwitch
from tests.unit.edge.sending.sending_kit import ButtonAndDesk, a_body, an_outbox


class School:
    """A button's process, and a page that asks it things."""

    def __init__(self, box: SqliteOutbox, time: ManualTime) -> None:
        self.siren, self.lamp, self.speaker = (
            RecordingSwitch(),
            RecordingSwitch(),
            RecordingSpeaker(),
        )
        self.box, self.time, self.asked = box, time, Requests(box, time, "boot-1")
        signals = Signals(self.siren, self.lamp, self.speaker)
        self.button = ButtonAndDesk(signals, box, lambda: a_body(critical=True), time, self.asked)

    def ask(self, kind: str) -> Answered:
        number = self.asked.ask(kind, "page:school")
        self.button.turn()
        answered = self.asked.answer(number)
        assert answered is not None
        return answered

    def press(self) -> None:
        self.button.push(True)
        self.button.wait(0.0)
        self.time.go_on(0.5)
        self.button.turn()
        self.button.push(False)
        self.button.wait(0.0)

    def pass_time(self, seconds: float) -> None:
        self.time.go_on(seconds)
        self.button.turn()


@pytest.fixture
def school(tmp_path: Path) -> Iterator[School]:
    time = ManualTime()
    with an_outbox(tmp_path, time) as box:
        yield School(box, time)


def test_a_soft_press_sounds_at_once_and_is_a_real_alarm(school: School) -> None:
    answered = school.ask("press")
    assert school.siren.switched == ["on"]
    [alert] = school.box.due(10)
    assert not alert.is_drill
    assert (answered.is_ok, answered.alert_id) == (True, alert.alert_id)


def test_a_soft_press_that_is_stale_raises_nothing_and_says_so(school: School) -> None:
    number = school.asked.ask("press", "page:school")
    school.pass_time(11.0)
    answered = school.asked.answer(number)
    assert answered is not None
    assert (answered.is_ok, school.siren.switched, school.box.due(10)) == (False, [], [])


def test_a_press_after_asking_for_a_drill_is_one_with_a_chirp_and_a_word(school: School) -> None:
    number = school.asked.ask("drill", "page:school")
    school.button.turn()
    school.press()
    [alert] = school.box.due(10)
    assert alert.is_drill
    assert "drill" in school.speaker.said
    school.pass_time(1.1)
    assert school.siren.switched == ["on", "off"]
    answered = school.asked.answer(number)
    assert answered is not None
    assert answered.alert_id == alert.alert_id


def test_a_press_long_after_a_drill_was_asked_for_is_real(school: School) -> None:
    school.ask("drill")
    school.pass_time(121.0)
    school.press()
    [alert] = school.box.due(10)
    assert not alert.is_drill


def test_a_soft_press_during_a_drill_is_real(school: School) -> None:
    school.ask("drill")
    school.ask("press")
    [alert] = school.box.due(10)
    assert not alert.is_drill


def test_voice_siren_and_lamp_can_be_tried_and_fall_silent_again(school: School) -> None:
    assert school.ask("test_voice").is_ok
    assert school.ask("test_siren").is_ok
    assert school.ask("test_lamp").is_ok
    school.pass_time(3.1)
    assert school.speaker.said == ["test_voice"]
    assert school.siren.switched == ["on", "off"]
    assert school.lamp.switched == ["blink", "off"]
    assert school.box.due(10) == []


def test_nothing_is_tried_while_an_alarm_is_open(school: School) -> None:
    school.press()
    assert not school.ask("test_siren").is_ok


def test_what_nobody_knows_is_refused_in_words(school: School) -> None:
    answered = school.ask("make_coffee")
    assert not answered.is_ok
    assert "make_coffee" in answered.outcome
