"""How fast it goes, and how long it still takes."""

from dataclasses import dataclass, replace

SMOOTH = 0.3


@dataclass(frozen=True, slots=True)
class Pace:
    """One phase's progress: bytes, seconds of a clock that only goes forward."""

    began: float
    at: float
    done: int = 0
    rate: float = 0.0

    def seen(self, done: int, at: float) -> "Pace":
        """Give the pace after another look; one slow block changes the rate a little only."""
        if at <= self.at:
            return replace(self, done=done)
        now = (done - self.done) / (at - self.at)
        rate = now if not self.rate else SMOOTH * now + (1 - SMOOTH) * self.rate
        return replace(self, at=at, done=done, rate=rate)

    def left_s(self, total: int | None) -> float | None:
        """Give the seconds left, or None while nobody can say."""
        return (total - self.done) / self.rate if total and self.rate > 0 else None


def clock_words(seconds: float) -> str:
    """Give 75 s as `1:15`."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"
