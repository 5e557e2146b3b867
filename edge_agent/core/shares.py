"""The four shares of a gate: so much of so much, for each duty and each day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from contract.messages import DutyShare
from contract.scenarios import Duty

Unit = Literal["s", "times"]

UNITS: Mapping[Duty, Unit] = {
    Duty.CAMPUS_CLOSED: "s",
    Duty.GUARD_ON_POST: "s",
    Duty.ESCORT_POST: "s",
    Duty.VIDEO_WORKS: "s",
    Duty.ALARM_WORKS: "times",
}
KEPT_DAYS = 8


@dataclass(frozen=True, slots=True)
class Share:
    """Seconds, or tries, in which a duty was met, of those in which it was due."""

    duty: Duty
    numerator: float = 0.0
    denominator: float = 0.0


@dataclass(frozen=True, slots=True)
class Ledger:
    """The shares of the last days; `day` is the site's own date, as YYYY-MM-DD."""

    days: Mapping[tuple[str, Duty], Share] = field(default_factory=dict)

    def plus(self, day: str, shares: Iterable[Share]) -> "Ledger":
        """Add to a day; the oldest days are forgotten."""
        days = dict(self.days)
        for share in shares:
            if share.denominator:
                known = days.get((day, share.duty), Share(share.duty))
                days[day, share.duty] = Share(
                    share.duty,
                    known.numerator + share.numerator,
                    known.denominator + share.denominator,
                )
        latest = sorted({one for one, _ in days})[-KEPT_DAYS:]
        return Ledger({key: share for key, share in days.items() if key[0] in latest})

    def reported(self) -> tuple[DutyShare, ...]:
        """Give the shares as a heartbeat carries them, oldest day first."""
        return tuple(
            DutyShare(
                duty=duty,
                day=day,
                numerator=round(share.numerator, 1),
                denominator=round(share.denominator, 1),
                unit=UNITS[duty],
            )
            for (day, duty), share in sorted(self.days.items())
        )

    @classmethod
    def of(cls, reported: Iterable[DutyShare]) -> "Ledger":
        """Give the ledger that was reported so: after a restart the day goes on."""
        return cls(
            {
                (one.day, Duty(one.duty)): Share(Duty(one.duty), one.numerator, one.denominator)
                for one in reported
            }
        )
