"""Measures how long the parts take that open pages ask for, so that they are told in turns."""

from time import monotonic

from flask import Flask, g, request

from central.web import here

PARTS = frozenset({"board.part", "incidents.part", "board.alarm", "map.part"})


def measure(app: Flask) -> None:
    """Let an app measure them."""
    app.before_request(_begin)
    app.teardown_request(_end)


def _begin() -> None:
    if request.endpoint in PARTS:
        g.is_measured = True
        here.desk().busy.began(monotonic())


def _end(_error: BaseException | None) -> None:
    if g.pop("is_measured", False):
        took = here.desk().busy.ended(monotonic())
        here.desk().pace.took(took)
        here.desk().urgent.took(took)
