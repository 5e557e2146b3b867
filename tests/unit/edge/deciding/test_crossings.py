from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.core.crossings import Crossing, Crossings
from edge_agent.core.lines import Direction, Line
from tests.unit.edge.deciding.deciding_kit import track

DOWN = Line("bank", (0.5, 0.2), (0.5, 1.0))  # drawn from top to bottom
TO_THE_RIGHT_OF_THE_PICTURE = [0.3 + i / 50 for i in range(21)]
TO_THE_LEFT_OF_THE_PICTURE = TO_THE_RIGHT_OF_THE_PICTURE[::-1]


def crossings(xs: Sequence[float], line: Line = DOWN, y: float = 0.8) -> list[Crossing]:
    memory, found = Crossings(), list[Crossing]()
    for i, x in enumerate(xs):
        memory, new = memory.observe(i / 10, [track(x, y)], [line], {})
        found += new
    return found


def test_who_passes_is_found_once() -> None:
    assert len(crossings(TO_THE_RIGHT_OF_THE_PICTURE)) == 1


@pytest.mark.parametrize(
    ("xs", "direction"),
    [
        # whoever walks down the picture, towards us, has the picture's left side on the right
        (TO_THE_LEFT_OF_THE_PICTURE, Direction.LEFT_TO_RIGHT),
        (TO_THE_RIGHT_OF_THE_PICTURE, Direction.RIGHT_TO_LEFT),
    ],
)
def test_the_direction_is_seen_walking_from_a_to_b(xs: list[float], direction: Direction) -> None:
    assert [c.direction for c in crossings(xs)] == [direction]


def test_drawing_the_line_the_other_way_round_turns_the_direction() -> None:
    up = Line("bank", DOWN.b, DOWN.a)
    found = crossings(TO_THE_RIGHT_OF_THE_PICTURE, up)
    assert [c.direction for c in found] == [Direction.LEFT_TO_RIGHT]


@pytest.mark.parametrize("direction", [Direction.LEFT_TO_RIGHT, Direction.RIGHT_TO_LEFT])
def test_a_guarded_direction_lets_the_other_pass(direction: Direction) -> None:
    line = Line("bank", DOWN.a, DOWN.b, direction)
    there_and_back = [*TO_THE_RIGHT_OF_THE_PICTURE, *TO_THE_LEFT_OF_THE_PICTURE]
    assert [c.direction for c in crossings(there_and_back, line)] == [direction]


def test_there_and_back_is_two_crossings() -> None:
    assert len(crossings([*TO_THE_RIGHT_OF_THE_PICTURE, *TO_THE_LEFT_OF_THE_PICTURE])) == 2


def test_a_foot_that_trembles_on_the_line_crosses_at_most_once() -> None:
    trembling = [0.5 + (0.004 if i % 2 else -0.004) for i in range(50)]
    assert crossings([0.4, *trembling, 0.4]) == []
    assert len(crossings([0.4, *trembling, 0.6])) == 1


def test_walking_round_the_end_of_the_line_is_no_crossing() -> None:
    assert crossings(TO_THE_RIGHT_OF_THE_PICTURE, Line("bank", (0.5, 0.2), (0.5, 0.6))) == []


def test_a_step_over_the_whole_line_between_two_frames_is_seen() -> None:
    assert len(crossings([0.3, 0.7])) == 1


def test_a_crossing_hidden_by_a_post_is_found_when_the_same_person_returns() -> None:
    memory, _ = Crossings().observe(0.0, [track(0.42, 0.8)], [DOWN], {})
    memory, hidden = memory.observe(0.5, [track(0.5, 0.8, state="lost")], [DOWN], {})
    _, found = memory.observe(1.0, [track(0.58, 0.8, track_id=9)], [DOWN], {9: 7})
    assert hidden == []
    assert [c.track_id for c in found] == [9]


def test_a_passing_of_a_tentative_track_counts_once_it_is_confirmed() -> None:
    memory, found = Crossings(), list[Crossing]()
    for i, x in enumerate(TO_THE_RIGHT_OF_THE_PICTURE):
        state = "tentative" if x < 0.58 else "confirmed"
        memory, new = memory.observe(i / 10, [track(x, 0.8, state=state)], [DOWN], {})
        found += new
    assert len(found) == 1


@given(st.lists(st.floats(0.1, 0.9), min_size=2, max_size=40))
def test_crossings_of_one_person_always_alternate(xs: list[float]) -> None:
    directions = [c.direction for c in crossings(xs)]
    assert all(a != b for a, b in pairwise(directions))


@given(st.lists(st.floats(0.1, 0.9), min_size=2, max_size=40))
def test_who_ends_firmly_on_the_other_side_has_always_crossed_an_odd_number_of_times(
    xs: list[float],
) -> None:
    whole = [0.2, *xs, 0.8]
    assert len(crossings(whole)) % 2 == 1
    assert len(crossings([*whole, 0.2])) % 2 == 0
