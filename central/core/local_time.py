"""The district's own time: China has one zone and no summer time."""

from datetime import UTC, date, datetime, time, timedelta, timezone

ZONE = timezone(timedelta(hours=8), "Asia/Shanghai")


def to_ms(at: datetime) -> int:
    """Turn an aware time into whole milliseconds since 1970 in UTC."""
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def from_ms(at_ms: int) -> datetime:
    """Turn milliseconds since 1970 into an aware UTC time."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)


def day_of(at_ms: int) -> str:
    """Give the district's day, `20261123`."""
    return from_ms(at_ms).astimezone(ZONE).strftime("%Y%m%d")


def clock_of(at_ms: int) -> str:
    """Give the district's date and time, `2026-11-23 14:05:09`."""
    return from_ms(at_ms).astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")


def midnight_ms(day: date) -> int:
    """Give the beginning of a day of the district, in ms UTC."""
    return to_ms(datetime.combine(day, time(), ZONE))
