"""Working hours: nights, weekends and holidays wait, make-up Saturdays count."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.adapters.calendars import CalendarError, calendar_of, unknown_years
from central.core.calendar import ClockName
from central.core.local_time import ZONE, from_ms, to_ms

HOUR = 3600
STATUTORY = calendar_of(None)
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31)).map(  # noqa: DTZ001 - below
    lambda at: to_ms(at.replace(tzinfo=ZONE))
)


def at(text: str) -> int:
    return to_ms(datetime.fromisoformat(text).replace(tzinfo=ZONE))


@pytest.mark.parametrize(
    ("since", "hours", "due"),
    [
        ("2026-09-23T10:00", 2, "2026-09-23T12:00"),
        ("2026-09-23T16:30", 2, "2026-09-24T09:30"),  # over night
        ("2026-09-23T22:00", 1, "2026-09-24T09:30"),
        ("2026-09-24T16:30", 2, "2026-09-28T09:30"),  # Mid-Autumn is a Friday: three days off
        ("2026-09-30T17:00", 1, "2026-10-08T09:00"),  # the National Day's week
        ("2026-10-09T17:00", 1, "2026-10-10T09:00"),  # a Saturday that is worked instead
    ],
)
def test_only_working_hours_count(since: str, hours: int, due: str) -> None:
    assert STATUTORY.due_at(at(since), hours * HOUR, "work") == at(due)


def test_what_is_urgent_knows_no_holiday() -> None:
    assert STATUTORY.due_at(at("2026-10-01T03:00"), HOUR) == at("2026-10-01T04:00")


@given(MOMENTS, st.integers(1, 200 * HOUR), st.sampled_from(["work", "school"]))
def test_nothing_falls_due_outside_working_hours(
    since: int, after_s: int, clock: ClockName
) -> None:
    due = from_ms(STATUTORY.due_at(since, after_s, clock)).astimezone(ZONE)
    opens, closes = STATUTORY.hours.of(due.date())
    assert STATUTORY.is_workday(due.date())
    assert opens < due <= closes


@given(MOMENTS, MOMENTS, st.integers(1, 100 * HOUR), st.integers(1, 100 * HOUR))
def test_later_and_longer_are_never_sooner(one: int, other: int, short: int, long: int) -> None:
    early, late = sorted((one, other))
    few, many = sorted((short, long))
    assert STATUTORY.due_at(early, few, "work") <= STATUTORY.due_at(late, many, "work")
    assert STATUTORY.due_at(early, few, "work") >= early + few * 1000


def test_the_district_s_own_days_go_first(tmp_path: Path) -> None:
    (tmp_path / "calendars.yaml").write_text(
        "workdays: [2026-10-01]\nholidays: [2026-09-23]\nschool_terms: [[2026-09-01, 2027-01-20]]\n"
    )
    own = calendar_of(tmp_path)
    assert own.is_workday(date(2026, 10, 1))
    assert not own.is_workday(date(2026, 9, 23))
    assert own.is_school_day(date(2026, 9, 1))
    assert not own.is_school_day(date(2026, 8, 31))
    assert own.due_at(at("2026-07-06T10:00"), HOUR, "school") == at("2026-09-01T09:30")


@pytest.mark.parametrize("text", ["{", "days: [2026-01-01]", "holidays: [yesterday]"])
def test_a_wrong_calendar_is_refused_by_its_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "calendars.yaml").write_text(text)
    with pytest.raises(CalendarError, match=r"calendars\.yaml"):
        calendar_of(tmp_path)


def test_years_that_nobody_has_announced_are_named() -> None:
    assert unknown_years(range(2025, 2027)) == []
    assert 2060 in unknown_years(range(2059, 2061))
    assert STATUTORY.is_workday(date(2060, 1, 5))  # a Monday
    assert not STATUTORY.is_workday(date(2060, 1, 4))


def test_a_calendar_without_any_open_day_still_comes_to_an_end(tmp_path: Path) -> None:
    (tmp_path / "calendars.yaml").write_text("school_terms: [[2001-01-01, 2001-01-02]]\n")
    since = at("2026-09-23T10:00")
    span = timedelta(hours=1)
    assert calendar_of(tmp_path).due_at(since, HOUR, "school") == since + span // timedelta(
        milliseconds=1
    )
