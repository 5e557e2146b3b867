"""How far a place is from a school, in metres: 100 m around its boundary is the plan's figure.

Everything is WGS-84 degrees (longitude, latitude), one datum. GCJ-02 of Chinese maps is off by
some 500 m and must be turned into WGS-84 before it comes here.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

RING_M = 100.0
"""The district's plan: within 100 m of a school."""
LEAST_CORNERS = 3

Corner = tuple[float, float]
"""Longitude, latitude."""


class Ring(StrEnum):
    """Whether a place is within the school's ring."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Distance:
    """How far, in metres; None where no coordinates are known."""

    ring: Ring
    metres: float | None = None


def metres_per_degree(lat: float) -> tuple[float, float]:
    """Give how many metres a degree of longitude and one of latitude are, on WGS-84's ellipsoid."""
    turn = math.radians(lat)
    east = 111_412.84 * math.cos(turn) - 93.5 * math.cos(3 * turn) + 0.118 * math.cos(5 * turn)
    north = 111_132.954 - 559.822 * math.cos(2 * turn) + 1.175 * math.cos(4 * turn)
    return east, north


def distance_m(place: Corner, boundary: Sequence[Corner]) -> float:
    """Give the distance from a place to an area, 0 inside it.

    A flat map around the place is enough: over a kilometre it is off by less than a metre.
    """
    east, north = metres_per_degree(place[1])
    flat = [((lon - place[0]) * east, (lat - place[1]) * north) for lon, lat in boundary]
    sides = list(zip(flat, [*flat[1:], flat[0]], strict=True))
    if _is_inside(sides):
        return 0.0
    return min(_from_origin(a, b) for a, b in sides)


def polygon_of(geojson: Any) -> list[Corner]:
    """Read the outer ring of a GeoJSON Polygon (or of a Feature that is one), longitude first.

    Raises:
        ValueError: something else, or corners that are no degrees.
    """
    corners = corners_of(geojson)
    if not all(_is_place(one) for one in corners):
        msg = "至少 3 个角点，经度在前，单位为度 / 3 corners or more, longitude first, in degrees"
        raise ValueError(msg)
    return corners


def corners_of(geojson: Any) -> list[Corner]:
    """Read the outer ring of a GeoJSON Polygon; whether its numbers are degrees nobody has asked.

    Raises:
        ValueError: no Polygon, or fewer than three corners.
    """
    shape = geojson.get("geometry", geojson) if isinstance(geojson, dict) else None
    if not isinstance(shape, dict) or shape.get("type") != "Polygon":
        msg = "需要 GeoJSON Polygon / a GeoJSON Polygon is wanted"
        raise ValueError(msg)
    try:
        corners = [(float(lon), float(lat)) for lon, lat, *_ in shape["coordinates"][0]]
    except (TypeError, KeyError, IndexError, ValueError):
        msg = "coordinates: 应为 [[[lon, lat], ...]]（经度在前） / [[[lon, lat], ...]] is wanted"
        raise ValueError(msg) from None
    if corners and corners[0] == corners[-1]:
        corners = corners[:-1]
    if len(set(corners)) < LEAST_CORNERS:
        msg = "至少 3 个角点，经度在前，单位为度 / 3 corners or more, longitude first, in degrees"
        raise ValueError(msg)
    return corners


def ring_of(place: Corner | None, boundaries: Iterable[Sequence[Corner]]) -> Distance:
    """Tell whether a place is within the ring of one of the areas."""
    known = list(boundaries)
    if place is None or not known:
        return Distance(Ring.UNKNOWN)
    metres = min(distance_m(place, boundary) for boundary in known)
    return Distance(Ring.INSIDE if metres <= RING_M else Ring.OUTSIDE, metres)


def _is_place(corner: Corner) -> bool:
    return abs(corner[0]) <= 180.0 and abs(corner[1]) <= 90.0  # noqa: PLR2004 - degrees


def _is_inside(sides: Sequence[tuple[Corner, Corner]]) -> bool:
    """Count the sides that a ray from the origin to the east crosses."""
    inside = False
    for (x1, y1), (x2, y2) in sides:
        if (y1 > 0) != (y2 > 0) and x1 + (x2 - x1) * -y1 / (y2 - y1) > 0:
            inside = not inside
    return inside


def _from_origin(a: Corner, b: Corner) -> float:
    (x, y), (dx, dy) = a, (b[0] - a[0], b[1] - a[1])
    length = dx * dx + dy * dy
    along = 0.0 if length == 0 else min(1.0, max(0.0, -(x * dx + y * dy) / length))
    return math.hypot(x + along * dx, y + along * dy)
