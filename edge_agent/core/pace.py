"""Whether enough pictures are looked at: a person who passes must be seen more than once."""

from dataclasses import dataclass, replace

EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class Pace:
    """One camera's; `observe` gives the next and whether it is too slow for the rules.

    Too few over `believe_s` is slow; enough over the last `over_s` is slow no more.
    """

    least_fps: float = 1.5
    believe_s: float = 30.0
    over_s: float = 10.0
    marks: tuple[tuple[float, int], ...] = ()
    is_slow: bool = False

    def observe(self, at: float, looked_at: int) -> tuple["Pace", bool]:
        """Take in how many pictures have been looked at so far."""
        marks = self.marks
        if not marks or at - marks[-1][0] >= EVERY_S:
            marks = (*marks, (at, looked_at))
        while len(marks) > 1 and marks[1][0] <= at - self.believe_s:
            marks = marks[1:]
        window_s = self.over_s if self.is_slow else self.believe_s
        since = next((mark for mark in reversed(marks) if mark[0] <= at - window_s), None)
        is_slow = self.is_slow
        if since is not None:
            is_slow = (looked_at - since[1]) / (at - since[0]) < self.least_fps
        return replace(self, marks=marks, is_slow=is_slow), is_slow

    def interrupted(self) -> "Pace":
        """Begin anew: a camera that was gone is not slow."""
        return replace(self, marks=(), is_slow=False)
