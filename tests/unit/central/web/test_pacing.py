"""Open pages are told in turns that this machine can answer."""

from hypothesis import given
from hypothesis import strategies as st

from central.web.pacing import AT_ONCE, LEAST_S, MOST_S, SHARE, Busy, Pace


def test_few_pages_are_told_at_once() -> None:
    pace = Pace()
    assert sum(pace.wait_s(100.0) for _ in range(AT_ONCE)) < 1e-6


@given(st.floats(LEAST_S, MOST_S), st.integers(50, 400))
def test_answering_all_never_takes_more_than_its_share(took_s: float, pages: int) -> None:
    pace = Pace()
    for _ in range(500):
        pace.took(took_s)
    waits = [pace.wait_s(100.0) for _ in range(pages)]
    assert waits == sorted(waits)
    assert waits[-1] >= (pages - AT_ONCE - 1) * took_s / SHARE * 0.99


def test_after_a_silence_a_turn_comes_at_once_again() -> None:
    pace = Pace()
    for _ in range(100):
        pace.wait_s(100.0)
    assert pace.wait_s(100.0) > 0
    assert pace.wait_s(1000.0) == 0.0


def test_a_part_alone_takes_its_own_time() -> None:
    busy = Busy()
    busy.began(100.0)
    assert busy.ended(100.25) == 0.25
    busy.began(200.0)  # the silence between them counts for nothing
    assert busy.ended(200.5) == 0.5


def test_parts_at_once_share_the_time_that_passes() -> None:
    busy = Busy()
    for _ in range(4):
        busy.began(100.0)
    assert sum(busy.ended(100.0 + n) for n in (1, 2, 3, 4)) == 4.0
