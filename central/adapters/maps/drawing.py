"""What a file of land holds, one thing after another: however large it is, one at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from shapely.geometry.base import BaseGeometry

from central.core.coordinates import CHINA
from central.core.landscape import Look


class MapError(Exception):
    """A file from which no map can be made; the text says where, why and what to do."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One thing of the land, in degrees of the file's datum, longitude first."""

    look: Look
    name: str
    shape: BaseGeometry


Heard = Callable[[int], None]
"""Told how many bytes have been read since the last time."""
Reading = Callable[[Path, Heard], Iterator[Drawn]]


def must_be_here(shape: BaseGeometry, where: str) -> None:
    """Refuse what lies nowhere on the map, with a hint where longitude and latitude are swapped.

    Raises:
        MapError: saying where.
    """
    west, south, east, north = shape.bounds
    if west >= -180.0 and east <= 180.0 and south >= -85.0 and north <= 85.0:  # noqa: PLR2004
        middle = ((west + east) / 2, (south + north) / 2)
        if CHINA.holds(middle) or not CHINA.holds((middle[1], middle[0])):
            return
    if CHINA.holds(((south + north) / 2, (west + east) / 2)):
        msg = (f"{where}: 经纬度写反了，应经度在前 / longitude and latitude are swapped: "
               "longitude comes first")  # fmt: skip
        raise MapError(msg)
    msg = (f"{where}: 坐标不是经纬度（{west:g}, {south:g}），请转成 WGS-84 经纬度 / these are no "
           f"degrees ({west:g}, {south:g}): turn them into WGS-84 longitude, latitude")  # fmt: skip
    raise MapError(msg)
