from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.adapters.motion import Motion, MotionSensor
from edge_agent.adapters.tiling import QUARTERS, TilingDetector, crops_for, merged
from edge_agent.core.attention import Attention
from edge_agent.core.boxes import Box, Detection
from edge_agent.core.daylight import Daylight
from edge_agent.core.masks import unmasked
from edge_agent.ports import Image
from edge_agent.wiring.seeing import open_source

PLAZA = Path(__file__).resolve().parents[3] / "media" / "plaza.mp4"
CHANCE = np.random.default_rng(3)
YARD: Image = np.asarray(CHANCE.integers(60, 180, (288, 384, 3)), np.uint8)
YARD = np.asarray(cv2.GaussianBlur(YARD, (0, 0), 6), np.uint8)


def noisy(image: Image, sigma: float = 3.0) -> Image:
    return np.asarray(np.clip(image + CHANCE.normal(0, sigma, image.shape), 0, 255), np.uint8)


def with_somebody(image: Image, x: int) -> Image:
    picture = image.copy()
    picture[120:220, x : x + 40] = (20, 30, 200)
    return picture


def moved(sensor: MotionSensor, *images: Image) -> list[Motion]:
    return [sensor.observe(image) for image in images]


def looks(*steps: tuple[float, bool, bool]) -> list[bool]:
    attention, seen = Attention(), list[bool]()
    for at, moves, follows in steps:
        attention, look = attention.observe(at, moves=moves, follows=follows)
        seen.append(look)
    return seen


def test_where_nothing_moves_an_empty_scene_is_looked_at_every_now_and_then() -> None:
    seen = looks(*((i / 10, False, False) for i in range(101)))
    assert [i for i, look in enumerate(seen) if look] == [0, 15, 30, 45, 60, 75, 90]


def test_motion_is_looked_at_in_every_frame_and_for_a_while_after() -> None:
    seen = looks(*((i / 10, i == 5, False) for i in range(40)))
    assert all(seen[5:26])
    assert not any(seen[26:35])


def test_who_stands_still_is_looked_after() -> None:
    seen = looks(*((i / 10, False, True) for i in range(21)))
    assert [i for i, look in enumerate(seen) if look] == [0, 4, 8, 12, 16, 20]


def test_while_somebody_is_new_or_out_of_sight_no_frame_is_left_out() -> None:
    attention, seen = Attention(), list[bool]()
    for i in range(30):
        attention, look = attention.observe(i / 10, moves=False, follows=True, doubts=5 <= i < 20)
        seen.append(look)
    assert all(seen[5:20])
    assert [i for i, look in enumerate(seen) if look and i >= 20] == [23, 27]


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=100))
def test_nobody_is_ever_left_unlooked_at_for_longer_than_the_idle_time(
    steps: list[tuple[bool, bool]],
) -> None:
    seen = looks(*((i / 10, moves, follows) for i, (moves, follows) in enumerate(steps)))
    looked = [i / 10 for i, look in enumerate(seen) if look]
    assert looked[0] == 0.0
    assert all(b - a <= 1.5 + 1e-6 for a, b in pairwise(looked))


def test_the_first_picture_is_no_motion_and_neither_is_noise() -> None:
    sensor = MotionSensor()
    seen = moved(sensor, *(noisy(YARD) for _ in range(30)))
    assert [one.boxes for one in seen] == [()] * 30


def test_somebody_who_comes_in_is_seen_where_he_is() -> None:
    _, seen = moved(MotionSensor(), YARD, with_somebody(YARD, 200))
    [box] = seen.boxes
    assert box.left == pytest.approx(200 / 384, abs=0.03)
    assert box.right == pytest.approx(240 / 384, abs=0.03)


def test_what_comes_in_and_stays_is_learned() -> None:
    sensor = MotionSensor()
    seen = moved(sensor, YARD, *(noisy(with_somebody(YARD, 200)) for _ in range(120)))
    assert seen[1].boxes
    assert seen[-1].boxes == ()


def test_a_step_of_the_exposure_is_over_within_two_seconds() -> None:
    sensor = MotionSensor()
    brighter = np.asarray(np.clip(YARD.astype(np.float32) * 1.25, 0, 255), np.uint8)
    seen = moved(sensor, YARD, *(noisy(brighter) for _ in range(40)))
    assert all(one.boxes == () for one in seen[25:])


def test_a_picture_that_changes_altogether_is_a_jump_and_no_motion() -> None:
    other = YARD.copy()
    other[:, :300], other[:200, 300:] = 250, 5
    _, seen, after = moved(MotionSensor(), YARD, other, other)
    assert seen.is_jump
    assert after.boxes == ()
    assert not after.is_jump


def test_a_camera_that_changes_its_size_begins_anew() -> None:
    _, seen = moved(MotionSensor(), YARD, np.ascontiguousarray(YARD[:100, :160]))
    assert seen.boxes == ()


