"""Evidence, for those who may see the incident it belongs to; who looks is burnt into a picture."""

from flask import request
from werkzeug.exceptions import Gone, NotFound
from werkzeug.wrappers import Response

from central.adapters.store import board
from central.adapters.watermarks import THUMB_PX, Mark, marked
from central.core.local_time import clock_of
from central.web import here, looking

PICTURE = "image/jpeg"


def answer(incident_id: str, sha256: str) -> Response:
    """Give the picture or clip, with ranges so that a clip can be wound; or 404.

    People get a picture with their name and the time across it, programs with a token the file as
    it came. `?size=thumb` is a small one.
    """
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
    mine = _with_mark(content) if row["media_type"] == PICTURE else None
    return _whole(content, row["media_type"], sha256) if mine is None else _own(mine)


def mark() -> Mark:
    """Say who looks at this moment."""
    me, actor, at = here.visitor(), here.actor(), clock_of(here.now_ms())[:16]
    username = me.username if me else actor.actor_id
    return Mark(f"{actor.name} {username} {at} 仅供办案", f"{username} {at} case use only")


def _with_mark(content: bytes) -> bytes | None:
    me = here.visitor()
    if me is None or not me.sign_in_id:
        return None
    is_small = request.args.get("size") == "thumb"
    return marked(content, mark(), longest_px=THUMB_PX if is_small else None)


def _own(content: bytes) -> Response:
    """Give a copy that is one person's at one moment: nobody keeps it."""
    given = Response(content, mimetype=PICTURE)
    given.headers["Cache-Control"] = "private, no-store"
    given.headers["Content-Disposition"] = "inline"
    return given


def _whole(content: bytes, media_type: str, sha256: str) -> Response:
    given = Response(content, mimetype=media_type)
    given.headers["Cache-Control"] = (
        "private, no-cache"  # asked for each time: access may have ended
    )
    given.headers["Content-Disposition"] = "inline"
    given.set_etag(sha256)
    return given.make_conditional(request.environ, accept_ranges=True,
                                  complete_length=len(content))  # fmt: skip
