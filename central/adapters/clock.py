"""The wall clock, as integer milliseconds UTC."""

import time


def now_ms() -> int:
    """Give the time since 1970 in milliseconds."""
    return time.time_ns() // 1_000_000
