"""Photographs for a report-back."""

from typing import Any

from apiflask import APIBlueprint
from flask import request

from central.incidents.picturing import bring_photo
from central.web import here, looking
from central.web.api import shapes

api = APIBlueprint("api_photos", __name__, url_prefix="/api/v1", tag="incidents")

BODY = {
    "content": {
        media_type: {"schema": {"type": "string", "format": "binary"}}
        for media_type in ("image/jpeg", "image/png", "image/webp")
    },
    "required": True,
}


@api.post("/incidents/<incident_id>/photos")
@api.output(shapes.PhotoOut, status_code=201)
def post_photo(incident_id: str) -> dict[str, Any]:
    """Bring a photograph (the request's body, 12 MB at most) to an incident; it is made anew.

    The answer's `sha256` is what a report-back names in `report.photos`.
    """
    content = request.get_data()
    with here.store().transaction() as connection:
        looking.case(connection, incident_id)
        sha256 = bring_photo(
            connection, here.settings().evidence, here.actor(), incident_id, content, here.now_ms()
        )
    return {"sha256": sha256}
