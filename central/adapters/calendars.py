"""The district's days: statutory holidays with their make-up days, school terms, own exceptions.

Holidays come from `chinesecalendar`, which knows only the years that have been announced; beyond
them Monday to Friday is taken, and `unknown_years` says so before it matters. `calendars.yaml` in
the data folder goes before both: `workdays`, `holidays` (lists of days), `school_terms` (pairs) and
`drowning_months` (the first and the last month of the season at open water).
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from time import monotonic
from typing import Annotated

import chinese_calendar
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from central.core.calendar import Calendar
from central.core.season import WHOLE_YEAR, Season

LOG = logging.getLogger("huxiao.calendars")
SATURDAY = 5


class CalendarError(ValueError):
    """A calendar file that cannot be used; the text says where and what was expected."""


Month = Annotated[int, Field(ge=1, le=12)]


class CalendarFile(BaseModel):
    """`calendars.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    workdays: frozenset[date] = frozenset()
    holidays: frozenset[date] = frozenset()
    school_terms: Annotated[tuple[tuple[date, date], ...], Field(max_length=100)] = ()
    drowning_months: tuple[Month, Month] | None = None


def calendar_of(folder: Path | None) -> Calendar:
    """Give the district's calendar, with its own exceptions where the data folder has them.

    Raises:
        CalendarError: a file that is there, and wrong.
    """
    own = _read(folder / "calendars.yaml") if folder else CalendarFile()
    season = Season(*own.drowning_months) if own.drowning_months else WHOLE_YEAR
    return Calendar(_Workdays(own), _SchoolDays(own), drowning=season)


def own_days(folder: Path) -> CalendarFile:
    """Give the district's own days.

    Raises:
        CalendarError: a file that is there, and wrong.
    """
    return _read(folder / "calendars.yaml")


_IN_FORCE: list[Calendar] = []
_FOLLOWED: list[tuple[Path, int]] = []
_LOOKED: list[float] = [0.0]
LOOK_EVERY_S = 2.0


def follow(folder: Path) -> None:
    """Take a folder's calendar for this process, and again when its file has changed.

    Raises:
        CalendarError: a file that is there, and wrong.
    """
    _FOLLOWED[:] = [(folder, _stamp(folder))]
    use(calendar_of(folder))


def look() -> None:
    """Read the file again where it has changed.

    Raises:
        CalendarError: it is wrong; what was in force before still is.
    """
    for folder, stamp in _FOLLOWED:
        if _stamp(folder) != stamp:
            _FOLLOWED[:] = [(folder, _stamp(folder))]
            use(calendar_of(folder))


def _stamp(folder: Path) -> int:
    try:
        return (folder / "calendars.yaml").stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def use(calendar: Calendar) -> None:
    """Take a calendar for this process; without one, the statutory days hold."""
    _IN_FORCE[:] = [calendar]


def current() -> Calendar:
    """Give the calendar of this process."""
    if not _IN_FORCE:
        use(calendar_of(None))
    if _FOLLOWED and monotonic() - _LOOKED[0] >= LOOK_EVERY_S:
        _LOOKED[0] = monotonic()
        try:
            look()
        except CalendarError:
            LOG.exception("日历文件有误，继续用原来的 (the calendar is wrong, the former holds)")
    return _IN_FORCE[0]


def unknown_years(years: range) -> list[int]:
    """Name those years whose holidays are not known yet."""
    return [year for year in years if not _is_known(date(year, 1, 2))]


@dataclass(frozen=True)
class _Workdays:
    own: CalendarFile

    def __call__(self, day: date) -> bool:
        if day in self.own.workdays or day in self.own.holidays:
            return day in self.own.workdays
        if not _is_known(day):
            return day.weekday() < SATURDAY
        return bool(chinese_calendar.is_workday(day))


@dataclass(frozen=True)
class _SchoolDays:
    own: CalendarFile
    is_workday: Callable[[date], bool] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "is_workday", _Workdays(self.own))

    def __call__(self, day: date) -> bool:
        terms = self.own.school_terms
        in_term = not terms or any(first <= day <= last for first, last in terms)
        return in_term and self.is_workday(day)


def _is_known(day: date) -> bool:
    try:
        chinese_calendar.is_workday(day)
    except NotImplementedError:
        return False
    return True


def _read(file: Path) -> CalendarFile:
    try:
        return CalendarFile.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")) or {})
    except FileNotFoundError:
        return CalendarFile()
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        msg = f"{file}: 不是合法的 YAML / not YAML: {error}"
        raise CalendarError(msg) from None
    except ValidationError as error:
        lines = [f"{file}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise CalendarError("\n".join(lines)) from None
