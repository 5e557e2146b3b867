"""Who is on duty when, who stands in, where nobody is; and what a roster's row may say."""

from datetime import datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.core.calendar import Calendar
from central.core.duty import (
    Absence,
    Pattern,
    Shift,
    gaps,
    is_on,
    joined,
    needed,
    on_duty,
    spans,
    there,
)
from central.core.duty_rows import COLUMNS, RowError, read_row
from central.core.local_time import ZONE, to_ms
from central.core.people import Role

CALENDAR = Calendar()
HOUR = 3_600_000
DAY = 24 * HOUR


def at(text: str) -> int:
    return to_ms(datetime.fromisoformat(text).replace(tzinfo=ZONE))


MONDAY = at("2026-11-23")
NIGHT = Pattern(frozenset(range(1, 8)), "all", time(20), time(8))


def a_shift(username: str = "wang", pattern: Pattern | None = None, **span: int) -> Shift:
    begins, ends = span.get("from_at", MONDAY), span.get("to_at", MONDAY + 7 * DAY)
    return Shift("s", "town:yuelin", Role.WATER_WARDEN, username, begins, ends, pattern)


def test_a_night_shift_goes_past_midnight() -> None:
    shift = a_shift(pattern=NIGHT)
    assert is_on(shift, at("2026-11-24T03:00"), CALENDAR)
    assert not is_on(shift, at("2026-11-24T12:00"), CALENDAR)
    assert is_on(shift, at("2026-11-24T23:00"), CALENDAR)


def test_days_of_the_week_and_of_the_calendar_count() -> None:
    work = Pattern(frozenset({1, 2, 3, 4, 5, 6}), "work", time(8), time(20))
    assert is_on(a_shift(pattern=work), at("2026-11-27T10:00"), CALENDAR)
    assert not is_on(a_shift(pattern=work), at("2026-11-28T10:00"), CALENDAR)


def test_who_is_away_is_stood_in_for_and_so_on() -> None:
    away = [
        Absence("wang", MONDAY, MONDAY + DAY, "li"),
        Absence("li", MONDAY, MONDAY + HOUR, "qian"),
    ]
    assert on_duty([a_shift()], away, MONDAY, CALENDAR) == ["qian"]
    assert on_duty([a_shift()], away, MONDAY + 2 * HOUR, CALENDAR) == ["li"]
    assert on_duty([a_shift()], away, MONDAY + DAY, CALENDAR) == ["wang"]


def test_those_who_stand_in_for_each_other_are_nobody() -> None:
    away = [Absence("wang", 0, 9, "li"), Absence("li", 0, 9, "wang")]
    assert there("wang", away, 5) is None


def test_a_gap_is_where_nobody_is_or_everybody_is_away() -> None:
    day = Pattern(frozenset(range(1, 8)), "all", time(8), time(20))
    until = MONDAY + 2 * DAY
    rows = [a_shift(pattern=NIGHT), a_shift("li", day)]
    assert gaps(rows, [], MONDAY, until, CALENDAR) == []
    assert gaps(rows[:1], [], MONDAY, MONDAY + DAY, CALENDAR) == [
        (MONDAY + 8 * HOUR, MONDAY + 20 * HOUR)
    ]
    away = [Absence("li", MONDAY + 10 * HOUR, MONDAY + 12 * HOUR)]
    found = gaps(rows, away, MONDAY, until, CALENDAR)
    assert (MONDAY + 10 * HOUR, MONDAY + 12 * HOUR) in found


def test_only_the_hours_that_matter_are_missed() -> None:
    assert needed("never", MONDAY, MONDAY + DAY, CALENDAR) == []
    work = needed("work", MONDAY, MONDAY + 7 * DAY, CALENDAR)
    assert len(work) == 5
    assert sum(b - a for a, b in work) == 5 * 9 * HOUR


