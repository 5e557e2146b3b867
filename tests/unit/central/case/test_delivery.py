"""A notification's states, and the pauses between tries."""

from hypothesis import given
from hypothesis import strategies as st

from central.core.delivery import FORWARD, HAS_GONE_OUT, MOST_TRIES, WAITING, State, next_try_at

NOW = 1_795_406_400_000


def test_states_only_move_forward() -> None:
    def beyond(state: State) -> set[State]:
        found: set[State] = set()
        frontier = set(FORWARD[state])
        while frontier:
            found |= frontier
            frontier = {there for here in frontier for there in FORWARD[here]} - found
        return found

    assert all(state not in beyond(state) for state in State)
    assert all(not (WAITING & beyond(state)) for state in HAS_GONE_OUT)


def test_every_state_that_waits_can_end_well_and_badly() -> None:
    for state in WAITING:
        assert {State.FAILED, State.SUPERSEDED} <= FORWARD[state]


@given(st.integers(1, MOST_TRIES - 1), st.none() | st.floats(0, 1e6))
def test_the_next_try_is_always_later_but_not_for_ever(
    attempts: int, retry_after_s: float | None
) -> None:
    again = next_try_at(attempts, NOW, retry_after_s)
    assert again is not None
    assert 5000 <= again - NOW <= 3_600_000


@given(st.integers(MOST_TRIES, 1000))
def test_after_so_many_tries_there_is_no_next(attempts: int) -> None:
    assert next_try_at(attempts, NOW) is None
