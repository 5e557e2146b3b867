"""Where the furnished district's places are, what they stand on, and a picture to draw on."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection

from central.adapters.maps.building import Telling, Wanted, build
from central.adapters.store import drawings, geography
from central.core.local_time import from_ms
from contract.drawing import Command
from scripts.demonstration import landscape

PLACES = {"yuehu": landscape.POND, "shiyan-gate": (-325.0, 380.0), "langyu": (300.0, 700.0)}
DIGEST = "0123456789abcdef"
DRAWN = {
    "zones": [{"was": 0, "zone_id": "steps", "dwell_limit_s": 8.0,
               "polygon": [[0.42, 0.6], [0.74, 0.6], [0.74, 0.98], [0.42, 0.98]]}],
    "lines": [{"was": 0, "line_id": "bank", "a": [0.85, 0.45], "b": [0.85, 0.98],
               "direction": "left_to_right"}],
    "posts": [], "masks": [],
}  # fmt: skip


def base(folder: Path) -> Path:
    """Make the base map of the district that exists nowhere."""
    land, out = folder / "district.geojson", folder / "base.pmtiles"
    landscape.write(land)
    build(Wanted([land], out, credit="虚构示范地图"), Telling())
    return out


def place(connection: Connection) -> None:
    """Put places and the school onto it."""
    for site_id, (x, y) in PLACES.items():
        lon, lat = landscape.place(x, y)
        geography.put_point(connection, site_id, lat, lon)
    yard = [(lon, lat) for lon, lat in landscape.school_boundary()]
    geography.put_boundary(connection, "school:shiyan", yard, 0)


def send_picture(connection: Connection, jpeg: bytes, by: str, now: int) -> None:
    """Let the pond's device have sent a picture to draw on."""
    at = from_ms(now)
    command = Command(device_id="water-001", command_id="picture-1", command="snapshot",
                      camera_id="cam1", at=at, expires_at=at + timedelta(minutes=10))  # fmt: skip
    drawings.ask_picture(connection, command, by, "水位上涨，重画警戒线")
    drawings.keep_answer(connection, command.command_id, answered_at=now, picture=jpeg,
                         drawing=DRAWN, revision=DIGEST)  # fmt: skip
