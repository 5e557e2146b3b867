"""The alarm tests itself once a day, and its share is counted; the page says how it went."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.adapters.alarm_button import GpioAlarmButton, GpioGuardContact
from edge_agent.adapters.alarm_desk import DRILL, AlarmDesk
from edge_agent.adapters.notes import HealthRow
from edge_agent.adapters.outbox import SqliteOutbox
from edge_agent.adapters.siren import GpioSwitch
from edge_agent.config import EdgeConfig
from edge_agent.core.raised import Unsaved
from edge_agent.core.self_test import Seen, SelfTest, is_drill_due, is_due, judged, left_over
from edge_agent.simulated import ManualTime, NoRequests
from edge_agent.wiring.checking.alarm import of_alarm
from edge_agent.wiring.self_testing import SELF_TEST, SelfTesting, voice_trouble
from tests.unit.edge.sending.sending_kit import a_body, an_outbox, stored

CONFIG = EdgeConfig.model_validate_json('{"device_id": "gate-001", "profile": "gate"}')
POND = EdgeConfig.model_validate_json('{"device_id": "pond-001", "profile": "water"}')
MORNING, NIGHT = datetime(2026, 9, 1, 7, tzinfo=UTC), datetime(2026, 9, 1, 3, tzinfo=UTC)
NEXT = MORNING + timedelta(days=1)


class Gate:
    """A gate's self-test on the test's clock; `asked` counts how often the parts were tried."""

    def __init__(self, box: SqliteOutbox, time: ManualTime) -> None:
        self.box, self.time = box, time
        self.wrong: list[str] = []
        self.asked = 0
        self.testing = SelfTesting(CONFIG, box, self._trouble, time.now)

    def _trouble(self) -> Sequence[str]:
        self.asked += 1
        return self.wrong

    def look(self, at: datetime, *, is_connected: bool = True) -> None:
        self.time.go_on((at - self.time.now()).total_seconds())
        self.box.record_health("link", {"is_connected": is_connected, "said": "断开"})
        self.testing.look()

    def shares(self) -> list[tuple[str, float, float]]:
        row = self.box.health().get("duties:button")
        rows = row.body["shares"] if row else []
        return [(one["day"], one["numerator"], one["denominator"]) for one in rows]

    def restart(self) -> None:
        self.testing.close()
        self.testing = SelfTesting(CONFIG, self.box, self._trouble, self.time.now)


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    time = ManualTime(MORNING - timedelta(days=1))
    with an_outbox(tmp_path, time) as box:
        made = Gate(box, time)
        yield made
        made.testing.close()


@pytest.fixture
def pins() -> Iterator[MockFactory]:
    Device.pin_factory = MockFactory()
    yield Device.pin_factory
    Device.pin_factory.reset()
    Device.pin_factory = None


def test_once_a_day_all_well_counts_one_of_one(gate: Gate) -> None:
    gate.look(MORNING)
    gate.look(MORNING.replace(hour=20))
    assert gate.shares() == [("2026-09-01", 1.0, 1.0)]
    assert gate.asked == 1


def test_it_waits_for_its_hour(gate: Gate) -> None:
    gate.look(NIGHT)
    assert gate.shares() == []


def test_what_is_wrong_at_the_school_counts_none_of_one_at_once(gate: Gate) -> None:
    gate.wrong = ["button_stuck"]
    gate.look(MORNING)
    gate.wrong = []
    gate.look(MORNING.replace(hour=8))
    assert gate.shares() == [("2026-09-01", 0.0, 1.0)]
    assert gate.box.health()[SELF_TEST].body["wrong"] == ["button_stuck"]


def test_the_district_has_the_whole_day_to_be_reached(gate: Gate) -> None:
    gate.look(MORNING, is_connected=False)
    assert gate.shares() == []
    assert gate.box.health()[SELF_TEST].body["wrong"] == ["断开"]
    gate.look(MORNING.replace(hour=22))
    assert gate.shares() == [("2026-09-01", 1.0, 1.0)]
    assert gate.asked == 1


def test_a_day_without_any_way_to_the_district_counts_none_of_one(gate: Gate) -> None:
    gate.look(MORNING, is_connected=False)
    gate.restart()
    gate.look(NEXT)
    assert gate.shares() == [("2026-09-01", 0.0, 1.0), ("2026-09-02", 1.0, 1.0)]


def test_a_link_that_has_said_nothing_for_long_is_no_way_to_the_district(gate: Gate) -> None:
    gate.box.record_health("link", {"is_connected": True})
    gate.time.go_on(timedelta(days=1).total_seconds())
    gate.testing.look()
    assert gate.shares() == []


def test_a_restart_does_not_count_the_same_day_twice(gate: Gate) -> None:
    gate.look(MORNING)
    gate.restart()
    gate.look(MORNING.replace(hour=9))
    gate.look(NEXT)
    assert gate.shares() == [("2026-09-01", 1.0, 1.0), ("2026-09-02", 1.0, 1.0)]


def test_it_is_said_once_a_day_that_a_drill_is_due(
    gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    gate.look(MORNING)
    gate.look(MORNING.replace(hour=9))
    assert caplog.text.count("该做一键报警演练了") == 1
    gate.box.record_health(DRILL, {"alert_id": "drill-1"})
    caplog.clear()
    gate.look(NEXT)
    assert "演练" not in caplog.text


@given(
    st.lists(st.tuples(st.floats(0.1, 30.0), st.booleans(), st.booleans()), min_size=1, max_size=30)
)
def test_every_day_counts_at_most_once_and_only_one_of_one_or_none_of_one(
    looks: list[tuple[float, bool, bool]],
) -> None:
    last: SelfTest | None = None
    counted: dict[str, float] = {}
    at = MORNING
    for hours, is_broken, is_cut in looks:
        at += timedelta(hours=hours)
        day = f"{at:%Y-%m-%d}"
        if not is_due(last, day, at.hour, 6):
            continue
        test, shares = judged(day, Seen(["stuck"] * is_broken, ["cut"] * is_cut))
        for counts_for, share in [*left_over(last, day), *shares]:
            assert counts_for not in counted
            assert share.denominator == 1.0
            counted[counts_for] = share.numerator
        last = test
    assert set(counted.values()) <= {0.0, 1.0}


@given(st.floats(0.0, 100.0), st.floats(1.0, 60.0))
def test_a_drill_is_due_when_the_last_is_too_long_ago(ago_days: float, within: float) -> None:
    drilled_at = MORNING - timedelta(days=ago_days)
    is_late = timedelta(days=ago_days) > timedelta(days=within)
    assert is_drill_due(drilled_at, MORNING, within) is is_late
    assert is_drill_due(None, MORNING, within)


def test_a_drill_is_noted_once_the_district_has_it(tmp_path: Path) -> None:
    with an_outbox(tmp_path) as box:
        desk = AlarmDesk(box, NoRequests())
        body = a_body(critical=True).model_copy(update={"alert_id": "d", "is_drill": True})
        desk.owe(Unsaved(body))
        desk.turn()
        assert DRILL not in box.health()
        box.settle(stored(*[one.seq for one in box.due(5)]))
        desk.turn()
        at = body.occurred_at.isoformat()
        assert box.health()[DRILL].body == {"alert_id": "d", "pressed_at": at}


def rows_of(test: dict[str, object] | None, drilled_at: datetime | None) -> dict[str, HealthRow]:
    rows = {SELF_TEST: HealthRow(MORNING, test)} if test else {}
    return rows | ({DRILL: HealthRow(drilled_at, {})} if drilled_at else {})


PASSED: dict[str, object] = {"day": "2026-09-01", "wrong": [], "is_counted": True}
FAILED: dict[str, object] = {"day": "2026-09-01", "wrong": ["button_cut"], "is_counted": True}


@pytest.mark.parametrize(
    ("test", "drilled_at", "now", "states"),
    [
        (PASSED, MORNING, MORNING, ["ok", "ok"]),
        (FAILED, MORNING, MORNING, ["fail", "ok"]),
        (PASSED, MORNING, MORNING + timedelta(days=3), ["fail", "ok"]),
        (PASSED, MORNING - timedelta(days=40), MORNING, ["ok", "warn"]),
        (None, None, MORNING, ["warn", "warn"]),
    ],
)
def test_the_page_says_how_the_test_went_and_whether_a_drill_is_due(
    test: dict[str, object] | None, drilled_at: datetime | None, now: datetime, states: list[str]
) -> None:
    found = list(of_alarm(CONFIG, rows_of(test, drilled_at), now))
    assert [one.state for one in found] == states
    assert all(one.advice for one in found if one.state != "ok")


def test_a_drill_says_how_long_it_took_there_and_back() -> None:
    pressed = (MORNING - timedelta(seconds=1.24)).isoformat()
    rows = {
        SELF_TEST: HealthRow(MORNING, PASSED),
        DRILL: HealthRow(MORNING, {"pressed_at": pressed}),
    }
    assert "1.2 秒" in list(of_alarm(CONFIG, rows, MORNING))[1].said


def test_a_pond_has_no_alarm_to_test() -> None:
    assert list(of_alarm(POND, {}, MORNING)) == []


def test_a_line_that_is_not_as_it_was_switched_is_told(pins: MockFactory) -> None:
    siren = GpioSwitch("GPIO27")
    assert siren.trouble() == ""
    siren.on()
    assert siren.trouble() == ""
    pins.pin("GPIO27").state = False  # held down by a short
    assert "GPIO27" in siren.trouble()
    siren.blink()
    assert siren.trouble() == ""
    siren.close()
    assert "GPIO27" in siren.trouble()


def test_a_contact_whose_edges_are_not_reported_is_told(pins: MockFactory) -> None:
    pins.pin("GPIO5").drive_low()
    contact = GpioAlarmButton("GPIO17", lambda _: None)
    guard = GpioGuardContact("GPIO5", lambda _: None)
    assert (contact.trouble(), guard.trouble()) == ("", "")
    pins.pin("GPIO17").drive_low()
    pins.pin("GPIO5").drive_high()
    assert (contact.trouble(), guard.trouble()) == ("", "")
    for deaf in ("GPIO17", "GPIO5"):
        pins.pin(deaf).when_changed = None
    pins.pin("GPIO17").drive_high()
    pins.pin("GPIO5").drive_low()
    assert "GPIO17" in contact.trouble()
    assert "GPIO5" in guard.trouble()
    contact.close()
    guard.close()
    assert "GPIO17" in contact.trouble()


def test_a_voice_without_a_card_is_told_and_one_that_is_switched_off_is_not() -> None:
    voice = CONFIG.voice.model_copy(update={"sink": "no-such-card"})
    assert voice_trouble(voice)
    assert voice_trouble(voice.model_copy(update={"enabled": False})) == []
    assert voice_trouble(voice.model_copy(update={"sink": "file:said"})) == []
