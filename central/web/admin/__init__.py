"""What the district's administrator keeps: every change proved, asked again, audited."""

from central.web.admin import (
    copies,
    frame,
    people,
    places,
    proving,
    searching,
    tokens,
    units,
)

__all__ = ["copies", "frame", "people", "places", "proving", "searching", "tokens", "units"]

PAGES = frame.pages
