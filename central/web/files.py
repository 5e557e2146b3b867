"""Addresses of the pages' own files that change with the file, so that a browser asks once.

On a bad line ten questions "has it changed?" a page are what makes it slow.
"""

from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import current_app, request, url_for
from werkzeug.wrappers import Response

FOR_GOOD = "public, max-age=31536000, immutable"


def file_address(name: str) -> str:
    """Give where a static file lies, with a mark of what is in it."""
    path = Path(current_app.static_folder or "") / name
    return url_for("static", filename=name, v=_mark(path, path.stat().st_mtime_ns))


def keep_marked(answer: Response) -> None:
    """Let a browser keep a file for good whose address bears the mark of what it got."""
    mark = request.args.get("v")
    if request.endpoint != "static" or not mark or answer.status_code >= 400:  # noqa: PLR2004
        return
    path = Path(current_app.static_folder or "") / str((request.view_args or {}).get("filename"))
    if path.is_file() and mark == _mark(path, path.stat().st_mtime_ns):
        answer.headers["Cache-Control"] = FOR_GOOD


@cache
def _mark(path: Path, _changed_ns: int) -> str:
    return sha256(path.read_bytes()).hexdigest()[:10]
