"""When the district hears that a camera cannot see, and when that is over."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from contract.scenarios import Fault, Kind
from edge_agent.core.findings import Episode, Finding, State, Verdict


@dataclass(frozen=True, slots=True)
class Blindness:
    """One camera's; `observe` gives the next and what is to be reported.

    A fault that eyesight has believed is reported after `report_after_s` more, so that a reboot or
    a passing lorry troubles nobody. All the camera's zones are blind from the first moment on.
    """

    report_after_s: float = 30.0
    faults: frozenset[Fault] = frozenset()
    since: float | None = None
    is_reported: bool = False

    @property
    def is_blind(self) -> bool:
        """Whether nothing of what the camera shows can be relied on."""
        return bool(self.faults)

    def observe(self, at: float, faults: Collection[Fault]) -> tuple["Blindness", Verdict]:
        """Take in which faults there are now; none mean that the camera sees."""
        if not faults:
            return replace(self, faults=frozenset(), since=None, is_reported=False), Verdict()
        since = at if self.since is None else self.since
        is_due = at - since >= self.report_after_s
        words = tuple(sorted(fault.value for fault in faults))
        found = Finding(Kind.VIDEO_FAULT, "", dwell_s=at - since, faults=words)
        is_new = is_due and (not self.is_reported or frozenset(faults) != self.faults)
        now = replace(
            self, faults=frozenset(faults), since=since, is_reported=is_due or self.is_reported
        )
        going_on = {Episode(Kind.VIDEO_FAULT, ""): State(dwell_s=at - since)} if is_due else {}
        return now, Verdict((), (found,) if is_new else (), going_on)
