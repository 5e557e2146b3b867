"""The base map's file: asked for in ranges, by whoever has signed in."""

from pathlib import Path

from flask import Blueprint, send_file
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from central.adapters.maps.archive import about
from central.web import here

MEDIA_TYPE = "application/vnd.pmtiles"
ADDRESS = "/map/base.pmtiles"
KEPT_S = 3600

pages = Blueprint("base_maps", __name__)


@pages.get(ADDRESS)
def base() -> Response:
    """Give the district's base map, or the part of it that is asked for."""
    file = here.settings().base_map
    if file is None or about(file) is None:
        raise NotFound
    answer = send_file(file, mimetype=MEDIA_TYPE, conditional=True, etag=True, max_age=KEPT_S)
    answer.headers["Cache-Control"] = f"private, max-age={KEPT_S}"
    answer.headers["Accept-Ranges"] = "bytes"
    return answer


def shown() -> dict[str, str]:
    """Give what a page's map must know of the base map; nothing where there is none."""
    file: Path | None = here.settings().base_map
    found = about(file) if file is not None else None
    if found is None:
        return {"address": "", "bounds": "", "credit": ""}
    bounds = ",".join(f"{degrees:.6f}" for degrees in found.bounds)
    return {"address": ADDRESS, "bounds": bounds, "credit": found.credit}
