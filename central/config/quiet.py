"""Hours in which letters that are not urgent wait: `[[quiet_hours]]`."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from central.config.section import Section
from central.core.quiet_hours import OURS, QuietHours

Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Group = Literal["guardian", "department", "town", "school", "station", "edu", "platform"]


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


class QuietSection(Section):
    """From and until a time of day, for these audiences and channels; no channels: all."""

    begins: Clock = "22:00"
    ends: Clock = "06:30"
    audiences: Annotated[tuple[Group, ...], BeforeValidator(_frozen), Field(min_length=1)] = (
        "guardian",
        "department",
    )
    channels: Annotated[tuple[str, ...], BeforeValidator(_frozen)] = ()

    def rule(self) -> QuietHours:
        """Give the rule as the core has it."""
        return QuietHours(
            _minute(self.begins),
            _minute(self.ends),
            frozenset(self.audiences),
            frozenset(self.channels),
        )


QuietRules = Annotated[tuple[QuietSection, ...], BeforeValidator(_frozen)]


def rules(sections: tuple[QuietSection, ...] | None) -> tuple[QuietHours, ...]:
    """Give the district's rules, or ours where it has said nothing; an empty list: none."""
    return OURS if sections is None else tuple(one.rule() for one in sections)


def _minute(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)
