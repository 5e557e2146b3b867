"""Which figures a page or a program asks for, and whether they are theirs to see."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection
from werkzeug.exceptions import BadRequest, Forbidden

from central.adapters import calendars
from central.adapters.store.figured import Reading
from central.adapters.store.statistics import Asked
from central.core.access import OPEN
from central.core.counting import begins, month_of, months_from, scope_of
from central.core.four_hundred import DaysError
from central.core.naming import Words
from central.core.people import Actor
from central.web import here
from contract.scenarios import Scenario

USUAL_MONTHS = 12
MOST_MONTHS = 240
FIRST = 197_001
MONTH = r"^(19[7-9][0-9]|2[01][0-9]{2})-(0[1-9]|1[0-2])$"
NOT_MONTHS = (
    f"起始月份应不晚于截止月份，最多 {MOST_MONTHS} 个月",
    f"since must not be later than until, and {MOST_MONTHS} months at most",
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for, as an address says it; months as `2026-11`."""

    since: str
    until: str
    scenario: str = ""
    town: str = ""
    school: str = ""

    def with_(self, **changes: str) -> dict[str, str]:
        """Give an address's parameters with some of them changed; empty ones are left out."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return {name: text for name, text in (fields | changes).items() if text}


def sees_figures(actor: Actor) -> bool:
    """Tell whether somebody sees any figures."""
    return scope_of(actor) is not None


def filters_of(given: Mapping[str, str]) -> Filters:
    """Read an address's parameters.

    Raises:
        BadRequest: a month or scenario that there is not.
        DaysError: months that make no sense together.
    """
    now = month_of(here.now_ms())
    until = given.get("until") or text_of(now)
    usual = max(FIRST, months_from(number_of(until), 1 - USUAL_MONTHS))
    since = given.get("since") or text_of(usual)
    earliest = months_from(number_of(until), 1 - MOST_MONTHS)
    if not earliest <= number_of(since) <= number_of(until):
        raise DaysError(*NOT_MONTHS)
    scenario = given.get("scenario", "")
    if scenario and scenario not in {one.value for one in OPEN}:
        raise BadRequest
    return Filters(since, until, scenario, given.get("town", "")[:64], given.get("school", "")[:64])


def reading_of(connection: Connection, filters: Filters) -> Reading:
    """Give what answers the question for whoever asks.

    Raises:
        Forbidden: no figures are theirs to see.
    """
    actor = here.actor()
    scope = scope_of(actor)
    if scope is None:
        raise Forbidden
    asked = Asked(
        scope,
        number_of(filters.since),
        number_of(filters.until),
        Scenario(filters.scenario) if filters.scenario else None,
        filters.town or None,
        filters.school or None,
    )
    settings = here.settings()
    season = calendars.current().drowning
    return Reading(
        connection, actor, asked, here.now_ms(), settings.sham, settings.coaching, season
    )


def number_of(month: str) -> int:
    """Read a month: `2026-11` is 202611.

    Raises:
        BadRequest: it is none.
    """
    if not re.fullmatch(MONTH, month, re.ASCII):
        raise BadRequest
    return int(month[:4]) * 100 + int(month[5:])


def text_of(month: int) -> str:
    """Write a month as an address has it."""
    return f"{month // 100:04d}-{month % 100:02d}"


def periods(now_ms: int) -> list[tuple[Words, str, str]]:
    """Give the spans that a link leads to: what it is called, first and last month."""
    now = month_of(now_ms)
    last, year = months_from(now, -1), begins(now).year
    months = [
        (("本月", "This month"), now, now),
        (("上月", "Last month"), last, last),
        (("近三个月", "Three months"), months_from(now, -2), now),
        (("近十二个月", "Twelve months"), months_from(now, 1 - USUAL_MONTHS), now),
        (("今年", "This year"), year * 100 + 1, now),
        (("去年", "Last year"), year * 100 - 99, year * 100 - 88),
        (("近三年", "Three years"), months_from(now, -35), now),
    ]
    return [(words, text_of(first), text_of(final)) for words, first, final in months]
