"""Evidence, for those who may see the incident it belongs to."""

from flask import request
from werkzeug.exceptions import Gone, NotFound
from werkzeug.wrappers import Response

from central.adapters.store import board
from central.web import here, looking


def answer(incident_id: str, sha256: str) -> Response:
    """Give the picture or clip, with ranges so that a clip can be wound; or 404."""
    with here.store().reading() as connection:
        row = board.evidence_of(connection, here.actor(), incident_id, sha256)
    if row is None:
        raise NotFound
    if row["deleted_at"] is not None:
        raise Gone
    with looking.kept(f"{incident_id}/{sha256[:12]}", "look.evidence", incident_id):
        content = here.settings().evidence.read(sha256)
        if content is None:
            raise NotFound
    given = Response(content, mimetype=row["media_type"])
    given.headers["Cache-Control"] = (
        "private, no-cache"  # asked for each time: access may have ended
    )
    given.headers["Content-Disposition"] = "inline"
    given.set_etag(sha256)
    return given.make_conditional(request.environ, accept_ranges=True,
                                  complete_length=len(content))  # fmt: skip
