"""One datum inside; others are turned at the edge, and a swapped pair is said, not guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.core.coordinates import CHINA, Bounds, PlaceError, placed, read_boundary, read_pair
from central.core.datum import Datum, from_wgs84, to_wgs84
from central.core.geometry import Corner

BEIJING = (116.404, 39.915)
DISTRICT = Bounds(121.1, 29.4, 121.8, 29.8)
METRE = 1 / 111_320.0

in_china = st.tuples(st.floats(75, 134), st.floats(18, 53))


def near(place: Corner, metres: float = 0.05) -> object:
    return pytest.approx(place, abs=metres * METRE)


@pytest.mark.parametrize(
    ("datum", "shown"),
    [
        (Datum.GCJ02, (116.41024449916938, 39.91640428150164)),
        (Datum.WGS84, BEIJING),
    ],
)
def test_a_known_point_is_shown_where_the_published_formula_puts_it(
    datum: Datum, shown: Corner
) -> None:
    assert from_wgs84(BEIJING, datum) == near(shown, 0.001)


def test_baidu_is_turned_into_what_amap_shows_and_back() -> None:
    amap = to_wgs84(BEIJING, Datum.GCJ02)
    assert from_wgs84(amap, Datum.BD09) == near((116.41036949371029, 39.92133699351021))
    assert from_wgs84(to_wgs84(BEIJING, Datum.BD09), Datum.GCJ02) == near(
        (116.39762729119315, 39.90865673957631), 0.5
    )


@given(in_china, st.sampled_from([Datum.GCJ02, Datum.BD09]))
def test_there_and_back_is_the_same_place_within_a_metre(place: Corner, datum: Datum) -> None:
    allowed = 0.01 if datum is Datum.GCJ02 else 1.0  # Baidu's own way back is not exact
    assert to_wgs84(from_wgs84(place, datum), datum) == near(place, allowed)


@given(in_china)
def test_the_offset_is_hundreds_of_metres_and_never_a_kilometre(place: Corner) -> None:
    shown = from_wgs84(place, Datum.GCJ02)
    assert max(abs(shown[0] - place[0]), abs(shown[1] - place[1])) < 1500 * METRE


@pytest.mark.parametrize("place", [(139.69, 35.68), (-0.12, 51.5), (151.2, -33.9)])
def test_outside_china_nothing_is_shifted(place: Corner) -> None:
    assert from_wgs84(place, Datum.GCJ02) == to_wgs84(place, Datum.GCJ02) == place


@pytest.mark.parametrize(
    "text", ["121.4100,29.6500", "121.4100, 29.6500", "121.41°E 29.65°N", "121.4100，29.6500"]
)
def test_a_pair_is_read_as_people_paste_it(text: str) -> None:
    assert read_pair(text, Datum.WGS84) == (121.41, 29.65)


def test_a_pasted_pair_of_amap_is_kept_in_wgs84() -> None:
    lon, lat = read_pair("121.41,29.65", Datum.GCJ02)
    assert from_wgs84((lon, lat), Datum.GCJ02) == near((121.41, 29.65))
    assert (lon, lat) != (121.41, 29.65)


@pytest.mark.parametrize("text", ["", "121.41", "1,2,3", "here"])
def test_what_is_no_pair_is_refused_with_how_to_write_one(text: str) -> None:
    with pytest.raises(PlaceError, match=r"121\.4100,29\.6500"):
        read_pair(text, Datum.WGS84)


@pytest.mark.parametrize("bounds", [CHINA, DISTRICT])
def test_a_swapped_pair_is_refused_with_the_hint_and_not_turned(bounds: Bounds) -> None:
    with pytest.raises(PlaceError, match=r"写反.*swapped"):
        placed(29.65, 121.41, Datum.WGS84, bounds)


@pytest.mark.parametrize("pair", [(0.0, 0.0), (float("nan"), 29.65), (float("inf"), 1.0)])
def test_a_place_outside_is_refused_with_the_bounds(pair: Corner) -> None:
    with pytest.raises(PlaceError, match=r"121\.1.*121\.8"):
        placed(*pair, Datum.WGS84, DISTRICT)


def test_a_boundary_of_another_datum_is_kept_in_wgs84_and_a_swapped_one_is_said() -> None:
    yard = [(121.41, 29.65), (121.412, 29.65), (121.412, 29.652)]
    shown = [list(from_wgs84(one, Datum.GCJ02)) for one in yard]
    found = read_boundary({"type": "Polygon", "coordinates": [shown]}, Datum.GCJ02)
    assert [near(one) for one in yard] == found
    swapped = [[lat, lon] for lon, lat in yard]
    with pytest.raises(PlaceError, match="写反"):
        read_boundary({"type": "Polygon", "coordinates": [swapped]}, Datum.WGS84)
