"""A base map holds what the file draws, where it is, and nothing that the file has not."""

import gzip
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from pmtiles.reader import MemorySource, Reader, all_tiles
from pmtiles.tile import tileid_to_zxy
from shapely import box, from_wkb, transform, union_all
from shapely.affinity import translate
from shapely.geometry import shape

from central.adapters.maps.archive import about
from central.adapters.maps.building import Made, Telling, Wanted, build
from central.adapters.maps.drawing import Drawn, MapError
from central.adapters.maps.tiling import pieces, projected
from central.cli import main
from central.core.datum import Datum, from_wgs84
from central.core.landscape import LAYERS, Look, look_of, name_of
from scripts.demonstration import landscape

LON, LAT = 121.41, 29.65
SQUARE = [(LON, LAT), (LON + 0.02, LAT), (LON + 0.02, LAT + 0.01), (LON, LAT + 0.01), (LON, LAT)]


def feature(kind: str, coordinates: Any, **tags: str) -> dict[str, Any]:
    return {"type": "Feature", "properties": tags,
            "geometry": {"type": kind, "coordinates": coordinates}}  # fmt: skip


LAKE = feature("Polygon", [SQUARE], natural="water", name="月湖")
ROAD = feature("LineString", [[LON - 0.05, LAT], [LON + 0.05, LAT]], highway="primary", name="大道")
TOWN = feature("Point", [LON, LAT], place="town", name="月湖街道")


def collection(file: Path, *features: dict[str, Any]) -> Path:
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return file


def made_of(folder: Path, *files: Path, **changes: Any) -> tuple[Made, bytes]:
    out = folder / "map" / "base.pmtiles"
    made = build(Wanted(files, out, **changes), Telling())
    return made, out.read_bytes()


def tile_at(content: bytes, zoom: int, lon: float, lat: float) -> dict[str, Any]:
    """Give what a tile holds, by layer."""
    side = 2**zoom
    down = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    found = Reader(MemorySource(content)).get(zoom, int((lon / 360 + 0.5) * side), int(down * side))  # type: ignore[no-untyped-call, unused-ignore]
    decoded = mapbox_vector_tile.decode(
        gzip.decompress(found), default_options={"y_coord_down": True}
    )
    return dict(decoded)


def tiles(content: bytes) -> Iterator[tuple[tuple[int, int, int], dict[str, Any]]]:
    source = MemorySource(content)
    header = Reader(source).header()
    assert header["tile_type"].name == "MVT"
    for place, found in all_tiles(source):
        yield place, mapbox_vector_tile.decode(gzip.decompress(found))


def test_what_the_file_draws_is_in_the_tile_where_it_is(tmp_path: Path) -> None:
    made, content = made_of(tmp_path, collection(tmp_path / "a.geojson", LAKE, ROAD, TOWN))
    assert made.things == 3
    found = tile_at(content, 12, LON + 0.001, LAT + 0.001)
    assert set(found) == {"water", "road", "place", "poi"}
    (water,) = found["water"]["features"]
    assert water["properties"] == {"kind": "water"}
    assert water["geometry"]["type"] == "Polygon"
    west, south, east, north = made.bounds
    assert west <= LON - 0.05 < LON + 0.05 <= east
    assert south <= LAT < LAT + 0.01 <= north


def test_an_area_says_its_name_once_however_many_tiles_it_reaches(tmp_path: Path) -> None:
    _made, content = made_of(tmp_path, collection(tmp_path / "a.geojson", LAKE))
    said = [
        one["properties"]
        for place, found in tiles(content)
        if place[0] == 15
        for layer in found.values()
        for one in layer["features"]
        if "name" in one["properties"]
    ]
    assert said == [{"kind": "water", "name": "月湖"}]


def test_a_point_is_where_it_is_within_a_metre(tmp_path: Path) -> None:
    _made, content = made_of(tmp_path, collection(tmp_path / "a.geojson", TOWN))
    (town,) = tile_at(content, 15, LON, LAT)["place"]["features"]
    x, y = town["geometry"]["coordinates"]
    side = 2**15
    column = int((LON / 360 + 0.5) * side)
    line = int((1 - math.asinh(math.tan(math.radians(LAT))) / math.pi) / 2 * side)
    lon = ((column + x / 4096) / side - 0.5) * 360
    lat = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * (line + y / 4096) / side))))
    assert (lon, lat) == pytest.approx((LON, LAT), abs=1 / 111_320)


