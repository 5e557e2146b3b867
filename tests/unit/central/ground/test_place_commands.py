"""Where places are, typed in: in whatever datum it was copied in, kept in one."""

import json
from pathlib import Path

import pytest

from central.adapters.store.geography import point_of
from central.commands.options import EXIT_CONFIG, EXIT_REFUSED
from central.core.datum import Datum, from_wgs84
from central.wiring import open_central
from tests.unit.central.ground.test_central_commands import Operator

HERE = (121.41, 29.65)


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    made = Operator(tmp_path / "data")
    made.district()
    return made


def where(operator: Operator) -> tuple[float, float] | None:
    central = open_central(operator.data)
    with central.store.reading() as connection:
        found = point_of(connection, "pond")
    central.store.close()
    return found


def test_what_was_copied_from_amap_is_kept_in_wgs84(operator: Operator) -> None:
    lon, lat = from_wgs84(HERE, Datum.GCJ02)
    operator.does("site", "place", "pond", "--lon", str(lon), "--lat", str(lat), "--crs", "gcj02")
    assert where(operator) == pytest.approx(HERE, abs=1e-6)


def test_a_swapped_pair_is_refused_with_the_hint(operator: Operator) -> None:
    said = operator.types("site", "place", "pond", "--lon", "29.65", "--lat", "121.41")
    assert said.exit_code == EXIT_CONFIG
    assert "写反" in said.stderr
    assert where(operator) is None


def test_outside_the_district_is_refused_where_its_bounds_are_set(operator: Operator) -> None:
    file = operator.data / "central.toml"
    file.write_text(file.read_text("utf-8") + "\n[map]\nbounds = [121.1, 29.4, 121.8, 29.8]\n")
    said = operator.types("site", "place", "pond", "--lon", "116.4", "--lat", "39.9")
    assert said.exit_code == EXIT_CONFIG
    assert "121.1" in said.stderr
    operator.does("site", "place", "pond", "--lon", "121.41", "--lat", "29.65")


def test_a_boundary_of_another_datum_is_taken_and_an_unknown_school_is_not(
    operator: Operator, tmp_path: Path
) -> None:
    yard = [HERE, (121.412, 29.65), (121.412, 29.652)]
    shown = [list(from_wgs84(one, Datum.GCJ02)) for one in yard]
    file = tmp_path / "yard.geojson"
    file.write_text(json.dumps({"type": "Polygon", "coordinates": [[*shown, shown[0]]]}))
    operator.does("unit", "boundary", "school:a", str(file), "--crs", "gcj02")
    unknown = operator.types("unit", "boundary", "school:b", str(file), "--crs", "gcj02")
    assert unknown.exit_code == EXIT_REFUSED
