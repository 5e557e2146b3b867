"""When a picture is worth asking the detector: something moves, or somebody is being followed."""

from dataclasses import dataclass, replace
from math import inf

ROUNDING_S = 1e-6


@dataclass(frozen=True, slots=True)
class Attention:
    """One camera's; `observe` gives the next and whether to look.

    After motion it goes on looking for `hold_s`: longer than a hidden person is remembered, so that
    dwell and crossings never miss a frame; and so it does while anybody followed is in doubt, that
    is new or just lost. Where nothing moves, who is seen well is looked after every `still_s`, and
    an empty scene every `idle_s`: nobody who stands still stays unseen.
    """

    hold_s: float = 2.0
    still_s: float = 0.4
    idle_s: float = 1.5
    looked_at: float = -inf
    stirred_at: float = -inf

    def observe(
        self, at: float, *, moves: bool, follows: bool, doubts: bool = False
    ) -> tuple["Attention", bool]:
        """Take in whether something moves, and who was followed in the last look."""
        stirred_at = at if moves else self.stirred_at
        pause_s = self.still_s if follows else self.idle_s
        is_awake = doubts or at - stirred_at <= self.hold_s
        looks = is_awake or at - self.looked_at >= pause_s - ROUNDING_S
        looked_at = at if looks else self.looked_at
        return replace(self, looked_at=looked_at, stirred_at=stirred_at), looks
