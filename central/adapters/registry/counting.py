"""The daily count of persons whose face data are kept."""

from dataclasses import dataclass

from central.adapters.store import registers
from central.adapters.store.engine import Store
from central.core.consents_wanted import today_of

HOUR_MS = 3600 * 1000


@dataclass(slots=True)
class Counting:
    """Counts once an hour."""

    store: Store
    looked_at: int = 0

    def look(self, now_ms: int) -> None:
        """Keep today's count, where it is time."""
        if now_ms - self.looked_at < HOUR_MS:
            return
        with self.store.transaction() as connection:
            persons = registers.persons_held(connection, now_ms)
            registers.keep_holding(connection, today_of(now_ms), persons)
        self.looked_at = now_ms
