"""The ring around a school, buffered from its boundary in metres."""

from functools import lru_cache

from shapely import Polygon, make_valid

from central.core.geometry import RING_M, Corner, metres_per_degree

ARC_PARTS = 16
"""Parts of a quarter turn: an arc of 100 m is within 12 cm of the circle."""
DIGITS = 7
"""Of a degree: a centimetre."""

Rings = tuple[tuple[Corner, ...], ...]
"""Outline first, then holes; each closed, as GeoJSON wants it."""


@lru_cache(maxsize=2048)
def ring_around(boundary: tuple[Corner, ...], metres: float = RING_M) -> tuple[Rings, ...]:
    """Give all that is within so many metres of an area, WGS-84 degrees, as polygons.

    A flat map around the area's middle is enough: over a kilometre it is off by centimetres.
    """
    lon, lat = (sum(one[at] for one in boundary) / len(boundary) for at in (0, 1))
    east, north = metres_per_degree(lat)
    flat = Polygon([((x - lon) * east, (y - lat) * north) for x, y in boundary])
    grown = make_valid(flat).buffer(metres, quad_segs=ARC_PARTS)
    parts = grown.geoms if grown.geom_type == "MultiPolygon" else [grown]

    def back(x: float, y: float) -> Corner:
        return round(lon + x / east, DIGITS), round(lat + y / north, DIGITS)

    return tuple(
        tuple(tuple(back(x, y) for x, y in line.coords) for line in (one.exterior, *one.interiors))
        for one in parts
    )
