"""A one-time link opens until something ends it, and says what did."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.core.one_time_links import ENDED, Ending, Standing, ending
from central.core.workflow import Status

OPEN = Standing(expires_at=1000, status=Status.DISPATCHED, is_with_unit=True, is_removed=False)


@pytest.mark.parametrize(
    ("standing", "why"),
    [
        (OPEN, None),
        (replace(OPEN, is_removed=True), Ending.REMOVED),
        (replace(OPEN, status=Status.CLOSED), Ending.CLOSED),
        (replace(OPEN, was_closed=True), Ending.CLOSED),
        (replace(OPEN, is_with_unit=False), Ending.TRANSFERRED),
        (replace(OPEN, was_moved=True), Ending.TRANSFERRED),
        (replace(OPEN, expires_at=999), Ending.EXPIRED),
    ],
)
def test_it_ends_for_the_reason_that_counts_most(standing: Standing, why: Ending | None) -> None:
    assert ending(standing, 999) is why


@given(
    st.builds(
        Standing,
        expires_at=st.integers(0, 2000),
        status=st.sampled_from(Status),
        is_with_unit=st.booleans(),
        is_removed=st.booleans(),
        was_closed=st.booleans(),
        was_moved=st.booleans(),
    ),
    st.integers(0, 2000),
)
def test_it_never_opens_out_of_time_for_the_removed_or_on_another_s_task(
    standing: Standing, now_ms: int
) -> None:
    if ending(standing, now_ms) is None:
        assert now_ms < standing.expires_at
        assert standing.is_with_unit
        assert not standing.is_removed
        assert standing.status is not Status.CLOSED


@pytest.mark.parametrize("why", Ending)
def test_every_ending_says_what_is_the_case_and_what_to_do_in_both_languages(why: Ending) -> None:
    assert all(words for pair in ENDED[why] for words in pair)
