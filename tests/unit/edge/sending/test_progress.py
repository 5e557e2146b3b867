"""What the school is told of an alarm is about that alarm, in its order, whatever comes between."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.messages import AlertBody, Receipt
from contract.scenarios import Kind, Phase
from edge_agent.adapters.alarm_desk import MOST_OWED, AlarmDesk, Desking
from edge_agent.adapters.outbox import SqliteOutbox
from edge_agent.adapters.signals import Signals
from edge_agent.core.press import HOLD_S, REJOIN_S, UNANSWERED_S
from edge_agent.core.raised import Progress, Unsaved
from edge_agent.simulated import ManualTime, NoRequests, RecordingSpeaker, RecordingSwitch
from tests.unit.edge.sending.sending_kit import (
    AT,
    ButtonAndDesk,
    a_body,
    an_outbox,
    eventually,
    stored,
)


class School:
    """A button whose alarms are numbered, on the test's clock."""

    def __init__(self, box: SqliteOutbox, time: ManualTime) -> None:
        self.box, self.time = box, time
        self.lamp, self.speaker = RecordingSwitch(), RecordingSpeaker()
        self._numbers = itertools.count()
        signals = Signals(RecordingSwitch(), self.lamp, self.speaker)
        self.button = ButtonAndDesk(signals, box, self._body, time)

    def _body(self) -> AlertBody:
        return pressed(f"press-{next(self._numbers)}")

    def press(self) -> None:
        for down in (True, False):
            self.button.push(down)
            self.button.wait(0.0)
            self.after(HOLD_S * 2)

    def after(self, seconds: float) -> None:
        self.button.turn()
        self.time.go_on(seconds)
        self.button.turn()

    def central_has_all(self) -> None:
        self.box.settle(stored(*[alert.seq for alert in self.box.due(20)]))

    def central_says(self, status: str, alert_id: str) -> None:
        word = {"alert_id": alert_id, "stored_at": AT, "status": status}
        self.box.settle(Receipt.model_validate(word))

    def phases(self) -> list[tuple[str, Phase]]:
        due = sorted(self.box.due(20), key=lambda alert: alert.seq)
        return [(one.alert_id, one.phase) for one in due]


def pressed(alert_id: str) -> AlertBody:
    return a_body(critical=True).model_copy(
        update={"alert_id": alert_id, "kind": Kind.BUTTON_PRESSED}
    )


@pytest.fixture
def school(tmp_path: Path) -> Iterator[School]:
    time = ManualTime()
    with an_outbox(tmp_path, time) as box:
        yield School(box, time)


def test_an_acknowledgement_just_before_a_second_press_is_not_lost(school: School) -> None:
    school.press()
    school.central_has_all()
    school.after(1.0)
    school.central_says("acknowledged", "press-0")
    school.button.desk.owe(Unsaved(pressed("press-0").model_copy(update={"phase": Phase.UPDATE})))
    school.after(1.0)
    assert school.speaker.said == ["alarm_received", "alarm_acknowledged"]


def test_a_second_press_is_answered_once_more(school: School) -> None:
    school.press()
    school.central_has_all()
    school.central_says("acknowledged", "press-0")
    school.after(1.0)
    school.press()
    school.central_has_all()
    school.after(1.0)
    assert school.speaker.said == ["alarm_received", "alarm_acknowledged"] * 2
    assert school.lamp.switched == ["blink", "on", "blink", "on"]


def test_what_comes_late_of_an_older_alarm_does_not_put_out_the_lamp_of_a_new_one(
    school: School,
) -> None:
    school.press()
    school.after(REJOIN_S + 1)
    school.press()
    school.button.hear(Progress("press-0", "closed"))
    school.button.wait(0.0)
    assert school.lamp.switched == ["blink", "blink"]


def test_a_press_after_the_close_is_a_new_alarm_however_soon(school: School) -> None:
    school.press()
    school.central_has_all()
    school.central_says("closed", "press-0")
    school.after(1.0)
    school.press()
    assert school.phases() == [("press-1", Phase.START)]


def test_who_has_been_answered_is_not_told_to_call_for_help(school: School) -> None:
    school.press()
    school.central_has_all()
    school.after(UNANSWERED_S * 2)
    assert "alarm_not_confirmed" not in school.speaker.said


def test_a_button_that_chatters_while_nothing_can_be_saved_owes_a_bounded_number(
    school: School,
) -> None:
    desk = school.button.desk
    away = school.box.path.rename(school.box.path.with_name("away"))
    school.box.path.mkdir()
    for number in range(MOST_OWED * 3):
        phase = Phase.UPDATE if number else Phase.START
        desk.owe(Unsaved(pressed("press-0").model_copy(update={"phase": phase})))
    desk.owe(Unsaved(pressed("press-1")))
    desk.turn()
    school.box.path.rmdir()
    away.rename(school.box.path)
    desk.turn()
    assert not desk.owes
    assert school.box.depth() == MOST_OWED + 1


def test_the_desk_opens_a_file_that_was_not_there_at_the_start_and_loses_nothing(
    tmp_path: Path,
) -> None:
    in_the_way = tmp_path / "state"
    in_the_way.write_text("no folder", encoding="utf-8")
    box = SqliteOutbox(in_the_way / "outbox.db", in_the_way / "evidence", late=True)
    desk = AlarmDesk(box, NoRequests())
    desking = Desking(desk, lambda _: None)
    desk.owe(Unsaved(pressed("press-0")))
    eventually(lambda: desk.owes)
    in_the_way.unlink()
    desking.close()
    assert (desk.owes, box.depth()) == (False, 1)
    box.close()
