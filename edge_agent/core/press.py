"""When is a push of the alarm button an alarm, and how long does what follows from it last?"""

from dataclasses import dataclass, replace

HOLD_S = 0.1
"""Longer than any contact bounces; the siren sounds within a fifth of a second of a press."""
STUCK_S = 60.0
"""Nobody holds a button so long: it is stuck, or its wires touch."""
SIREN_S = 10.0
REJOIN_S = 60.0
"""A guard who presses again so soon means the same thing: an update, not a second incident."""
UNANSWERED_S = 30.0
"""So long without a word from the district, and people must call for help themselves."""


@dataclass(frozen=True, slots=True)
class ButtonTimes:
    """How long the siren sounds, a push is held or stuck, an alarm goes on or is unanswered."""

    siren_s: float = SIREN_S
    hold_s: float = HOLD_S
    stuck_s: float = STUCK_S
    rejoin_s: float = REJOIN_S
    unanswered_s: float = UNANSWERED_S


@dataclass(frozen=True, slots=True)
class Press:
    """A push so far: contact bounce and a brush of the sleeve are none, one push is one alarm.

    `down_at` is None while the button is up. `is_raised`: this push has raised its alarm.
    `is_stuck`: it was told that this push does not end.
    """

    down_at: float | None = None
    is_raised: bool = False
    is_stuck: bool = False
    hold_s: float = HOLD_S
    stuck_s: float = STUCK_S

    def edge(self, at: float, down: bool) -> "Press":
        """Take in that the contact closed or opened; a repeated edge changes nothing."""
        if not down:
            return Press(hold_s=self.hold_s, stuck_s=self.stuck_s)
        return self if self.down_at is not None else replace(self, down_at=at)

    def observe(self, now: float) -> tuple["Press", bool]:
        """Tell whether the push has now been held long enough: true once for each push."""
        raises = self.due_at is not None and now >= self.due_at
        return (replace(self, is_raised=True) if raises else self), raises

    def sticks(self, now: float) -> tuple["Press", bool]:
        """Tell whether the push has now been held too long: true once for each push."""
        if self.down_at is None or self.is_stuck or now < self.down_at + self.stuck_s:
            return self, False
        return replace(self, is_stuck=True), True

    @property
    def due_at(self) -> float | None:
        """When this push becomes an alarm, if it is held until then."""
        if self.down_at is None or self.is_raised:
            return None
        return self.down_at + self.hold_s
