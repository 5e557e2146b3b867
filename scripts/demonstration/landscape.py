"""A small district that exists nowhere: hills, a river, a lake, towns, streets and schools.

The same drawing every time. `python -m scripts.demonstration.landscape OUT.geojson` writes it;
`huxiao-central map build` makes a base map of it.
"""

import json
import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

LON, LAT = 121.41, 29.65
"""The middle; everything below is in metres east and north of it."""
EAST_M, NORTH_M = 96_830.0, 110_862.0
POND = (1_170.0, -340.0)
"""Where the demo's camera hangs, at the lake's edge."""
SCHOOL = (-420.0, 380.0)
"""The middle of the demo's primary school."""
LAKE = (1650.0, -420.0)
DRY_M = 800.0
"""From the lake's middle so far houses keep away."""
BANK_M, YARD_M = 170.0, 190.0
SCHOOL_YARD = ((-110, -80), (95, -80), (95, -15), (130, -15), (130, 85), (-110, 85))

Point = tuple[float, float]
Feature = dict[str, Any]

TOWNS = (
    ("月湖街道", (-100.0, 300.0), 9),
    ("东溪街道", (3900.0, 1500.0), 6),
    ("北山镇", (-3600.0, 2900.0), 4),
)
VILLAGES = (
    ("荷塘村", (2300, -2300)),
    ("柳岸村", (-2500, -1900)),
    ("石桥村", (5100, -900)),
    ("竹坞村", (-5000, 800)),
    ("梅溪村", (700, 3500)),
    ("渡口村", (3300, -3300)),
)
STREETS = (
    "学前路",
    "书院路",
    "桥东街",
    "长堤路",
    "荷花路",
    "晨光路",
    "春晖路",
    "文昌路",
    "清波路",
    "望湖路",
    "百花街",
    "松涛路",
    "青云路",
    "和风路",
    "丰泽路",
    "明德路",
    "同心街",
    "新桥路",
    "南塘路",
    "映月路",
)
SCHOOLS = (
    ("实验小学", SCHOOL),
    ("月湖中学", (620, 900)),
    ("东溪小学", (3760, 1180)),
    ("东溪中学", (4360, 1830)),
    ("北山中心学校", (-3500, 2650)),
    ("第二小学", (-950, -420)),
)
POINTS = (
    ("月湖派出所", "police", (-40, 640)),
    ("区人民医院", "hospital", (280, -180)),
    ("区政府", "townhall", (-300, -60)),
    ("东溪派出所", "police", (4080, 1260)),
    ("图书馆", "library", (120, 480)),
)


def features() -> Iterator[Feature]:
    """Give everything that is drawn."""
    chance = Random(139)  # noqa: S311 - the same drawing every time
    yield from _hills(chance)
    yield from _waters(chance)
    yield from _main_roads(chance)
    for number, town in enumerate(TOWNS):
        yield from _town(town, number, chance)
    for name, middle in VILLAGES:
        yield _feature("Point", place(*middle), {"place": "village", "name": name})
        yield from _houses(middle, 10, 160, chance)
    for name, (x, y) in SCHOOLS:
        yard = SCHOOL_YARD if name == "实验小学" else ((-90, -70), (90, -70), (90, 70), (-90, 70))
        corners = [(x + dx, y + dy) for dx, dy in yard]
        yield _area(corners, {"amenity": "school", "name": name})
        yield _area(_box((x - 30, y + 30), 90, 22), {"building": "school"})
    for name, kind, middle in POINTS:
        yield _feature("Point", place(*middle), {"amenity": kind, "name": name})
    yield from _borders()


def place(x: float, y: float) -> list[float]:
    """Turn metres east and north of the middle into longitude and latitude."""
    return [round(LON + x / EAST_M, 6), round(LAT + y / NORTH_M, 6)]


def school_boundary() -> list[list[float]]:
    """Give the corners of the demo's primary school."""
    return [place(SCHOOL[0] + dx, SCHOOL[1] + dy) for dx, dy in SCHOOL_YARD]


def _hills(chance: Random) -> Iterator[Feature]:
    for middle, size in (
        ((-5200, 3300), 1900),
        ((-5600, -700), 1500),
        ((1500, 4300), 1300),
        ((5700, 3900), 1500),
        ((-3300, -3600), 1400),
    ):
        yield _area(_blob(middle, size, chance, 0.28), {"landuse": "forest"})
    for middle, size in (((2500, -1500), 900), ((-1500, -2600), 800), ((4700, 300), 700)):
        yield _area(_blob(middle, size, chance, 0.2), {"landuse": "farmland"})
    yield _area(_blob((900, 330), 260, chance, 0.15), {"leisure": "park", "name": "湖滨公园"})


def _waters(chance: Random) -> Iterator[Feature]:
    yield _area(_blob(LAKE, 620, chance, 0.2), {"natural": "water", "name": "月湖"})
    yield _area(
        _blob((-4300, 4000), 420, chance, 0.3), {"landuse": "reservoir", "name": "北山水库"}
    )
    yield _area(_blob((2520, -2480), 130, chance, 0.2), {"natural": "water", "name": "荷塘"})
    river = [(x, _river(x)) for x in range(-7000, 7001, 200)]
    banks = [(x, y + 42) for x, y in river] + [(x, y - 42) for x, y in reversed(river)]
    yield _area(banks, {"waterway": "riverbank", "name": "清溪江"})
    yield _line(river, {"waterway": "river", "name": "清溪江"})
    brook = [(-4200 + t * 5200, 3700 - t * 5100 + 260 * math.sin(t * 9)) for t in _steps(40)]
    yield _line(brook, {"waterway": "stream", "name": "北山溪"})


