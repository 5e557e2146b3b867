"""Measures how long the parts take that open pages ask for, so that they are told in turns."""

import time

from flask import Flask, g, request
from werkzeug.wrappers import Response

from central.web import here

PARTS = frozenset({"board.part", "incidents.part", "board.alarm", "map.part"})


def measure(app: Flask) -> None:
    """Let an app measure them, in the time of its processor."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    if request.endpoint in PARTS:
        g.began = time.thread_time()


def _end(answer: Response) -> Response:
    if request.endpoint in PARTS and "began" in g:
        took = time.thread_time() - g.began
        here.desk().pace.took(took)
        here.desk().urgent.took(took)
    return answer
