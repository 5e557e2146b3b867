"""What the district's administrator keeps: every change proved, asked again, audited."""

from central.web.admin import (
    frame,
    people,
    places,
    proving,
    searching,
    tokens,
    units,
)

__all__ = ["frame", "people", "places", "proving", "searching", "tokens", "units"]

PAGES = frame.pages