def test_what_moves_behind_a_mask_does_not_move() -> None:
    everything = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    _, seen = moved(MotionSensor([everything]), YARD, with_somebody(YARD, 200))
    assert seen.boxes == ()


def test_dusk_does_not_waver() -> None:
    light, nights = Daylight(), list[bool]()
    for brightness in (0.5, 0.25, 0.21, 0.25, 0.21, 0.29, 0.31, 0.25):
        light = light.observe(brightness)
        nights.append(light.is_night)
    assert nights == [False, False, True, True, True, True, False, False]


TREE_MASK = ((0.4, 0.2), (0.6, 0.2), (0.6, 0.9), (0.4, 0.9))


def test_what_stands_in_a_mask_is_a_thing_and_who_walks_past_is_not() -> None:
    tree = Detection(Box(0.45, 0.3, 0.55, 0.8), 0.9)
    passer = Detection(Box(0.45, 0.5, 0.55, 0.98), 0.9)
    assert unmasked([tree, passer], [TREE_MASK]) == [passer]


class SmallPeopleDetector:
    """Sees a red square only where it fills enough of the picture."""

    def __init__(self) -> None:
        self.asked = 0

    def detect(self, image: Image) -> list[Detection]:
        self.asked += 1
        rows, columns = np.nonzero(image[..., 2] > 200)
        height, width = image.shape[:2]
        if not len(rows) or (rows.max() - rows.min() + 1) / height < 0.05:
            return []
        box = Box(columns.min() / width, rows.min() / height,
                  (columns.max() + 1) / width, (rows.max() + 1) / height)  # fmt: skip
        return [Detection(box, 0.8)]


def far_away(x: int, y: int) -> Image:
    picture = np.zeros((1000, 1000, 3), np.uint8)
    picture[y : y + 40, x : x + 20] = (0, 0, 255)
    return picture


def test_somebody_far_away_is_found_in_a_crop_and_placed_where_he_is() -> None:
    crops = crops_for("zones", [[(0.3, 0.4), (0.5, 0.5)]])
    [found] = TilingDetector(SmallPeopleDetector(), crops).detect(far_away(400, 400))
    assert found.box.left == pytest.approx(0.40, abs=0.002)
    assert found.box.bottom == pytest.approx(0.44, abs=0.002)


def test_a_picture_is_never_looked_at_more_often_than_allowed_and_quarters_take_turns() -> None:
    detector = SmallPeopleDetector()
    tiled = TilingDetector(detector, QUARTERS, most=2)
    found = [bool(tiled.detect(far_away(800, 800))) for _ in range(4)]
    assert detector.asked == 8
    assert found.count(True) == 1


def test_who_is_cut_by_the_edge_of_a_crop_is_left_to_the_others() -> None:
    tiled = TilingDetector(SmallPeopleDetector(), (Box(0.0, 0.0, 0.41, 1.0),))
    assert tiled.detect(far_away(400, 400)) == []


def test_automatic_tiling_is_for_small_drawings_only() -> None:
    small, large = [(0.4, 0.4), (0.6, 0.5)], [(0.1, 0.1), (0.9, 0.9)]
    assert len(crops_for("auto", [small, large])) == 1
    assert len(crops_for("zones", [small, large])) == 2
    assert crops_for("auto", [large]) == crops_for("auto", []) == crops_for("off", [small]) == ()


def test_who_was_found_twice_counts_once_with_the_better_score() -> None:
    whole, again = (
        Detection(Box(0.4, 0.4, 0.5, 0.8), 0.5),
        Detection(Box(0.41, 0.4, 0.5, 0.79), 0.8),
    )
    beside = Detection(Box(0.6, 0.4, 0.7, 0.8), 0.6)
    assert merged([[whole], [again, beside]]) == [again, beside]


def test_a_part_of_somebody_found_in_a_crop_is_nobody_else() -> None:
    whole, part = Detection(Box(0.4, 0.4, 0.5, 0.8), 0.7), Detection(Box(0.4, 0.4, 0.49, 0.55), 0.6)
    assert merged([[whole], [part]]) == [whole]


def test_a_child_in_front_of_a_grown_up_is_not_lost() -> None:
    tall, child = (
        Detection(Box(0.4, 0.3, 0.5, 0.8), 0.8),
        Detection(Box(0.42, 0.55, 0.48, 0.8), 0.6),
    )
    assert merged([[tall, child], []]) == [tall, child]
    assert merged([[tall], [child]]) == [tall, child]


def test_people_on_the_plaza_move() -> None:
    sensor = MotionSensor()
    seen = [sensor.observe(frame.image) for frame in open_source(str(PLAZA), every=10)]
    assert sum(bool(one.boxes) for one in seen) >= len(seen) - 2
