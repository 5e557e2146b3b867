from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.adapters.looks import looks_of
from edge_agent.core.boxes import Box, Detection
from edge_agent.core.looks import NO_LOOK, Look, blended, unlikeness
from edge_agent.core.tracker import Tracker
from edge_agent.ports import Image
from tests.unit.edge.deciding.deciding_kit import followed, standing_at

RED: Look = (1.0, 0.0)
BLUE: Look = (0.0, 1.0)
COATS = {"red": (0, 0, 220), "blue": (220, 0, 0), "grey": (90, 90, 90)}
UPPER, LOWER = slice(20, 60), slice(60, 100)


def dressed(*people: tuple[str, str]) -> Image:
    """A picture of people side by side, each in an upper and a lower colour."""
    image = np.zeros((120, 40 * len(people), 3), np.uint8)
    for i, (upper, lower) in enumerate(people):
        image[UPPER, 40 * i : 40 * i + 40] = COATS[upper]
        image[LOWER, 40 * i : 40 * i + 40] = COATS[lower]
    return image


def boxes_in(count: int) -> list[Box]:
    return [Box(i / count, 1 / 6, (i + 1) / count, 5 / 6) for i in range(count)]


def seen_as(look: Look, x: float) -> Detection:
    return Detection(standing_at(x, 0.8), 0.9, look=look)


def test_the_same_clothes_look_alike_and_others_do_not() -> None:
    image = dressed(("red", "blue"), ("red", "blue"), ("blue", "red"))
    looks = looks_of(image, boxes_in(3))
    assert unlikeness(looks, looks) == pytest.approx(
        np.array([[0, 0, 1], [0, 0, 1], [1, 1, 0]]), abs=0.1
    )


def test_half_the_clothes_in_common_is_half_alike() -> None:
    first, second = looks_of(dressed(("red", "grey"), ("red", "blue")), boxes_in(2))
    assert unlikeness([first], [second])[0, 0] == pytest.approx(0.5, abs=0.1)


def test_light_and_shade_do_not_change_a_look() -> None:
    image = dressed(("red", "blue"))
    shade = (image // 2).astype(np.uint8)
    [bright], [dark] = looks_of(image, boxes_in(1)), looks_of(shade, boxes_in(1))
    assert unlikeness([bright], [dark])[0, 0] == pytest.approx(0.0, abs=0.01)


@given(
    st.lists(st.tuples(*[st.floats(-0.5, 1.5)] * 2, *[st.floats(0.0, 1.0)] * 2), max_size=5),
    st.integers(0, 9),
)
def test_a_look_always_has_length_one_wherever_the_box_lies(
    places: list[tuple[float, float, float, float]], seed: int
) -> None:
    image = np.random.default_rng(seed).integers(0, 256, (24, 32, 3), np.uint8)
    looks = looks_of(image, [Box(x, y, x + w, y + h) for x, y, w, h in places])
    assert len(looks) == len(places)
    assert all(sqrt(sum(n * n for n in look)) == pytest.approx(1.0) for look in looks)


def test_who_has_no_look_is_not_unlike_anybody() -> None:
    unlike = unlikeness([RED, NO_LOOK], [BLUE, NO_LOOK])
    assert unlike.tolist() == [[1.0, 0.0], [0.0, 0.0]]


def test_a_known_look_changes_slowly_and_is_kept_where_none_is_seen() -> None:
    assert blended(RED, NO_LOOK, 0.1) == RED
    assert blended(NO_LOOK, BLUE, 0.1) == BLUE
    assert blended(RED, BLUE, 0.1)[0] > 0.9
    assert blended(RED, BLUE, 5.0)[1] > 0.9


@pytest.mark.parametrize("step_s", [0.1, 0.2, 0.4])
def test_two_who_turn_back_where_they_meet_keep_their_numbers(step_s: float) -> None:
    def meeting(at: float) -> list[Detection]:
        left = 0.5 - abs(at - 4.0) * 0.05 - 0.006
        return [seen_as(RED, left), seen_as(BLUE, 1.0 - left)]

    steps = [(i * step_s, meeting(i * step_s)) for i in range(int(8.0 / step_s))]
    tracks = followed(steps, Tracker())
    sides = [
        [track.track_id for track in sorted(found, key=lambda t: t.ground)] for found in tracks
    ]
    assert all(ids == sides[0] for ids in sides)
