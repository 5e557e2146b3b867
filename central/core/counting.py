"""What a case adds to the district's figures, and who sees them: values in, values out.

A case counts once, in the month and the hour in which it happened. Drills and false alarms are
kept apart; what was merged counts as one; cases about health are never among them.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from central.core.access import HEALTH, OPEN, OVERSEES, STANDS, Standing, above, kind_of
from central.core.local_time import ZONE, from_ms
from central.core.people import Actor
from central.core.timeliness import Worked
from contract.scenarios import Scenario

EVERYBODY = ""
"""The district as a whole, as one of those whose figures are kept."""
HOURS_OF_WEEK = 7 * 24
COUNTED, FALSE_ALARM, DRILL = "counted", "false_alarm", "drill"
Key = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Closing:
    """How a case was closed, for the list of sham closings. Seconds and characters; None: none."""

    closed_at: int
    handled_s: int | None
    """The shortest time from acknowledging a task to its report-back."""
    note_chars: int | None
    """The shortest report-back, where it came without a picture."""
    reopened: int


@dataclass(frozen=True, slots=True)
class Told:
    """All that figures are made of of one case. `occurred_at` in ms UTC."""

    scenario: Scenario
    kind: str
    site_id: str
    occurred_at: int
    is_drill: bool
    is_false_alarm: bool
    is_merged: bool
    task_units: frozenset[str]
    copy_units: frozenset[str] = frozenset()
    worked: tuple[Worked, ...] = ()
    closing: Closing | None = None


@dataclass(frozen=True, slots=True)
class Adds:
    """What one case adds, small enough to be kept with it until it changes."""

    month: int
    hour: int
    site_id: str
    scenario: str
    kind: str
    state: str
    seen: tuple[str, ...]
    """The units among whose figures it is."""
    units: tuple[tuple[str, Mapping[str, int]], ...] = ()
    """How each unit worked, by measure."""
    closing: Closing | None = None

    @property
    def seen_id(self) -> str:
        """Name the set of units by what is in it."""
        return hashlib.sha256("\n".join(self.seen).encode()).hexdigest()[:32]


@dataclass(slots=True)
class Sums:
    """Figures by kind of table, each cell by its key. What a case adds, or what all of them do."""

    kinds: Counter[Key] = field(default_factory=Counter)
    """Seen by, month, scenario, kind, state."""
    hours: Counter[Key] = field(default_factory=Counter)
    """Seen by, month, scenario, state, hour of the week."""
    places: Counter[Key] = field(default_factory=Counter)
    """Month, site, scenario, kind, state, set of those who see it."""
    place_hours: Counter[Key] = field(default_factory=Counter)
    """Site, month, scenario, state, hour of the week, set of those who see it."""
    units: Counter[Key] = field(default_factory=Counter)
    """Unit, month, scenario, measure of `central.core.timeliness`."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose figures somebody sees."""

    seen_by: str
    scenarios: frozenset[Scenario]

    @property
    def is_whole(self) -> bool:
        """Tell whether they see the district's."""
        return self.seen_by == EVERYBODY


def scope_of(actor: Actor) -> Scope | None:
    """Give whose figures somebody sees: the district's, their own unit's, or nobody's.

    A unit's are of the cases that `central.core.access` opens to it: with a task of its own or of
    a unit below it, or a copy. Who sees single cases only, for one class or one gate, sees none.
    """
    stands = STANDS[actor.role]
    if stands.get(Standing.OFFICE) == OPEN:
        return Scope(EVERYBODY, OPEN)
    if all(stands.get(one, frozenset()) >= OPEN
           for one in (Standing.DUTY, Standing.COPY, Standing.ABOVE)):  # fmt: skip
        return Scope(actor.unit_code, OPEN)
    return None


def seen_by(told: Told, parents: Mapping[str, str | None]) -> frozenset[str]:
    """Give the units among whose figures a case is; `parents` is the tree of units."""
    found = set(told.task_units | told.copy_units)
    for unit_code in told.task_units:
        found |= {
            one
            for one in above(unit_code, parents)
            if told.scenario in OVERSEES.get(kind_of(one), frozenset())
        }
    return frozenset(found)


def state_of(told: Told) -> str | None:
    """Tell as what a case counts; None: not at all."""
    if told.is_merged or told.scenario in HEALTH:
        return None
    if told.is_drill:
        return DRILL
    return FALSE_ALARM if told.is_false_alarm else COUNTED


def adds(told: Told, parents: Mapping[str, str | None]) -> Adds | None:
    """Give what a case adds; None: nothing."""
    state = state_of(told)
    if state is None:
        return None
    return Adds(
        month_of(told.occurred_at),
        hour_of_week(told.occurred_at),
        told.site_id,
        told.scenario.value,
        told.kind,
        state,
        tuple(sorted(seen_by(told, parents))),
        () if state == DRILL else tuple((one.unit_code, one.measures()) for one in told.worked),
        told.closing if state == COUNTED else None,
    )


def add(sums: Sums, more: Adds, sign: int = 1) -> None:
    """Add what a case adds to figures, or take it back where `sign` is -1."""
    month, hour, scenario, state = more.month, more.hour, more.scenario, more.state
    for unit_code in (EVERYBODY, *more.seen):
        sums.kinds[unit_code, month, scenario, more.kind, state] += sign
        sums.hours[unit_code, month, scenario, state, hour] += sign
    seen_id = more.seen_id
    sums.places[month, more.site_id, scenario, more.kind, state, seen_id] += sign
    sums.place_hours[more.site_id, month, scenario, state, hour, seen_id] += sign
    for unit_code, measures in more.units:
        for measure, count in measures.items():
            sums.units[unit_code, month, scenario, measure] += sign * count


def month_of(at_ms: int) -> int:
    """Give the district's month as a number: 202611."""
    at = from_ms(at_ms).astimezone(ZONE)
    return at.year * 100 + at.month


def hour_of_week(at_ms: int) -> int:
    """Give the district's hour of the week: 0 is Monday from 0 to 1 o'clock."""
    at = from_ms(at_ms).astimezone(ZONE)
    return at.weekday() * 24 + at.hour


def months_from(month: int, count: int) -> int:
    """Give the month so many months later, or earlier where negative."""
    months = month // 100 * 12 + month % 100 - 1 + count
    return months // 12 * 100 + months % 12 + 1


def months_between(first: int, last: int) -> list[int]:
    """List months, both included."""
    found, month = [], first
    while month <= last:
        found.append(month)
        month = months_from(month, 1)
    return found


def begins(month: int) -> date:
    """Give a month's first day."""
    return date(month // 100, month % 100, 1)
