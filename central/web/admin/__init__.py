"""What the district's administrator keeps: every change proved, asked again, audited."""

from central.web.admin import (
    copies,
    days,
    frame,
    keeping,
    numbers,
    people,
    places,
    plays,
    proving,
    searching,
    tokens,
    units,
    ways,
)

__all__ = [
    "copies", "days", "frame", "keeping", "numbers", "people", "places", "plays", "proving",
    "searching", "tokens", "units", "ways",
]  # fmt: skip

PAGES = frame.pages
