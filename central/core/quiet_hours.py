"""Hours in which letters that are not urgent wait: held, never dropped."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from central.core.local_time import ZONE, from_ms, to_ms

DAY_MINUTES = 24 * 60
DEPARTMENT = "department"
"""Every audience that is not one of the others: a department of the district."""
OFFICE = "edu"
"""The leading group's office, where officers are on duty day and night."""
NO_DEPARTMENT = frozenset({"town", "school", "station", "guardian", "platform", OFFICE})


def group_of(audience: str) -> str:
    """Give what quiet hours call an audience: itself, or a department."""
    return audience if audience in NO_DEPARTMENT else DEPARTMENT


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From and until a minute of the district's day, for these audiences and channels.

    No channels: all of them. Begin and end alike: never.
    """

    begins: int
    ends: int
    audiences: frozenset[str]
    channels: frozenset[str] = frozenset()

    def until(self, now_ms: int) -> int | None:
        """Give when the hours end that hold at `now_ms`; None: they do not hold now."""
        local = from_ms(now_ms).astimezone(ZONE)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        minute = local.hour * 60 + local.minute
        length = (self.ends - self.begins) % DAY_MINUTES
        passed = (minute - self.begins) % DAY_MINUTES
        if passed >= length:
            return None
        return to_ms(midnight + timedelta(minutes=minute - passed + length))

    def covers(self, channel: str) -> bool:
        """Tell whether a channel is one of those that are quiet."""
        return not self.channels or channel in self.channels


OURS = (QuietHours(22 * 60, 6 * 60 + 30, frozenset({"guardian", DEPARTMENT})),)
"""Our own default: the district's plan names no hours."""


def quiet_now(rules: Iterable[QuietHours], channel: str, now_ms: int) -> dict[str, int]:
    """Give the groups that a channel leaves alone now, each with the end of its quiet."""
    found: dict[str, int] = {}
    for rule in rules:
        until = rule.until(now_ms) if rule.covers(channel) else None
        if until is not None:
            for group in rule.audiences:
                found[group] = max(found.get(group, 0), until)
    return found
