"""Coordinates as people write and paste them, and whether they can be meant."""

import math
import re
from dataclasses import dataclass
from typing import Any

from central.core.datum import EAST, WEST, Datum, to_wgs84
from central.core.geometry import Corner, corners_of

_NUMBER = re.compile(r"[-+]?\d{1,3}(?:\.\d+)?")
_SOUTH_CHINA, _NORTH_CHINA = 3.0, 54.0
"""Degrees of latitude between which China lies."""


class PlaceError(ValueError):
    """A place that cannot be meant; `zh` and `en` say why, and what to do."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True)
class Bounds:
    """The area in which places of a district lie, WGS-84 degrees."""

    west: float = WEST
    south: float = _SOUTH_CHINA
    east: float = EAST
    north: float = _NORTH_CHINA

    def holds(self, place: Corner) -> bool:
        """Tell whether a place lies within."""
        return self.west <= place[0] <= self.east and self.south <= place[1] <= self.north


CHINA = Bounds()


def read_pair(text: str, datum: Datum, bounds: Bounds = CHINA) -> Corner:
    """Read `121.41,29.65`, longitude first as Chinese maps copy it, into WGS-84.

    Marks such as `121.41°E` are taken; a pair that fits only the other way round is refused with
    that hint, never turned silently.

    Raises:
        PlaceError: no two numbers, or no place within the bounds.
    """
    numbers = _NUMBER.findall(text)
    if len(numbers) != 2:  # noqa: PLR2004 - a pair
        zh = "请填两个数：经度，纬度，如 121.4100,29.6500"
        en = "two numbers are wanted: longitude,latitude, e.g. 121.4100,29.6500"
        raise PlaceError(zh, en)
    return placed(float(numbers[0]), float(numbers[1]), datum, bounds)


def placed(lon: float, lat: float, datum: Datum, bounds: Bounds = CHINA) -> Corner:
    """Give a place in WGS-84, if it can be meant.

    Raises:
        PlaceError: outside the bounds; with a hint where longitude and latitude seem swapped.
    """
    if math.isfinite(lon) and math.isfinite(lat):
        found = to_wgs84((lon, lat), datum)
        if bounds.holds(found):
            return found
        if bounds.holds(to_wgs84((lat, lon), datum)):
            zh = f"经度 {lon:g}、纬度 {lat:g} 不在范围内，经纬度可能写反了：经度在前"
            en = (f"longitude {lon:g}, latitude {lat:g} is outside; they seem to be swapped: "
                  "longitude comes first")  # fmt: skip
            raise PlaceError(zh, en)
    zh = (f"经度 {lon:g}、纬度 {lat:g} 不在范围内（经度 {bounds.west:g} 至 {bounds.east:g}，"
          f"纬度 {bounds.south:g} 至 {bounds.north:g})")  # fmt: skip
    en = (f"longitude {lon:g}, latitude {lat:g} is outside (longitude {bounds.west:g} to "
          f"{bounds.east:g}, latitude {bounds.south:g} to {bounds.north:g})")  # fmt: skip
    raise PlaceError(zh, en)


def read_boundary(geojson: Any, datum: Datum, bounds: Bounds = CHINA) -> list[Corner]:
    """Read the outer ring of a GeoJSON Polygon of a datum into WGS-84.

    Raises:
        PlaceError: a corner lies outside the bounds; with a hint where the pairs seem swapped.
        ValueError: no Polygon.
    """
    return [placed(lon, lat, datum, bounds) for lon, lat in corners_of(geojson)]
