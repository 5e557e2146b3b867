"""What is said of a letter beside its state."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.core.delivery import ADVICE, Failure, Hold, State
from central.core.fates import FAILED_WITH_IT, NOT_SURE, TWICE, WITHIN, remarks


def row(state: State, **more: object) -> dict[str, object]:
    return {"state": state, "failure": None, "held_for": None, "broken_off": 0,
            "bundle_state": None, **more}  # fmt: skip


@pytest.mark.parametrize("failure", Failure)
def test_every_trouble_that_is_not_over_says_what_to_do(failure: Failure) -> None:
    assert ADVICE[failure] in remarks(row(State.SENDING, failure=failure))
    assert ADVICE[failure] in remarks(row(State.FAILED, failure=failure))


def test_what_has_arrived_after_all_needs_no_advice() -> None:
    assert remarks(row(State.DELIVERED, failure=Failure.SLOW)) == []


def test_what_may_have_arrived_twice_says_so() -> None:
    assert remarks(row(State.ACCEPTED, broken_off=1)) == [TWICE]
    assert remarks(row(State.SENDING, broken_off=1)) == [NOT_SURE]


def test_what_went_out_within_another_says_how_that_one_did() -> None:
    assert remarks(row(State.BUNDLED, bundle_state="accepted")) == [WITHIN]
    assert remarks(row(State.BUNDLED, bundle_state="failed")) == [FAILED_WITH_IT]


@given(st.sampled_from(State), st.none() | st.sampled_from(Failure),
       st.none() | st.sampled_from(Hold), st.integers(0, 3))  # fmt: skip
def test_it_is_always_said_in_both_languages(
    state: State, failure: Failure | None, held_for: Hold | None, broken_off: int
) -> None:
    said = remarks(row(state, failure=failure, held_for=held_for, broken_off=broken_off))
    assert all(zh and en for zh, en in said)