hours = st.builds(time, st.integers(0, 23), st.sampled_from([0, 30]))
shifts = st.builds(
    Shift,
    st.just("s"),
    st.just("u"),
    st.just(Role.GUARD),
    st.sampled_from(["a", "b"]),
    st.integers(0, 10).map(lambda d: MONDAY + d * DAY // 2),
    st.one_of(st.none(), st.integers(11, 20).map(lambda d: MONDAY + d * DAY // 2)),
    st.one_of(st.none(), st.builds(
        Pattern, st.frozensets(st.integers(1, 7), min_size=1), st.sampled_from(["all", "work"]),
        hours, hours,
    )),
)  # fmt: skip
absences = st.builds(
    Absence, st.sampled_from(["a", "b"]), st.integers(0, 5).map(lambda d: MONDAY + d * DAY),
    st.integers(6, 9).map(lambda d: MONDAY + d * DAY), st.sampled_from([None, "b", "c"]),
)  # fmt: skip


@given(
    st.lists(shifts, max_size=4), st.lists(absences, max_size=3), st.integers(0, 14 * 24 * 2 - 1)
)
def test_a_moment_is_in_a_gap_exactly_when_nobody_is_on_duty(
    rows: list[Shift], away: list[Absence], half_hours: int
) -> None:
    moment = MONDAY + half_hours * HOUR // 2
    found = gaps(rows, away, MONDAY, MONDAY + 14 * DAY, CALENDAR)
    inside = any(a <= moment < b for a, b in found)
    assert inside == (not on_duty(rows, away, moment, CALENDAR))
    assert found == joined(found)


@given(shifts)
def test_a_shift_never_lasts_outside_its_bounds(shift: Shift) -> None:
    for a, b in spans(shift, MONDAY, MONDAY + 14 * DAY, CALENDAR):
        assert shift.from_at <= a < b <= (shift.to_at or MONDAY + 14 * DAY)


ROW = {"unit": "town:yuelin", "role": "water_warden", "username": "wang", "from": "2026-12-01",
       "to": "2026-12-31", "weekdays": "1-5", "hours": "20:00-08:00", "days": "工作日"}  # fmt: skip


def test_a_row_is_read_as_people_write_it() -> None:
    shift = read_row(ROW, "s")
    assert shift.from_at == at("2026-12-01")
    assert shift.to_at == at("2027-01-01")  # the last day counts
    assert shift.pattern == Pattern(frozenset(range(1, 6)), "work", time(20), time(8))
    typed = {**ROW, "weekdays": "1\uff0c2\uff0c3\uff0c4、5", "hours": "20\uff1a00至8\uff1a00"}
    assert read_row(typed, "s").pattern == shift.pattern
    whole = read_row({**ROW, "weekdays": "", "hours": "", "days": ""}, "s")
    assert whole.pattern is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"role": "auditor"}, "role 'auditor'"),
        ({"from": "soon"}, "expected 2026-12-01"),
        ({"to": "2026-11-01"}, "must be later than from"),
        ({"weekdays": "0-9"}, "expected 1-5 or 1,3,7"),
        ({"hours": "8"}, "expected 08:00-20:00"),
        ({"days": "sometimes"}, "one of: all"),
        ({"username": ""}, "is needed"),
        ({"to": "", "weekdays": "", "hours": "", "days": ""}, "where no weekly pattern"),
    ],
)
def test_a_row_that_is_wrong_says_what_to_write(changes: dict[str, str], words: str) -> None:
    with pytest.raises(RowError, match=words) as error:
        read_row({**ROW, **changes}, "s")
    assert " / " in str(error.value)


@given(st.dictionaries(st.sampled_from(COLUMNS), st.text(max_size=30)))
def test_whatever_a_row_holds_it_is_read_or_refused_in_words(row: dict[str, str]) -> None:
    try:
        shift = read_row({**ROW, **row}, "s")
    except RowError as error:
        assert str(error)  # noqa: PT017 - some rows are right
        return
    assert shift.username
