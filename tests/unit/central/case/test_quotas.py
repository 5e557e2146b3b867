"""A provider's windows, and what is kept free for life safety."""

from hypothesis import given
from hypothesis import strategies as st

from central.core.quotas import Window, windows


@given(st.integers(1, 10_000))
def test_ordinary_letters_never_fill_a_window_that_has_room_for_two(most: int) -> None:
    window = Window(60, most)
    ordinary = window.allowed(is_life_safety=False)
    assert 1 <= ordinary <= window.allowed(is_life_safety=True) == most
    assert most == 1 or ordinary < most


def test_a_fifth_is_kept_free() -> None:
    assert Window(60, 20).allowed(is_life_safety=False) == 16


def test_there_is_room_once_the_oldest_has_left_the_window() -> None:
    assert Window(60, 20).free_at(None) == 0
    assert Window(60, 20).free_at(1_000_000) >= 1_060_000


def test_only_what_the_provider_bounds_is_bounded() -> None:
    assert windows(None, None, None) == []
    assert windows(20, None, 500) == [Window(60, 20), Window(86_400, 500)]
