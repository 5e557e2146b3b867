"""Three datums, one inside: WGS-84 (CGCS2000 differs by centimetres) is what is kept.

Chinese maps show GCJ-02, Baidu's BD-09: a point copied from one is some 500 m off unless turned
back here, at the edge. The formula is the published one of the China offset (Krasovsky 1940).
"""

import math
from collections.abc import Iterable, Mapping
from enum import StrEnum

from central.core.geometry import Corner

_AXIS_M = 6_378_245.0
_ECCENTRICITY2 = 0.00669342162296594323
_BAIDU = math.pi * 3000.0 / 180.0
_CLOSE_ENOUGH = 1e-9  # degrees: a tenth of a millimetre
_MOST_ROUNDS = 30
WEST, SOUTH, EAST, NORTH = 72.004, 0.8293, 137.8347, 55.8271
"""Where the offset is in force, in degrees; outside GCJ-02 is WGS-84."""


class Datum(StrEnum):
    """What the numbers of a pair of coordinates mean."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


DATUM_WORDS: Mapping[Datum, tuple[str, str]] = {
    Datum.WGS84: ("WGS-84 / CGCS2000（天地图、GPS）", "WGS-84 / CGCS2000 (Tianditu, GPS)"),
    Datum.GCJ02: ("GCJ-02（高德、腾讯）", "GCJ-02 (Amap, Tencent)"),
    Datum.BD09: ("BD-09（百度）", "BD-09 (Baidu)"),
}


def to_wgs84(place: Corner, datum: Datum) -> Corner:
    """Turn longitude, latitude of a datum into WGS-84 degrees."""
    if datum is Datum.WGS84:
        return place
    shown = _from_baidu(place) if datum is Datum.BD09 else place
    return _unshifted(shown)


def from_wgs84(place: Corner, datum: Datum) -> Corner:
    """Turn WGS-84 longitude, latitude into a datum's degrees."""
    if datum is Datum.WGS84:
        return place
    shown = _shifted(place)
    return _to_baidu(shown) if datum is Datum.BD09 else shown


def all_to_wgs84(places: Iterable[Corner], datum: Datum) -> list[Corner]:
    """Turn a line or boundary of a datum into WGS-84 degrees."""
    return [to_wgs84(place, datum) for place in places]


def _unshifted(shown: Corner) -> Corner:
    """Find the place that is shown there: the shift changes slowly, so this closes in on it."""
    lon, lat = shown
    for _ in range(_MOST_ROUNDS):
        again = _shifted((lon, lat))
        off = (again[0] - shown[0], again[1] - shown[1])
        lon, lat = lon - off[0], lat - off[1]
        if max(abs(off[0]), abs(off[1])) < _CLOSE_ENOUGH:
            break
    return lon, lat


def _shifted(place: Corner) -> Corner:
    lon, lat = place
    if not (WEST <= lon <= EAST and SOUTH <= lat <= NORTH):
        return place
    x, y = lon - 105.0, lat - 35.0
    wave = math.sin(math.radians(lat))
    magic = 1.0 - _ECCENTRICITY2 * wave * wave
    root = math.sqrt(magic)
    per_lat = math.radians(_AXIS_M * (1.0 - _ECCENTRICITY2) / (magic * root))
    per_lon = math.radians(_AXIS_M / root * math.cos(math.radians(lat)))
    return lon + _east_m(x, y) / per_lon, lat + _north_m(x, y) / per_lat


def _ripple(x: float) -> float:
    return (20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)) * 2.0 / 3.0


def _east_m(x: float, y: float) -> float:
    bend = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    slow = 20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)
    slower = 150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)
    return bend + _ripple(x) + (slow + slower) * 2.0 / 3.0


def _north_m(x: float, y: float) -> float:
    bend = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    slow = 20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)
    slower = 160.0 * math.sin(y / 12.0 * math.pi) + 320.0 * math.sin(y * math.pi / 30.0)
    return bend + _ripple(x) + (slow + slower) * 2.0 / 3.0


def _to_baidu(place: Corner) -> Corner:
    lon, lat = place
    reach = math.hypot(lon, lat) + 0.00002 * math.sin(lat * _BAIDU)
    angle = math.atan2(lat, lon) + 0.000003 * math.cos(lon * _BAIDU)
    return reach * math.cos(angle) + 0.0065, reach * math.sin(angle) + 0.006


def _from_baidu(place: Corner) -> Corner:
    lon, lat = place[0] - 0.0065, place[1] - 0.006
    reach = math.hypot(lon, lat) - 0.00002 * math.sin(lat * _BAIDU)
    angle = math.atan2(lat, lon) - 0.000003 * math.cos(lon * _BAIDU)
    return reach * math.cos(angle), reach * math.sin(angle)
