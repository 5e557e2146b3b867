"""Small counts of sensitive cases, said so that nobody can be found by them."""

from datetime import datetime

from central.core.local_time import ZONE, from_ms

LEAST = 5
"""k: a smaller count could point at a child."""
FEW = f"<{LEAST}"


def coarse(count: int) -> str:
    """Say a count; none and few are the same, so that the first case does not show."""
    return str(count) if count >= LEAST else FEW


def month_of(at_ms: int) -> str:
    """Give the month of the district, `2026-11`."""
    return from_ms(at_ms).astimezone(ZONE).strftime("%Y-%m")


def months_between(since: int, now_ms: int, most: int = 60) -> list[str]:
    """List the whole months after a time that are over, the newest first.

    A month counts whole or not at all: two questions that differ by a day get the same answers.
    """
    first, month = from_ms(since).astimezone(ZONE), _before(from_ms(now_ms).astimezone(ZONE))
    found: list[str] = []
    while len(found) < most and _begins(month) >= first:
        found.append(month.strftime("%Y-%m"))
        month = _before(month)
    return found


def _begins(at: datetime) -> datetime:
    return at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _before(at: datetime) -> datetime:
    begins = _begins(at)
    year, month = (begins.year - 1, 12) if begins.month == 1 else (begins.year, begins.month - 1)
    return begins.replace(year=year, month=month)
