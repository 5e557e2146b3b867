"""When a picture is worth asking the detector: something moves, or somebody is being followed."""

from dataclasses import dataclass, replace
from math import inf


@dataclass(frozen=True, slots=True)
class Attention:
    """One camera's; `observe` gives the next and whether to look.

    After motion or a track it goes on looking for `hold_s`: longer than a hidden person is
    remembered, so that dwell and crossings never miss a frame. Where nothing moves, who is followed
    is looked after every `still_s`, and an empty scene every `idle_s`: nobody who stands still
    stays unseen.
    """

    hold_s: float = 2.0
    still_s: float = 0.4
    idle_s: float = 1.5
    looked_at: float = -inf
    stirred_at: float = -inf

    def observe(self, at: float, *, moves: bool, follows: bool) -> tuple["Attention", bool]:
        """Take in whether something moves, and whether anybody was followed in the last look."""
        stirred_at = at if moves else self.stirred_at
        pause_s = self.still_s if follows else self.idle_s
        looks = at - stirred_at <= self.hold_s or at - self.looked_at >= pause_s - 1e-6
        looked_at = at if looks else self.looked_at
        return replace(self, looked_at=looked_at, stirred_at=stirred_at), looks
