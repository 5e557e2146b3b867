"""When the district hears that a camera cannot see, and when that is over."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from contract.scenarios import Fault, Kind
from edge_agent.core.findings import Episode, Finding, State, Verdict

PAID_BACK = 0.5
"""Sight makes good half of the blindness before: who is blind every other moment is reported."""


@dataclass(frozen=True, slots=True)
class Blindness:
    """One camera's; `observe` gives the next and what is to be reported.

    A fault that eyesight has believed is reported after `report_after_s` more, so that a reboot or
    a passing lorry troubles nobody; it is over once the camera has seen for `over_after_s`, so that
    one that comes and goes is one case. All the camera's zones are blind from the first moment on,
    and only while a fault is on.
    """

    report_after_s: float = 30.0
    over_after_s: float = 20.0
    faults: frozenset[Fault] = frozenset()
    since: float | None = None
    at: float | None = None
    blind_at: float = 0.0
    owed_s: float = 0.0
    told: frozenset[Fault] = frozenset()

    @property
    def is_blind(self) -> bool:
        """Whether nothing of what the camera shows can be relied on."""
        return bool(self.faults)

    def observe(self, at: float, faults: Collection[Fault]) -> tuple["Blindness", Verdict]:
        """Take in which faults there are now; none mean that the camera sees."""
        passed_s = 0.0 if self.at is None else at - self.at
        owed_s = self.owed_s + (passed_s if self.faults else -PAID_BACK * passed_s)
        now = replace(self, faults=frozenset(faults), at=at, owed_s=max(0.0, owed_s))
        if faults:
            now = replace(now, since=at if self.since is None else self.since, blind_at=at)
            return now._blind(at)  # noqa: SLF001 - one of its own
        is_over = at - self.blind_at >= self.over_after_s if self.told else now.owed_s == 0.0
        if is_over or now.since is None:
            return replace(now, since=None, owed_s=0.0, told=frozenset()), Verdict()
        return now, Verdict((), (), _going_on(at - now.since) if self.told else {})

    def _blind(self, at: float) -> tuple["Blindness", Verdict]:
        blind_s = at - (at if self.since is None else self.since)
        if not self.told and self.owed_s < self.report_after_s:
            return self, Verdict()
        words = tuple(sorted(fault.value for fault in self.faults))
        found = Finding(Kind.VIDEO_FAULT, "", dwell_s=blind_s, faults=words)
        is_news = not self.faults <= self.told
        now = replace(self, told=self.told | self.faults)
        return now, Verdict((), (found,) if is_news else (), _going_on(blind_s))


def _going_on(blind_s: float) -> dict[Episode, State]:
    return {Episode(Kind.VIDEO_FAULT, ""): State(dwell_s=blind_s)}
