"""Whether the campus is closed: the gate stands open in closed hours, or it does not."""

from dataclasses import dataclass, replace
from datetime import datetime

from contract.scenarios import Duty, Kind
from edge_agent.core.findings import Episode, Finding, State, Verdict
from edge_agent.core.posts import LONGEST_STEP_S
from edge_agent.core.schedules import ALWAYS, Schedule
from edge_agent.core.shares import Share

CONTACT = "contact"
"""The place that an alert of the gate's contact names."""


@dataclass(frozen=True, slots=True)
class GateContact:
    """The gate's contact sensor: open for longer than `open_s` in closed hours is reported."""

    open_s: float = 60.0
    schedule: Schedule = ALWAYS
    seen_at: float | None = None
    open_since: float | None = None
    is_reported: bool = False

    def observe(
        self, at: float, is_open: bool, local: datetime | None
    ) -> tuple["GateContact", Verdict, Share]:
        """Take in how the gate stands now."""
        if not self.schedule.holds(local):
            rested = replace(self, seen_at=None, open_since=None, is_reported=False)
            return rested, Verdict(), Share(Duty.CAMPUS_CLOSED)
        step_s = 0.0 if self.seen_at is None else at - self.seen_at
        step_s = step_s if step_s <= LONGEST_STEP_S else 0.0
        open_since = (at if self.open_since is None else self.open_since) if is_open else None
        open_s = 0.0 if open_since is None else at - open_since
        is_too_long = open_since is not None and open_s > self.open_s
        is_new = is_too_long and not self.is_reported
        episode = Episode(Kind.GATE_OPEN, CONTACT)
        found = (Finding(Kind.GATE_OPEN, CONTACT, dwell_s=open_s),) if is_new else ()
        going_on = {episode: State(dwell_s=open_s)} if is_too_long else {}
        share = Share(Duty.CAMPUS_CLOSED, 0.0 if is_open else step_s, step_s)
        now = replace(self, seen_at=at, open_since=open_since, is_reported=is_too_long)
        return now, Verdict((), found, going_on), share
