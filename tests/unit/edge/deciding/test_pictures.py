import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.adapters.annotate import annotated
from edge_agent.adapters.snapshot import SnapshotError, jpeg
from edge_agent.core.lines import Line
from edge_agent.core.zones import Zone
from edge_agent.ports import Image
from tests.unit.edge.deciding.deciding_kit import track

NOISE: Image = np.random.default_rng(1).integers(0, 255, (480, 640, 3), dtype=np.uint8)
GREY: Image = np.full((240, 320, 3), 128, dtype=np.uint8)
POND = Zone("pond", ((0.3, 0.5), (0.7, 0.5), (0.7, 1.0), (0.3, 1.0)), 8.0)
BANK = Line("bank", (0.1, 0.2), (0.1, 1.0))


def test_a_snapshot_can_be_opened_again() -> None:
    content = jpeg(GREY, 80, 200_000).content
    opened = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    assert opened.shape == GREY.shape


@settings(max_examples=12)
@given(st.integers(10, 95), st.integers(10_000, 200_000))
def test_a_snapshot_is_never_larger_than_allowed(quality: int, max_bytes: int) -> None:
    assert len(jpeg(NOISE, quality, max_bytes).content) <= max_bytes


def test_a_picture_that_cannot_be_so_small_is_refused() -> None:
    with pytest.raises(SnapshotError, match="100"):
        jpeg(NOISE, 80, 100)


def test_an_empty_picture_is_refused() -> None:
    with pytest.raises(SnapshotError):
        jpeg(np.zeros((0, 0, 3), dtype=np.uint8), 80, 200_000)


def test_drawing_leaves_the_frame_itself_alone() -> None:
    frame = GREY.copy()
    annotated(frame, [POND], [BANK], [track(0.5, 0.8)], [track(0.5, 0.8)])
    assert (frame == GREY).all()


def test_the_warned_person_stands_out_in_red() -> None:
    picture = annotated(GREY, [], [], [track(0.5, 0.8)], [track(0.5, 0.8)])
    blue, green, red = picture[round(0.8 * 239), 160].tolist()
    assert red > 200
    assert max(blue, green) < 100


def test_a_chinese_name_does_not_break_the_drawing() -> None:
    zone = Zone("水边", POND.polygon, 8.0)
    assert annotated(GREY, [zone], [BANK], [], []).shape == GREY.shape


def test_a_person_half_outside_the_picture_can_be_drawn() -> None:
    beyond = track(1.05, 1.2)
    assert annotated(GREY, [POND], [], [beyond], [beyond]).shape == GREY.shape
