"""In which order an outbox is emptied: what is fresh first, then the backlog, slowly."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

FRESH_S = 60.0


@dataclass(frozen=True, slots=True)
class Waiting:
    """An alert in the outbox. `age_s` is None where it is from before the last restart."""

    seq: int
    is_critical: bool
    age_s: float | None
    attempts: int

    @property
    def is_late(self) -> bool:
        """Nobody should be woken for it: too old, or of unknown age."""
        return self.age_s is None or self.age_s > FRESH_S


def in_order(waiting: Iterable[Waiting]) -> list[Waiting]:
    """Put fresh ones first (critical, then newest), then the backlog (untried, then oldest)."""
    return sorted(waiting, key=_rank)


def _rank(waiting: Waiting) -> tuple[bool, int, int]:
    if waiting.is_late:
        return True, waiting.attempts, waiting.seq
    return False, int(not waiting.is_critical), -waiting.seq


@dataclass(frozen=True, slots=True)
class Pace:
    """Lets late alerts through at `per_s`, never more than a second's worth at once."""

    per_s: float
    credit: float = 0.0
    at: float = 0.0

    def started(self, at: float) -> "Pace":
        """Begin to count at `at`, which may lie ahead: until then nothing is let through."""
        return replace(self, credit=0.0, at=at)

    def earned(self, now: float) -> "Pace":
        """Add what the time since has earned."""
        if now <= self.at:
            return self
        most = max(1.0, self.per_s)
        return replace(self, credit=min(most, self.credit + (now - self.at) * self.per_s), at=now)

    @property
    def allowed(self) -> int:
        return int(self.credit)

    def spent(self, count: int) -> "Pace":
        return replace(self, credit=self.credit - count)
