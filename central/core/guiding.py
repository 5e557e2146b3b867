"""Links that open a map app and lead somebody to a place; each in the datum of its app."""

from urllib.parse import quote, urlencode

from central.core.datum import Datum, from_wgs84
from central.core.geometry import Corner
from central.core.naming import Words

DIGITS = 6
AMAP: Words = ("高德地图", "Amap")
TENCENT: Words = ("腾讯地图", "Tencent Maps")
BAIDU: Words = ("百度地图", "Baidu Maps")
OTHER: Words = ("其他地图应用", "another map app")


def ways_to(place: Corner, name: str) -> list[tuple[Words, str]]:
    """Give what leads to a place in WGS-84, by app; they hold the place's name and nothing else."""
    lon, lat = _shown(place, Datum.GCJ02)
    baidu_lon, baidu_lat = _shown(place, Datum.BD09)
    amap = {"to": f"{lon},{lat},{name}", "mode": "car", "coordinate": "gaode", "callnative": "1"}
    tencent = {"type": "drive", "to": name, "tocoord": f"{lat},{lon}", "referer": "huxiao"}
    baidu = {"destination": f"latlng:{baidu_lat},{baidu_lon}|name:{name}", "mode": "driving",
             "coord_type": "bd09ll", "output": "html", "src": "huxiao"}  # fmt: skip
    own = _shown(place, Datum.WGS84)
    return [
        (AMAP, "https://uri.amap.com/navigation?" + urlencode(amap)),
        (TENCENT, "https://apis.map.qq.com/uri/v1/routeplan?" + urlencode(tencent)),
        (BAIDU, "https://api.map.baidu.com/direction?" + urlencode(baidu)),
        (OTHER, f"geo:{own[1]},{own[0]}?q={own[1]},{own[0]}({quote(name)})"),
    ]


def _shown(place: Corner, datum: Datum) -> tuple[str, str]:
    lon, lat = from_wgs84(place, datum)
    return f"{lon:.{DIGITS}f}", f"{lat:.{DIGITS}f}"
