"""From the land to tiles: projected, simplified for each zoom, cut into squares."""

import json
import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from pmtiles.tile import zxy_to_tileid
from shapely import (
    LineString,
    MultiLineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
    clip_by_rect,
    make_valid,
    to_wkb,
    transform,
)
from shapely.geometry.base import BaseGeometry

from central.adapters.maps.drawing import Drawn
from central.core.datum import Datum, to_wgs84
from central.core.landscape import AREAS, LINES, MOST_ZOOM, POINTS

EXTENT = 4096
"""Units of a tile's side."""
_BEYOND = 64 / EXTENT
"""So far a tile's things reach over its edge, for strokes that are wider than nothing."""
_TOLERANCE = 4 / EXTENT
"""A quarter of a pixel, of the side of a tile."""
_LEAST_SIDE = 16 / EXTENT
"""An area smaller than a pixel is left out."""

NAMED_ALONG = frozenset({"river"})
"""Areas whose line bears the name already."""

Box = tuple[int, int, int, int]
"""West, north, east, south in whole tiles; the last two are beyond it."""

Piece = tuple[int, str, str, bytes]
"""The tile's number, the layer, what is said of it (JSON), the shape (WKB; a tile's side is 1)."""

_MEANT: dict[str, tuple[type[BaseGeometry], ...]] = {
    **dict.fromkeys(AREAS, (Polygon, MultiPolygon)),
    **dict.fromkeys(LINES, (LineString, MultiLineString)),
    **dict.fromkeys(POINTS, (Point, MultiPoint)),
}


def pieces(drawn: Drawn, datum: Datum) -> Iterator[Piece]:
    """Cut one thing into the tiles of all zooms on which it is drawn.

    A named area has its name at a point of its own: each of its tiles would say it.
    """
    shape = drawn.shape if datum is Datum.WGS84 else _turned(drawn.shape, datum)
    look = drawn.look
    flat = fitting(make_valid(transform(shape, projected)), look.layer)
    if flat is None:
        return
    said = {"kind": look.kind} | ({"name": drawn.name} if drawn.name else {})
    if look.layer in AREAS and "name" in said:
        if look.kind not in NAMED_ALONG:
            named = {"kind": look.layer, "name": drawn.name}
            yield from _zooms(flat.representative_point(), "poi", named, max(look.from_zoom, 12))
        said = {"kind": look.kind}
    yield from _zooms(flat, look.layer, said, look.from_zoom)


def _zooms(flat: BaseGeometry, layer: str, said: dict[str, str], from_zoom: int) -> Iterator[Piece]:
    words = json.dumps(said, ensure_ascii=False, sort_keys=True)
    for zoom in range(from_zoom, MOST_ZOOM + 1):
        side = 0.5**zoom
        shape = flat
        if layer not in POINTS:
            shape = flat.simplify(side * _TOLERANCE)
        if layer in AREAS and shape.area < (side * _LEAST_SIDE) ** 2:
            continue
        scaled = transform(shape, lambda xy, tiles=2.0**zoom: xy * tiles)
        whole = (0, 0, 2**zoom, 2**zoom)
        for x, y, cut in _cut(scaled, _shrunk(scaled, whole), layer):
            moved = transform(cut, lambda xy, x=x, y=y: xy - (x, y))
            yield zxy_to_tileid(zoom, x, y), layer, words, to_wkb(moved)


def _cut(shape: BaseGeometry, box: Box, layer: str) -> Iterator[tuple[int, int, BaseGeometry]]:
    """Give the squares of side 1 within a box that a shape reaches, and what of it is in each."""
    if layer in POINTS:
        x, y = (math.floor(one) for one in shape.bounds[:2])
        yield x, y, shape
        return
    for x, y, wide, high in _halves(box):
        part = _within(shape, (x, y, x + wide, y + high), layer)
        if part is None:
            continue
        if wide == high == 1:
            yield x, y, part
        else:
            yield from _cut(part, _shrunk(part, (x, y, x + wide, y + high)), layer)


def _halves(box: Box) -> Iterator[tuple[int, int, int, int]]:
    """Give a box in two, along its longer side, as place and size; one square is one."""
    west, north, east, south = box
    wide, high = east - west, south - north
    if wide <= 1 and high <= 1:
        yield west, north, 1, 1
    elif wide >= high:
        yield west, north, wide // 2, high
        yield west + wide // 2, north, wide - wide // 2, high
    else:
        yield west, north, wide, high // 2
        yield west, north + high // 2, wide, high - high // 2


def _shrunk(shape: BaseGeometry, box: Box) -> Box:
    """Give of a box what a shape reaches: whole squares, one at least."""
    west, north, east, south = (math.floor(one) for one in shape.bounds)
    first = min(max(box[0], west), box[2] - 1), min(max(box[1], north), box[3] - 1)
    last = max(first[0], min(box[2] - 1, east)), max(first[1], min(box[3] - 1, south))
    return first[0], first[1], last[0] + 1, last[1] + 1


def _within(shape: BaseGeometry, box: tuple[int, int, int, int], layer: str) -> BaseGeometry | None:
    west, north, east, south = box
    part = clip_by_rect(shape, west - _BEYOND, north - _BEYOND, east + _BEYOND, south + _BEYOND)
    return fitting(part, layer)


def fitting(shape: BaseGeometry, layer: str) -> BaseGeometry | None:
    """Keep of a shape what its layer draws: areas, lines or points."""
    wanted = _MEANT[layer]
    if layer in LINES and isinstance(shape, Polygon | MultiPolygon):
        shape = shape.boundary
    if layer in POINTS and not isinstance(shape, wanted):
        shape = shape.representative_point() if not shape.is_empty else shape
    if isinstance(shape, wanted):
        return None if shape.is_empty else shape
    parts = [one for one in getattr(shape, "geoms", ()) if isinstance(one, wanted)]
    if not parts:
        return None
    single = [piece for one in parts for piece in getattr(one, "geoms", (one,))]
    return MultiPolygon(single) if layer in AREAS else MultiLineString(single)


def projected(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn degrees into the web's Mercator square: 0 to 1 from west to east, north to south."""
    lon, lat = degrees[:, 0], np.radians(np.clip(degrees[:, 1], -85.05, 85.05))
    north = (1 - np.arcsinh(np.tan(lat)) / np.pi) / 2
    return np.column_stack((lon / 360 + 0.5, north))


def _turned(shape: BaseGeometry, datum: Datum) -> BaseGeometry:
    def turn(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.array([to_wgs84((lon, lat), datum) for lon, lat in degrees[:, :2]])

    return transform(shape, turn)
