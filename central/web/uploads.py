"""How much a request may bring: forms and steps are small, photographs and lists are not."""

from collections.abc import Iterator

from flask import Flask, request
from werkzeug.datastructures import FileStorage

from central.adapters.photographs import MOST_BYTES as MOST_PHOTO_BYTES
from central.adapters.registry.roster_jobs import MOST_BYTES as MOST_ROSTER_BYTES
from central.core.report_back import MOST_PHOTOS

PHOTO = frozenset(
    {"api_photos.post_photo", "api_reports.post_photo", "incidents.photo", "commissioned.post_scan"}
)
FORM = frozenset(
    {"incidents.step", "links.step", "public.report", "reporting.report", "care.assessments"}
)
FILE = frozenset(
    {"admin.change_unit", "admin.upload_playbook", "consents.record", "cameras.add_camera"}
)
LIST = frozenset(
    {"api_care.post_assessment", "api_boarding.post_roll_call", "api_boarding.post_cards"}
)
"""What takes a whole school's rows at once."""
MOST_LIST_BYTES = 12 * 1024 * 1024
"""The longest list that such a call describes, each letter escaped; a test holds it to that."""
ROSTER = frozenset({"registry.upload"})
ROOM = 64 * 1024


def bound(app: Flask) -> None:
    """Set the bound of each request before anything of it is read."""
    app.before_request(_bound)


def photos(name: str) -> Iterator[bytes]:
    """Give the files of a form's field that hold something."""
    chosen: list[FileStorage] = request.files.getlist(name)
    for file in chosen[:MOST_PHOTOS]:
        if content := file.stream.read(MOST_PHOTO_BYTES + 1):
            yield content


def _bound() -> None:
    if request.endpoint in PHOTO:
        request.max_content_length = MOST_PHOTO_BYTES + ROOM
    elif request.endpoint in FORM:
        request.max_content_length = MOST_PHOTOS * MOST_PHOTO_BYTES + ROOM
    elif request.endpoint in FILE:
        request.max_content_length = MOST_PHOTO_BYTES + ROOM
    elif request.endpoint in ROSTER:
        request.max_content_length = MOST_ROSTER_BYTES + ROOM
    elif request.endpoint in LIST:
        request.max_content_length = MOST_LIST_BYTES
