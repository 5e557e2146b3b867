"""Times of day and days of the week, by the site's own clock."""

from datetime import time
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from edge_agent.config.basics import Section
from edge_agent.core.schedules import EVERY_DAY, Schedule, Window

_ZONED: Final = "time_has_zone"

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _of_the_site(at: time) -> time:
    if at.tzinfo is not None:
        raise PydanticCustomError(_ZONED, "a time of the site's own clock, like 07:30")
    return at


LocalTime = Annotated[time, AfterValidator(_of_the_site)]


class WindowConfig(Section):
    """Hours of some days; past midnight where `until` is not later than `start`."""

    start: LocalTime = Field(description="开始时刻,如 07:30 / from, by the site's clock")
    until: LocalTime = Field(description="结束时刻,不含 / until, not itself included")
    days: tuple[Day, ...] = Field(
        default=(), description="星期,缺省每天 / days of the week; every day if empty"
    )

    def window(self) -> Window:
        """Give it as the rules use it."""
        days = frozenset(DAYS.index(day) for day in self.days)
        return Window(self.start, self.until, days or EVERY_DAY)


Hours = Annotated[tuple[WindowConfig, ...], Field(max_length=32)]


def schedule_of(hours: tuple[WindowConfig, ...]) -> Schedule:
    """Give the hours as the rules use them; none means always."""
    return Schedule(tuple(one.window() for one in hours))
