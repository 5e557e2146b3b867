"""Where a boarder is, whatever way the signs come."""

from hypothesis import given
from hypothesis import strategies as st

from central.core.presence import Presence, Sign, Where, is_from_the_future, presence

SIGNS = st.builds(
    Sign,
    at=st.integers(0, 20),
    source=st.sampled_from(["door", "roll_call"]),
    event_id=st.text("abc", min_size=1, max_size=2),
    is_in=st.booleans(),
)


@given(st.lists(SIGNS, max_size=12).flatmap(lambda s: st.tuples(st.just(s), st.permutations(s))))
def test_the_order_in_which_signs_come_never_matters(both: tuple[list[Sign], list[Sign]]) -> None:
    one, other = both
    assert presence(one) == presence(other)


@given(st.lists(SIGNS, min_size=1, max_size=12), st.data())
def test_a_sign_that_comes_twice_never_changes_anything(signs: list[Sign], data: st.DataObject
                                                        ) -> None:  # fmt: skip
    again = data.draw(st.lists(st.sampled_from(signs), max_size=6))
    assert presence([*signs, *again]) == presence(signs)


@given(st.lists(SIGNS, min_size=1, max_size=12))
def test_the_last_sign_by_its_own_time_always_decides(signs: list[Sign]) -> None:
    assert presence(signs).since == max(sign.at for sign in signs)


def test_without_a_sign_nothing_is_known() -> None:
    assert presence([]) == Presence(Where.UNKNOWN)


def test_at_the_same_time_a_persons_word_goes_before_a_door() -> None:
    door = Sign(5, "door", "z", is_in=True)
    person = Sign(5, "roll_call", "a", is_in=False)
    assert presence([door, person]).where is Where.ABSENT


def test_two_minutes_of_clock_error_are_believed_and_no_more() -> None:
    assert not is_from_the_future(120_000, 0)
    assert is_from_the_future(120_001, 0)
