"""How long one must wait after wrong PINs: the more of them in a row, the longer."""

from dataclasses import dataclass

FREE_TRIES = 5
FIRST_LOCK_S = 30.0
LONGEST_LOCK_S = 900.0


@dataclass(frozen=True, slots=True)
class Lockout:
    """Wrong tries in a row, and until when none is taken; `until` is monotonic seconds."""

    wrong: int = 0
    until: float = 0.0

    def wait_s(self, now: float) -> float:
        """Give the seconds until the next try is taken; 0 where it is taken now."""
        return max(0.0, self.until - now)

    def failed(self, now: float) -> "Lockout":
        """Count a wrong try; from the fifth on each locks for twice as long, at most 15 minutes."""
        wrong = self.wrong + 1
        if wrong < FREE_TRIES:
            return Lockout(wrong, self.until)
        doublings = min(wrong - FREE_TRIES, 10)
        return Lockout(wrong, now + min(FIRST_LOCK_S * 2.0**doublings, LONGEST_LOCK_S))

    def passed(self) -> "Lockout":
        """Forget all wrong tries."""
        return Lockout()
