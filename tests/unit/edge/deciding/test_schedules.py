from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from edge_agent.core.schedules import Schedule, Window

NIGHT = Window(time(22), time(6))
SCHOOL = Window(time(7), time(17, 30), frozenset(range(5)))
MONDAY = datetime(2026, 6, 1, tzinfo=UTC)


def test_a_window_holds_from_its_start_to_just_before_its_end() -> None:
    assert SCHOOL.holds(MONDAY.replace(hour=7))
    assert SCHOOL.holds(MONDAY.replace(hour=17, minute=29))
    assert not SCHOOL.holds(MONDAY.replace(hour=17, minute=30))


def test_a_window_keeps_to_its_days() -> None:
    assert not SCHOOL.holds(MONDAY.replace(hour=8) + timedelta(days=5))


def test_a_night_goes_on_past_midnight() -> None:
    assert NIGHT.holds(MONDAY.replace(hour=23))
    assert NIGHT.holds(MONDAY.replace(hour=5))
    assert not NIGHT.holds(MONDAY.replace(hour=12))


def test_the_small_hours_belong_to_the_night_that_began_the_day_before() -> None:
    friday_night = Window(time(22), time(6), frozenset({4}))
    saturday = MONDAY + timedelta(days=5)
    assert friday_night.holds(saturday.replace(hour=3))
    assert not friday_night.holds(saturday.replace(hour=23))
    assert not friday_night.holds(MONDAY.replace(hour=3))


def test_no_windows_mean_always_and_so_does_no_clock() -> None:
    assert Schedule().holds(MONDAY)
    assert Schedule((SCHOOL,)).holds(None)


@given(st.times(), st.times(), st.datetimes(timezones=st.just(UTC)))
def test_a_window_and_the_one_between_always_share_the_day(
    start: time, until: time, at: datetime
) -> None:
    if start != until:
        assert Window(start, until).holds(at) != Window(until, start).holds(at)
