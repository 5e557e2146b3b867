"""How long to wait before trying again: longer each time, and never all devices at once."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Backoff:
    """Doubling waits with full jitter, from `first_s` to `most_s`; `failures` so far."""

    first_s: float = 1.0
    most_s: float = 120.0
    failures: int = 0

    def wait_s(self, chance: float) -> float:
        """Give the next wait; `chance` (0 to 1) is drawn by the caller. Never below `first_s`/2."""
        ceiling = min(self.most_s, self.first_s * 2.0 ** min(self.failures, 32))
        least = min(self.first_s / 2, ceiling)
        return least + chance * (ceiling - least)

    def failed(self) -> "Backoff":
        return replace(self, failures=self.failures + 1)

    def reset(self) -> "Backoff":
        return replace(self, failures=0)
