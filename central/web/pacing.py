"""How often open pages are told to ask again: as often as this machine can answer them.

Each part that is asked for takes its time; how long, is measured. Those who are to be told take
turns so that answering them fills no more than a share of one core. With few pages open a turn
comes at once. What is critical and not taken up has turns of its own: it stands behind no list.
"""

import threading
import time
from time import monotonic

SHARE = 0.5
"""Of one core: the rest is for those who ask for a page, and for whoever takes alerts in."""
URGENT_SHARE = 0.3
"""Of one core, besides: for what is critical and not taken up."""
AT_ONCE = 8
"""So many are told without a turn after a silence."""
USUAL_S, LEAST_S, MOST_S = 0.02, 0.004, 0.5
WEIGHT = 0.05
"""Of the newest measurement in the average."""


class Pace:
    """Gives turns; thread-safe. Seconds are of the monotonic clock."""

    def __init__(self, share: float = SHARE) -> None:
        self._share = share
        self._lock = threading.Lock()
        self._took_s = USUAL_S
        self._next = 0.0

    def took(self, seconds: float) -> None:
        """Take note of how long it took to answer a page."""
        seconds = min(max(seconds, LEAST_S), MOST_S)
        with self._lock:
            self._took_s += (seconds - self._took_s) * WEIGHT

    def wait_s(self, now: float) -> float:
        """Take a turn, and give how long to wait for it."""
        with self._lock:
            apart = self._took_s / self._share
            self._next = max(self._next, now - AT_ONCE * apart) + apart
            return max(0.0, self._next - now)

    def turn(self, limit_s: float) -> None:
        """Wait for a turn, at most so long."""
        time.sleep(min(self.wait_s(monotonic()), limit_s))
