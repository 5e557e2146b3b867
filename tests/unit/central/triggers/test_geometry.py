"""How far a place is from a school."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.core.geometry import RING_M, Ring, distance_m, polygon_of, ring_of

METRE = 1 / 111_320.0
LAT = 29.655
LON = 121.407
SQUARE = [(LON, LAT), (LON + 0.002, LAT), (LON + 0.002, LAT + 0.002), (LON, LAT + 0.002)]


def west(metres: float) -> tuple[float, float]:
    """Give a place so far west of the square."""
    return (LON - metres * METRE / math.cos(math.radians(LAT)), LAT + 0.001)


def test_inside_the_boundary_is_no_distance() -> None:
    assert distance_m((LON + 0.001, LAT + 0.001), SQUARE) == 0.0


@pytest.mark.parametrize("metres", [5.0, 42.0, 99.0, 101.0, 800.0])
def test_the_distance_to_a_side_is_right_within_a_metre(metres: float) -> None:
    assert distance_m(west(metres), SQUARE) == pytest.approx(metres, abs=1.0)


def test_a_corner_is_measured_over_the_diagonal() -> None:
    lon = LON - 30 * METRE / math.cos(math.radians(LAT))
    assert distance_m((lon, LAT - 40 * METRE), SQUARE) == pytest.approx(50.0, abs=0.5)


def test_a_hundred_metres_are_the_ring_and_without_coordinates_nobody_knows() -> None:
    assert ring_of(west(RING_M - 2), [SQUARE]).ring is Ring.INSIDE
    assert ring_of(west(RING_M + 2), [SQUARE]).ring is Ring.OUTSIDE
    assert ring_of(None, [SQUARE]).ring is Ring.UNKNOWN
    assert ring_of(west(1), []).ring is Ring.UNKNOWN


@given(st.floats(-0.01, 0.01), st.floats(-0.01, 0.01), st.integers(0, 3))
def test_where_the_polygon_begins_and_which_way_it_runs_never_matters(
    dx: float, dy: float, turn: int
) -> None:
    place = (LON + dx, LAT + dy)
    turned = SQUARE[turn:] + SQUARE[:turn]
    assert distance_m(place, turned) == pytest.approx(distance_m(place, SQUARE))
    assert distance_m(place, turned[::-1]) == pytest.approx(distance_m(place, SQUARE))


def test_a_boundary_is_a_geojson_polygon_bare_or_in_a_feature() -> None:
    shape = {"type": "Polygon", "coordinates": [[*map(list, SQUARE), list(SQUARE[0])]]}
    assert polygon_of(shape) == polygon_of({"type": "Feature", "geometry": shape}) == SQUARE


@pytest.mark.parametrize(
    "wrong",
    [None, [], {}, {"type": "Point"}, {"type": "Polygon"}, {"type": "Polygon", "coordinates": [[]]},
     {"type": "Polygon", "coordinates": [[[1, 1], [1, 1], [1, 1]]]},
     {"type": "Polygon", "coordinates": [[[1, 1], [400, 1], [1, 2]]]},
     {"type": "Polygon", "coordinates": [[["a", 1], [2, 1], [1, 2]]]}],
)  # fmt: skip
def test_anything_else_is_no_boundary(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"Polygon|coordinates|corners"):
        polygon_of(wrong)
