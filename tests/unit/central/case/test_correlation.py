"""Which alerts are signs of one danger, and which are too old to wake anybody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.core.correlation import OpenCase, is_stale, joins
from central.core.workflow import Status

FIRST, LAST, WITHIN_S = 1_000_000, 1_600_000, 300


def a_case(status: Status = Status.DISPATCHED) -> OpenCase:
    return OpenCase("case", status, FIRST, LAST)


@given(st.integers(0, 3_000_000))
def test_an_alert_joins_exactly_when_it_is_near_in_time(occurred_at: int) -> None:
    near = FIRST - WITHIN_S * 1000 <= occurred_at <= LAST + WITHIN_S * 1000
    assert joins(a_case(), occurred_at, WITHIN_S) == near


@pytest.mark.parametrize("status", Status)
def test_once_it_is_dealt_with_on_the_spot_a_new_alert_is_a_new_danger(status: Status) -> None:
    waiting = {Status.OPEN, Status.DISPATCHED, Status.ACKNOWLEDGED}
    assert joins(a_case(status), LAST, WITHIN_S) == (status in waiting)


@given(st.integers(0, 10**9))
def test_an_alert_that_came_at_once_is_never_stale(age_ms: int) -> None:
    now = 2 * 10**9
    how = {"occurred_at": now - age_ms, "now_ms": now, "stale_after_s": 900}
    assert not is_stale(is_late=False, **how)
    assert is_stale(is_late=True, **how) == (age_ms > 900_000)
