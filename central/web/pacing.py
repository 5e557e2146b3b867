"""How often open pages are told to ask again: as often as this machine can answer them.

Each part that is asked for takes its time; how long, is measured by the clock while any is being
answered, so that what else this machine does counts too. Those who are to be told take turns so
that answering them fills no more than a share of what it can answer. With few pages open a turn
comes at once. What is critical and not taken up has turns of its own: it stands behind no list.
"""

import threading
import time
from time import monotonic

SHARE = 0.5
"""Of what can be answered: the rest is for those who ask for a page, so that none has to queue."""
URGENT_SHARE = 0.25
"""Of what can be answered, besides: for what is critical and not taken up."""
AT_ONCE = 8
"""So many are told without a turn after a silence."""
USUAL_S, LEAST_S, MOST_S = 0.02, 0.004, 0.5
WEIGHT = 0.05
"""Of the newest measurement in the average."""


class Busy:
    """Measures how long a part takes: while any is being answered, the time from one to the next.

    Thread-safe. Seconds are of the monotonic clock.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way = 0
        self._since = 0.0

    def began(self, now: float) -> None:
        """Take note that a part is asked for."""
        with self._lock:
            if self._under_way == 0:
                self._since = now
            self._under_way += 1

    def ended(self, now: float) -> float:
        """Take note that a part is answered; give how long it took of the time of all."""
        with self._lock:
            self._under_way -= 1
            took, self._since = now - self._since, now
            return took


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
