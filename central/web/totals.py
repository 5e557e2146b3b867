"""Counts over all years: asked for again only once they are worth it.

A program that asks for `/metrics` each few seconds, or somebody who asks without end, must not keep
the database busy.
"""

import threading
from collections.abc import Callable
from time import monotonic

QUICK_S = 0.05
"""What is counted as quickly as this is counted each time."""
REST = 50
"""What takes a while rests for so many times that while."""

Counts = dict[str, dict[str, int]]


class Totals:
    """Keeps counts for a while where counting takes one. Thread-safe: one counts, others wait."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: Counts = {}
        self._until = 0.0

    def of(self, count: Callable[[], Counts]) -> Counts:
        """Give the counts, fresh or kept."""
        with self._lock:
            began = self._clock()
            if began >= self._until:
                self._kept = count()
                ended = self._clock()
                took = ended - began
                self._until = ended + took * REST if took > QUICK_S else 0.0
            return self._kept
