"""The shares of a gate's duties, kept over restarts: written once a minute, for the card's sake."""

import json
import logging
import time
from collections.abc import Iterable

from pydantic import TypeAdapter, ValidationError

from contract.messages import DutyShare
from edge_agent.adapters.notes import HealthRow, Notes
from edge_agent.core.shares import Ledger, Share
from edge_agent.ports import OutboxError

LOG = logging.getLogger("huxiao.watch")

PREFIX = "duties:"
EVERY_S = 60.0
_SHARES = TypeAdapter(tuple[DutyShare, ...])


class DutyBook:
    """One process's part of the shares, under its own name; kept every so many seconds, at most."""

    def __init__(self, notes: Notes, name: str, every_s: float = EVERY_S) -> None:
        self._notes = notes
        self._name = f"{PREFIX}{name}"
        self._ledger: Ledger | None = None
        self._every_s = every_s
        self._kept_at = float("-inf")

    def add(self, day: str, shares: Iterable[Share]) -> None:
        """Add to a day; kept on disk now and then."""
        try:
            if self._ledger is None:
                row = self._notes.health().get(self._name)
                self._ledger = Ledger.of(shares_of(row)) if row else Ledger()
            self._ledger = self._ledger.plus(day, shares)
            now = time.monotonic()
            if now - self._kept_at >= self._every_s:
                self._kept_at = now
                self._keep(self._ledger)
        except OutboxError as error:
            LOG.warning("%s", error)

    def _keep(self, ledger: Ledger) -> None:
        said = [json.loads(one.model_dump_json()) for one in ledger.reported()]
        self._notes.record_health(self._name, {"shares": said})


def shares_of(row: HealthRow) -> tuple[DutyShare, ...]:
    """Read what a process has kept; what cannot be read counts as nothing."""
    try:
        return _SHARES.validate_python(row.body.get("shares", ()))
    except ValidationError:
        return ()
