"""What stands at one place of a map, and which places come first."""

from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.core.guiding import ways_to
from central.core.mapped import USUAL, HotSpot, Layer, read_layers, spots

NOW = 1_795_406_400_000


def site(site_id: str, lat: float | None = 29.65) -> dict[str, Any]:
    return {"site_id": site_id, "kind": "water", "name_zh": site_id, "name_en": "",
            "lat": lat, "lon": 121.41}  # fmt: skip


def case(site_id: str, severity: str, *, is_overdue: bool = False) -> dict[str, Any]:
    return {"site_id": site_id, "site_zh": site_id, "site_en": "", "lat": 29.65, "lon": 121.41,
            "kind": "overstay", "severity": severity, "is_overdue": is_overdue}  # fmt: skip


def hour(site_id: str, at: int, count: int) -> dict[str, Any]:
    return {"site_id": site_id, "site_zh": site_id, "site_en": "", "lat": 29.65, "lon": 121.41,
            "hour": at, "count": count}  # fmt: skip


def test_overdue_comes_first_then_the_most_urgent_then_quiet_places() -> None:
    sites = [site(name) for name in ("quiet", "warned", "critical", "late")]
    cases = [case("warned", "warning"), case("critical", "critical"), case("critical", "info"),
             case("late", "info", is_overdue=True)]  # fmt: skip
    found = spots(sites, cases, [], [], NOW)
    assert [one.site_id for one in found] == ["late", "critical", "warned", "quiet"]
    assert [one.severity for one in found] == ["info", "critical", "warning", ""]


def test_a_place_known_by_a_case_alone_is_there_and_is_not_taken_for_a_kind_of_place() -> None:
    (one,) = spots([], [case("pond", "info")], [], [], NOW)
    assert (one.site_id, one.kind, len(one.incidents)) == ("pond", "", 1)


def test_a_place_that_nobody_has_placed_has_no_point() -> None:
    (one,) = spots([site("pond", lat=None)], [], [], [], NOW)
    assert one.place is None


def test_the_peak_is_the_three_hours_in_a_row_with_the_most_over_midnight_too() -> None:
    (one,) = spots([], [], [], [hour("pond", 23, 4), hour("pond", 0, 3), hour("pond", 12, 5)], NOW)
    assert one.hot is not None
    assert one.hot.count == 12
    assert one.hot.peak == (22, 1, 7)


@given(st.dictionaries(st.integers(0, 23), st.integers(1, 50), min_size=1))
def test_no_other_three_hours_hold_more_than_the_peak(by_hour: dict[int, int]) -> None:
    begins, ends, most = HotSpot(by_hour).peak
    assert (begins + 3) % 24 == ends
    assert all(
        sum(by_hour.get((first + more) % 24, 0) for more in range(3)) <= most for first in range(24)
    )


@pytest.mark.parametrize(
    ("text", "layers"),
    [(None, USUAL), ("", frozenset()), ("sites", {Layer.SITES}), ("sites,nonsense", {Layer.SITES})],
)
def test_layers_are_read_as_an_address_keeps_them(text: str | None, layers: object) -> None:
    assert read_layers(text) == layers


def test_a_link_to_a_map_app_is_in_that_apps_datum_and_holds_the_place_alone() -> None:
    ways = dict(ways_to((116.404, 39.915), "月湖"))
    amap = unquote(ways["高德地图", "Amap"])
    assert "116.410244,39.916404,月湖" in amap
    assert "coordinate=gaode" in amap
    assert "39.916404,116.410244" in unquote(ways["腾讯地图", "Tencent Maps"])
    assert "geo:39.915000,116.404000" in ways["其他地图应用", "another map app"]
