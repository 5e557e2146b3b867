"""A process that grows: first it says so, then it ends in order and is begun anew."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from edge_agent.adapters.machine import own_memory
from edge_agent.adapters.notes import Notes
from edge_agent.ports import OutboxError

LOG = logging.getLogger("huxiao.run")

LOOK_EVERY_S = 10.0
NOTE_EVERY_S = 60.0
"""A memory card is not written for each look."""
NOTE = "memory:"


class OverCeilingError(Exception):
    """This process holds more memory than it may; it must end, and be begun anew."""


@dataclass(slots=True)
class Ceiling:
    """One process's; `may_end` tells whether this is a moment in which it may be begun anew."""

    process: str
    soft_bytes: int
    hard_bytes: int
    notes: Notes | None
    may_end: Callable[[], bool] = lambda: True
    resident: Callable[[], int | None] = own_memory
    clock: Callable[[], float] = time.monotonic
    looked_at: float = float("-inf")
    noted_at: float = float("-inf")
    is_high: bool = False

    def look(self) -> None:
        """Measure now and then; call it as often as you like.

        Raises:
            OverCeilingError: more than the hard limit, at a moment when it may end.
        """
        now = self.clock()
        held = self.resident() if now - self.looked_at >= LOOK_EVERY_S else None
        if held is None:
            return
        self.looked_at = now
        self._note(held)
        if held > self.hard_bytes and self.may_end():
            msg = (f"内存 {held / 1e6:.0f} MB 超过上限 {self.hard_bytes / 1e6:.0f} MB,退出重启 "
                   "(over the ceiling, ending to be begun anew)")  # fmt: skip
            raise OverCeilingError(msg)

    def _note(self, held: int) -> None:
        is_high, now = held > self.soft_bytes, self.clock()
        if is_high == self.is_high and now - self.noted_at < NOTE_EVERY_S:
            return
        self.noted_at = now
        if is_high and not self.is_high:
            LOG.warning("内存 %.0f MB,偏高 (more memory than it should)", held / 1e6)
        self.is_high = is_high
        if self.notes is None:  # the button's loop touches no disk
            return
        try:
            self.notes.record_health(f"{NOTE}{self.process}", {"bytes": held, "is_high": is_high})
        except OutboxError as error:
            LOG.debug("%s", error)  # the outbox's own faults are said elsewhere
