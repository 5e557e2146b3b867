"""The ring is 100 m from the boundary everywhere, by the same measure as the rule."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.adapters.maps.rings import ring_around
from central.core.geometry import RING_M, Corner, distance_m

LON, LAT = 121.407, 29.655
ELL = [(0, 0), (0.003, 0), (0.003, 0.001), (0.001, 0.001), (0.001, 0.003), (0, 0.003)]


def school(lat: float = LAT) -> tuple[Corner, ...]:
    return tuple((LON + x, lat + y) for x, y in ELL)


@given(st.floats(18.0, 53.0))
def test_every_point_of_the_ring_is_a_hundred_metres_away_at_any_latitude(lat: float) -> None:
    (shape,) = ring_around(school(lat))
    outline, *holes = shape
    assert holes == []
    assert outline[0] == outline[-1]
    for place in outline:
        assert distance_m(place, school(lat)) == pytest.approx(RING_M, abs=0.25)


def test_half_way_along_an_arc_it_is_within_centimetres_too() -> None:
    ((outline, *_),) = ring_around(school())
    halves = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in pairwise(outline)]
    assert all(RING_M - 0.3 < distance_m(one, school()) < RING_M + 0.3 for one in halves)


def test_a_boundary_that_crosses_itself_has_a_ring_too() -> None:
    bow = ((LON, LAT), (LON + 0.001, LAT + 0.001), (LON + 0.001, LAT), (LON, LAT + 0.001))
    assert ring_around(bow)
