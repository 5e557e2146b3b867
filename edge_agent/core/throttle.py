"""A warm device looks more seldom before it must stop: pictures a second, step by step."""

from dataclasses import dataclass, replace

MOST_FPS: tuple[float | None, ...] = (None, 6.0, 4.0, 2.5)
"""For each step, how many pictures of a camera are looked at in a second.

The last still sees somebody who passes a line at 1.5 m a second several times within 3 m, and is
above what `video_fault` calls too slow.
"""
LAST = len(MOST_FPS) - 1


@dataclass(frozen=True, slots=True)
class Throttle:
    """One device's; a step up at each look while it is warm, at once to the last when hot.

    A step down only after it has been cooler than `warm_c` by `cool_by_c` for `calm_s`. All
    temperatures in degrees Celsius; the defaults are ours, a Raspberry Pi slows itself from 80.
    """

    warm_c: float = 75.0
    hot_c: float = 82.0
    cool_by_c: float = 4.0
    calm_s: float = 60.0
    step: int = 0
    cool_since: float | None = None

    def observe(self, at: float, warmth_c: float | None) -> "Throttle":
        """Take in how warm it is; None where no sensor tells: then nothing is throttled."""
        if warmth_c is None:
            return replace(self, step=0, cool_since=None)
        if warmth_c >= self.hot_c:
            return replace(self, step=LAST, cool_since=None)
        if warmth_c >= self.warm_c:
            return replace(self, step=min(self.step + 1, LAST), cool_since=None)
        if self.step == 0 or warmth_c > self.warm_c - self.cool_by_c:
            return replace(self, cool_since=None)
        since = at if self.cool_since is None else self.cool_since
        if at - since >= self.calm_s:
            return replace(self, step=self.step - 1, cool_since=at)
        return replace(self, cool_since=since)

    @property
    def most_fps(self) -> float | None:
        """How many pictures of each camera are looked at in a second; None: all."""
        return MOST_FPS[self.step]

    @property
    def looks_once(self) -> bool:
        """Whether a picture is looked at only whole, without the second, larger look."""
        return self.step >= LAST - 1
