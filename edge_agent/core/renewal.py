"""When a device asks for its next certificate: with a third of its life to go, not at the end."""

from datetime import datetime, timedelta

RENEW_AT_SHARE = 3
"""A third left: of 397 days some 132, so that a box may lie in a drawer for months."""


def is_due(since: datetime, until: datetime, now: datetime) -> bool:
    """Tell whether it is time, also when it is over."""
    return until - now <= (until - since) / RENEW_AT_SHARE


def days_left(until: datetime, now: datetime) -> int:
    """Give the whole days left; negative once it is over."""
    return (until - now) // timedelta(days=1)