def test_what_is_drawn_from_a_nearer_zoom_on_is_not_in_farther_tiles(tmp_path: Path) -> None:
    path = feature("LineString", [[LON, LAT], [LON + 0.01, LAT]], highway="footway")
    _made, content = made_of(tmp_path, collection(tmp_path / "a.geojson", path, TOWN))
    zooms = {place[0] for place, layers in tiles(content) if "road" in layers}
    assert zooms == {14, 15}
    assert {place[0] for place, layers in tiles(content) if "place" in layers} == set(range(8, 16))


@given(st.lists(st.tuples(st.floats(-0.08, 0.08), st.floats(-0.05, 0.05)), min_size=3, max_size=8))
def test_the_pieces_of_an_area_make_the_area_again(corners: list[tuple[float, float]]) -> None:
    whole = union_all([box(LON + x, LAT + y, LON + x + 0.01, LAT + y + 0.01) for x, y in corners])
    drawn = Drawn(Look("water", "water", 13), "", whole)
    side = 2**13
    parts = []
    for tile, _layer, _said, wkb in pieces(drawn, Datum.WGS84):
        zoom, x, y = tileid_to_zxy(tile)
        if zoom == 13:
            parts.append(translate(from_wkb(wkb), x, y))
    flat = transform(whole, lambda degrees: projected(degrees) * side)
    again = union_all(parts)
    assert again.symmetric_difference(flat).area < flat.area * 0.02


def test_the_same_file_makes_the_same_map(tmp_path: Path) -> None:
    file = tmp_path / "district.geojson"
    landscape.write(file)
    first, second = (made_of(tmp_path / name, file)[1] for name in ("a", "b"))
    assert first == second


def test_the_demonstration_district_has_every_layer_and_chinese_names(tmp_path: Path) -> None:
    file = tmp_path / "district.geojson"
    landscape.write(file)
    _made, content = made_of(tmp_path, file, credit="示范")
    layers: set[str] = set()
    names: set[str] = set()
    for _place, found in tiles(content):
        layers |= set(found)
        for layer in found.values():
            names |= {one["properties"].get("name", "") for one in layer["features"]}
    assert layers == set(LAYERS)
    assert {"月湖", "实验小学", "月湖街道", "环湖大道", "清溪江"} <= names
    found_map = about(tmp_path / "map" / "base.pmtiles")
    assert found_map is not None
    assert found_map.credit == "示范"


def test_one_feature_a_line_and_a_file_of_another_datum_are_read(tmp_path: Path) -> None:
    shown = from_wgs84((LON, LAT), Datum.GCJ02)
    town = feature("Point", list(shown), place="town", name="月湖街道")
    file = tmp_path / "a.geojsonl"
    file.write_text("\x1e" + json.dumps(town) + "\n\x1e" + json.dumps(LAKE) + "\n", "utf-8")
    made, content = made_of(tmp_path, file, datum=Datum.GCJ02)
    assert made.things == 2
    assert "place" in tile_at(content, 15, LON, LAT)


OSM = f"""<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6">
 {"".join(f'<node id="{at}" lon="{LON + x}" lat="{LAT + y}"/>' for at, (x, y) in enumerate(
    [(0, 0), (0.02, 0), (0.02, 0.02), (0, 0.02), (0.008, 0.008), (0.012, 0.008), (0.012, 0.012),
     (0.008, 0.012)], start=1))}
 <node id="9" lon="{LON}" lat="{LAT}">
  <tag k="place" v="town"/><tag k="name" v="Yuehu"/><tag k="name:zh" v="月湖"/></node>
 <way id="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/></way>
 <way id="2"><nd ref="3"/><nd ref="4"/><nd ref="1"/></way>
 <way id="3"><nd ref="5"/><nd ref="6"/><nd ref="7"/><nd ref="8"/><nd ref="5"/></way>
 <way id="4"><nd ref="1"/><nd ref="3"/><nd ref="99"/><tag k="highway" v="residential"/></way>
 <relation id="1"><member type="way" ref="1" role="outer"/>
  <member type="way" ref="2" role="outer"/>
  <member type="way" ref="3" role="inner"/><tag k="type" v="multipolygon"/>
  <tag k="natural" v="water"/></relation>
</osm>"""  # fmt: skip


