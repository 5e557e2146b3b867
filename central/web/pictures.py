"""Evidence, for those who may see the incident it belongs to; who looks is burnt into a picture."""

import hashlib
from http import HTTPStatus

from flask import request
from werkzeug.exceptions import Gone, NotFound
from werkzeug.wrappers import Response

from central.adapters.store import board
from central.adapters.watermarks import THUMB_PX, Mark, marked
from central.core.local_time import clock_of
from central.web import here, looking

PICTURE = "image/jpeg"
MINUTE_MS = 60 * 1000
SAME_LOOK_MINUTES = 10
"""A copy that a browser has already is the same look for so long, as in the audit log."""


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
    if row["media_type"] != PICTURE or not _is_person():
        return _whole(content, row["media_type"], sha256)
    return _own(content, sha256)


def mark() -> Mark:
    """Say who looks at this moment."""
    me, actor, at = here.visitor(), here.actor(), clock_of(here.now_ms())[:16]
    username = me.username if me else actor.actor_id
    return Mark(f"{actor.name} {username} {at} 仅供办案", f"{username} {at} case use only")


def _is_person() -> bool:
    me = here.visitor()
    return me is not None and bool(me.sign_in_id)


def _own(content: bytes, sha256: str) -> Response:
    """Give a copy that is one person's: for some minutes their browser may show it again."""
    size = THUMB_PX if request.args.get("size") == "thumb" else None
    minute = here.now_ms() // MINUTE_MS
    if any(_tag(sha256, size, minute - ago) in request.if_none_match
           for ago in range(SAME_LOOK_MINUTES)):  # fmt: skip
        given = Response(status=HTTPStatus.NOT_MODIFIED)
    else:
        drawn = marked(content, mark(), longest_px=size)
        if drawn is None:  # broken on the device: there is nothing to see on it
            return _whole(content, PICTURE, sha256)
        given = Response(drawn, mimetype=PICTURE)
        given.set_etag(_tag(sha256, size, minute))
    return _private(given)


def _tag(sha256: str, size: int | None, minute: int) -> str:
    """Name one person's copy of a picture at one minute."""
    told = f"{sha256} {size} {here.actor().actor_id} {minute}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _whole(content: bytes, media_type: str, sha256: str) -> Response:
    given = _private(Response(content, mimetype=media_type))
    given.set_etag(sha256)
    return given.make_conditional(request.environ, accept_ranges=True,
                                  complete_length=len(content))  # fmt: skip


def _private(given: Response) -> Response:
    given.headers["Cache-Control"] = (
        "private, no-cache"  # asked for each time: access may have ended
    )
    given.headers["Content-Disposition"] = "inline"
    return given
