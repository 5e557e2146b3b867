"""Whom a picture shows when it leaves the device: whom it is about, and nobody else."""

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.adapters.blur import blurred, hidden
from edge_agent.adapters.faces.yunet import YuNet
from edge_agent.core.boxes import Box
from edge_agent.core.heads import Person, head_of, to_hide
from edge_agent.ports import Image

MEDIA = Path(__file__).resolve().parents[3] / "media"
LEFT, RIGHT = Person(1, Box(0.05, 0.05, 0.45, 1.0)), Person(2, Box(0.55, 0.05, 0.95, 1.0))
NOBODY = frozenset[int]()


@cache
def two_people() -> Image:
    """Two real faces side by side, each on a third of the height."""
    picture = np.full((600, 800, 3), 120, np.uint8)
    for number, name in enumerate(("collins", "hopper")):
        portrait = cv2.imread(str(MEDIA / f"{name}.jpg"))
        assert portrait is not None
        scale = 300 / portrait.shape[0]
        small = cv2.resize(portrait, None, fx=scale, fy=scale)[:, :300]
        left = 60 + number * 400
        picture[20 : 20 + small.shape[0], left : left + small.shape[1]] = small
    return picture


def faces_on(picture: Image) -> list[Box]:
    return [face.box for face in YuNet(0.5).find(picture)]


def test_the_two_faces_are_found_to_begin_with() -> None:
    assert len(faces_on(two_people())) == 2


@pytest.mark.parametrize(("shown", "left"), [({1}, [True]), ({2}, [False]), (NOBODY, [])])
def test_only_whom_it_is_about_keeps_a_face(shown: set[int], left: list[bool]) -> None:
    picture = blurred(two_people(), (LEFT, RIGHT), shown, YuNet(0.5))
    assert [face.right < 0.5 for face in faces_on(picture)] == left


def test_somebody_nobody_follows_loses_the_face_all_the_same() -> None:
    picture = blurred(two_people(), (LEFT,), {1}, YuNet(0.5))
    assert [face.right < 0.5 for face in faces_on(picture)] == [True]


def test_without_a_finder_heads_are_hidden_by_the_boxes() -> None:
    picture = blurred(two_people(), (LEFT, RIGHT), {1}, None)
    assert all(face.right < 0.5 for face in faces_on(picture))


def test_the_picture_it_is_made_from_stays_as_it_was() -> None:
    before = two_people().copy()
    blurred(two_people(), (LEFT, RIGHT), NOBODY, None)
    assert np.array_equal(two_people(), before)


def test_what_is_hidden_is_a_few_flat_blocks() -> None:
    noise = np.random.default_rng(2).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    part = hidden(noise, [Box(0.25, 0.25, 0.75, 0.75)])[50:150, 50:150].reshape(-1, 3)
    assert len(np.unique(part, axis=0)) <= 16


side = st.floats(-0.5, 1.5, allow_nan=False)
box = st.tuples(side, side, side, side).map(
    lambda s: Box(min(s[0], s[2]), min(s[1], s[3]), max(s[0], s[2]), max(s[1], s[3]))
)


@given(st.lists(box, max_size=6))
def test_any_place_can_be_hidden_even_beyond_the_frame(places: list[Box]) -> None:
    assert hidden(two_people(), places).shape == two_people().shape


@given(st.lists(box, max_size=5), st.lists(box, max_size=5), st.sets(st.integers(0, 5)))
def test_everybodys_head_but_the_subjects_is_hidden(
    bodies: list[Box], faces: list[Box], shown: set[int]
) -> None:
    people = [Person(number, body) for number, body in enumerate(bodies)]
    places = to_hide(people, faces, shown)
    assert all(head_of(one.box) in places for one in people if one.track_id not in shown)
    spared = len(people) + len(faces) - len(places)
    subjects = sum(one.track_id in shown for one in people)
    assert spared <= 2 * subjects, "a subject keeps one head and one face, no more"