@pytest.mark.parametrize("packed", [False, True])
def test_an_osm_extract_is_read_with_its_multipolygons(tmp_path: Path, packed: bool) -> None:
    file = tmp_path / ("a.osm.gz" if packed else "a.osm")
    file.write_bytes(gzip.compress(OSM.encode()) if packed else OSM.encode())
    _made, content = made_of(tmp_path, file)
    found = tile_at(content, 11, LON + 0.01, LAT + 0.01)
    (lake,) = found["water"]["features"]
    outer, island = shape(lake["geometry"]).exterior, shape(lake["geometry"]).interiors
    assert len(outer.coords) == 5
    assert len(island) == 1
    near = tile_at(content, 14, LON + 0.001, LAT + 0.001)
    assert near["place"]["features"][0]["properties"]["name"] == "月湖"
    assert near["road"]["features"][0]["properties"]["kind"] == "minor"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.geojson", "no json", "a.geojson.*GeoJSON"),
        ("a.geojson", '{"type":"FeatureCollection","features":[', "whole"),
        ("a.geojson", json.dumps({"features": [{"type": "Polygon"}]}), "第 1 个要素.*Feature"),
        ("a.geojson", json.dumps({"features": [TOWN, feature("Point", ["x"], place="town")]}),
         "第 2 个要素"),
        ("a.geojson", json.dumps({"features": [feature("Point", [LAT, LON], place="town")]}),
         "写反.*swapped"),
        ("a.geojson", json.dumps({"features": [feature("Point", [600000, 3200000], place="town")]}),
         "WGS-84"),
        ("a.geojson", json.dumps({"features": [feature("Point", [LON, LAT], shop="toys")]}),
         "没有可画"),
        ("a.osm", "<gpx/>", "OSM XML.*gpx"),
        ("a.osm", "<osm><node", "OSM XML"),
        ("a.osm.gz", "not packed", "OSM XML"),
        ("a.osm.pbf", "", "osmium cat"),
        ("a.shp", "", r"\.geojson"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_map_is_refused_in_words(
    tmp_path: Path, name: str, content: str, said: str
) -> None:
    file = tmp_path / name
    file.write_text(content, "utf-8")
    with pytest.raises(MapError, match=said):
        made_of(tmp_path, file)
    assert not (tmp_path / "map" / "base.pmtiles").exists()
    assert list((tmp_path / "map").glob(".map-*")) == []


def test_a_refused_file_leaves_the_map_that_is_there(tmp_path: Path) -> None:
    _made, content = made_of(tmp_path, collection(tmp_path / "a.geojson", TOWN))
    broken = tmp_path / "b.geojson"
    broken.write_text("{", "utf-8")
    with pytest.raises(MapError):
        made_of(tmp_path, broken)
    assert (tmp_path / "map" / "base.pmtiles").read_bytes() == content


def test_a_drawing_may_name_layer_and_kind_itself() -> None:
    assert look_of({"layer": "road", "kind": "major"}) == Look("road", "major", 11)
    assert look_of({"layer": "poi", "kind": "police", "from_zoom": "99"}) == Look(
        "poi", "police", 15
    )
    assert look_of({"layer": "nonsense"}) is None
    assert name_of({"name": "Yuehu", "name:zh": "月湖"}) == "月湖"


def test_the_command_makes_it_and_says_what_it_has_made(tmp_path: Path) -> None:
    file = collection(tmp_path / "a.geojson", LAKE)
    words = ["map", "build", str(file), "--data", str(tmp_path), "--credit", "示范", "--json"]
    made = CliRunner().invoke(main, words)
    assert made.exit_code == 0, made.output
    said = json.loads(made.stdout.splitlines()[-1])
    assert said["things"] == 1
    info = CliRunner().invoke(main, ["map", "info", "--data", str(tmp_path), "--json"])
    assert json.loads(info.stdout)["credit"] == "示范"


def test_the_command_says_where_nothing_can_be_made(tmp_path: Path) -> None:
    file = tmp_path / "a.shp"
    file.write_bytes(b"")
    made = CliRunner().invoke(main, ["map", "build", str(file), "--data", str(tmp_path)])
    assert made.exit_code == 2
    assert "a.shp" in made.stderr
    none = CliRunner().invoke(main, ["map", "info", "--data", str(tmp_path)])
    assert none.exit_code == 1