def _river(x: float) -> float:
    return -1350 + 480 * math.sin(x / 1650) + 190 * math.sin(x / 610 + 1)


def _main_roads(chance: Random) -> Iterator[Feature]:
    del chance
    west_east = [(x, 2150 + 260 * math.sin(x / 2600)) for x in range(-7000, 7001, 250)]
    yield _line(west_east, {"highway": "motorway", "name": "甬南高速"})
    yield _line([(x, y - 900) for x, y in west_east], {"railway": "rail", "name": "沿溪铁路"})
    yield _line(
        [(x, 150 + 190 * math.sin(x / 1700)) for x in range(-6800, 6801, 200)],
        {"highway": "primary", "name": "环湖大道"},
    )
    yield _line(
        [(-180 + 130 * math.sin(y / 900), y) for y in range(-4500, 4501, 200)],
        {"highway": "primary", "name": "中心大道"},
    )
    yield _line(
        [(3650 + 90 * math.sin(y / 700), y) for y in range(-3800, 4001, 200)],
        {"highway": "secondary", "name": "东溪大道"},
    )
    yield _line(
        [(-3500 + 140 * math.sin(y / 800), y) for y in range(-3000, 4201, 200)],
        {"highway": "secondary", "name": "北山公路"},
    )
    shore = [
        (LAKE[0] + 720 * math.cos(turn), LAKE[1] + 720 * math.sin(turn))
        for turn in (step * 2 * math.pi for step in _steps(48))
    ]
    yield _line(shore, {"highway": "path", "name": "环湖步道"})


def _town(town: tuple[str, Point, int], number: int, chance: Random) -> Iterator[Feature]:
    name, (x, y), blocks = town
    yield _feature("Point", place(x, y), {"place": "town", "name": name})
    side, half = 210.0, blocks * 105.0
    for step in range(blocks + 1):
        along = -half + step * side + chance.uniform(-18, 18)
        kind = "tertiary" if step % 3 == 1 else "residential"
        street = STREETS[(number * 7 + step) % len(STREETS)]
        yield _line(
            [(x - half, y + along), (x + half, y + along + 14)], {"highway": kind, "name": street}
        )
        crossing = STREETS[(number * 7 + step + 10) % len(STREETS)]
        yield _line(
            [(x + along, y - half), (x + along - 12, y + half)], {"highway": kind, "name": crossing}
        )
    for column in range(blocks):
        for line in range(blocks):
            middle = (x - half + (column + 0.5) * side, y - half + (line + 0.5) * side)
            near = min(math.dist(middle, spot) for _, spot in SCHOOLS)
            wet = math.dist(middle, LAKE) < DRY_M or abs(middle[1] - _river(middle[0])) < BANK_M
            if near > YARD_M and not wet:
                yield from _houses(middle, 6, 78, chance)


def _houses(middle: Point, count: int, reach: float, chance: Random) -> Iterator[Feature]:
    for _ in range(count):
        x, y = (one + chance.uniform(-reach, reach) for one in middle)
        yield _area(
            _box((x, y), chance.uniform(16, 44), chance.uniform(10, 18)), {"building": "yes"}
        )


def _borders() -> Iterator[Feature]:
    tags = {"boundary": "administrative", "admin_level": "8"}
    yield _line([(2250 + 160 * math.sin(y / 600), y) for y in range(-4500, 4501, 300)], tags)
    yield _line([(-2100 + 200 * math.sin(y / 800), y) for y in range(-4500, 4501, 300)], tags)


def _blob(middle: Point, size: float, chance: Random, ragged: float) -> list[Point]:
    turns = [step * 2 * math.pi for step in _steps(36)][:-1]
    waves = [(chance.uniform(0, 6.3), chance.uniform(0.3, 1)) for _ in range(3)]
    return [
        (
            middle[0] + size * 1.15 * _ragged(turn, waves, ragged) * math.cos(turn),
            middle[1] + size * 0.85 * _ragged(turn, waves, ragged) * math.sin(turn),
        )
        for turn in turns
    ]


def _ragged(turn: float, waves: list[tuple[float, float]], how: float) -> float:
    return 1 + how * sum(
        high * math.sin((number + 2) * turn + first) / 2
        for number, (first, high) in enumerate(waves)
    )


def _box(middle: Point, wide: float, high: float) -> list[Point]:
    x, y = middle
    return [
        (x - wide / 2, y - high / 2),
        (x + wide / 2, y - high / 2),
        (x + wide / 2, y + high / 2),
        (x - wide / 2, y + high / 2),
    ]


def _steps(count: int) -> list[float]:
    return [step / count for step in range(count + 1)]


def _line(points: Sequence[Point], tags: dict[str, str]) -> Feature:
    return _feature("LineString", [place(*one) for one in points], tags)


def _area(points: Sequence[Point], tags: dict[str, str]) -> Feature:
    return _feature("Polygon", [[place(*one) for one in (*points, points[0])]], tags)


def _feature(kind: str, coordinates: Any, tags: dict[str, str]) -> Feature:
    return {
        "type": "Feature",
        "properties": tags,
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def write(file: Path) -> None:
    """Write the drawing as GeoJSON."""
    whole = {"type": "FeatureCollection", "features": list(features())}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004 - one word
        sys.exit(__doc__)
    write(Path(sys.argv[1]))
