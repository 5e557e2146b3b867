"""Small counts say nothing about anybody."""

from hypothesis import given
from hypothesis import strategies as st

from central.core.suppression import FEW, LEAST, coarse, month_of, months_between

DAY_MS = 24 * 3600 * 1000
NOW = 1_795_406_400_000  # 2026-11-23 12:00:00 in the district

times = st.integers(NOW - 4 * 365 * DAY_MS, NOW)


@given(st.integers(0, 1000))
def test_none_and_few_are_the_same_and_no_small_count_is_said(count: int) -> None:
    assert coarse(count) == (FEW if count < LEAST else str(count))


@given(times)
def test_only_whole_months_that_are_over_are_said(since: int) -> None:
    months = months_between(since, NOW)
    assert month_of(NOW) not in months
    assert months == sorted(months, reverse=True)
    assert all(month > month_of(since) or since == 0 for month in months) or (
        month_of(since - 1) != month_of(since)
    )


@given(times, st.integers(1, 27))
def test_asking_from_a_day_later_never_splits_a_month(since: int, days: int) -> None:
    earlier, later = months_between(since, NOW), months_between(since + days * DAY_MS, NOW)
    assert set(later) <= set(earlier)
    assert len(earlier) - len(later) <= 1


def test_a_year_turns() -> None:
    assert months_between(NOW - 370 * DAY_MS, NOW)[-1] == "2025-12"
