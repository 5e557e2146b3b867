"""How many letters a provider takes in how long, and what is kept free for life safety."""

from dataclasses import dataclass

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400

MARGIN_MS = 2000
"""A letter handed over late is counted late by the provider: our windows are that much longer."""

ORDINARY_SHARE = 0.8
"""How much of a window ordinary letters may fill: the rest is kept free for life safety."""


@dataclass(frozen=True, slots=True)
class Window:
    """So many letters within so long, counted for a channel or for one address of it."""

    length_s: int
    most: int

    def allowed(self, *, is_life_safety: bool) -> int:
        """Give how many of the window may be used by a letter of this kind; never none."""
        return self.most if is_life_safety else max(1, int(self.most * ORDINARY_SHARE))

    def free_at(self, oldest_ms: int | None) -> int:
        """Tell when there is room, given the time of the letter that has to leave the window."""
        return 0 if oldest_ms is None else oldest_ms + self.length_s * 1000 + MARGIN_MS


def windows(per_minute: int | None, per_hour: int | None, per_day: int | None) -> list[Window]:
    """Give the bounds that are set, as windows."""
    bounds = ((MINUTE_S, per_minute), (HOUR_S, per_hour), (DAY_S, per_day))
    return [Window(length_s, most) for length_s, most in bounds if most is not None]
