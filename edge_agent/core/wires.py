"""The alarm button's second contact, closed at rest: it tells a press from a cut wire."""

from dataclasses import dataclass, replace

from edge_agent.core.press import HOLD_S

CUT_S = 5.0
"""Open for longer than anybody presses, while the first contact says nothing: the wire is cut."""


@dataclass(frozen=True, slots=True)
class Wires:
    """What both contacts say. `open_at`: since when the second has been open, None: it is closed.

    A press opens the second and closes the first. The second alone, for as long as a press: the
    first one's wire is broken, and it was a press. The second alone, for longer: it is cut itself.
    """

    is_down: bool = False
    open_at: float | None = None
    was_down: bool = False
    is_cut: bool = False
    hold_s: float = HOLD_S

    def pushed(self, down: bool) -> "Wires":
        """Take an edge of the first contact in."""
        return replace(self, is_down=down, was_down=self.was_down or down)

    def guarded(self, at: float, is_open: bool) -> tuple["Wires", bool]:
        """Take an edge of the second contact in; tell whether it alone has felt a press."""
        if is_open:
            known = self if self.open_at is not None else replace(self, open_at=at)
            return replace(known, was_down=self.is_down), False
        held_s = 0.0 if self.open_at is None else at - self.open_at
        was_pushed = self.hold_s <= held_s < CUT_S and not self.was_down and not self.is_cut
        return Wires(self.is_down, hold_s=self.hold_s), was_pushed

    def observe(self, now: float) -> tuple["Wires", bool]:
        """Tell whether the wire is cut: true once for each time."""
        if self.open_at is None or self.is_cut or self.was_down or now < self.open_at + CUT_S:
            return self, False
        return replace(self, is_cut=True), True
