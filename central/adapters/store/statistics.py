"""What the pages and the API read of the figures, within what one person may see.

`central.core.counting.scope_of` says whose figures somebody sees; single cases carry `may_know`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, func, or_, select, true

from central.adapters.store.reach import below, may_know
from central.adapters.store.schema.statistics import (
    STATISTICS_CLOSING,
    STATISTICS_HOUR,
    STATISTICS_KIND,
    STATISTICS_PLACE,
    STATISTICS_PLACE_HOUR,
    STATISTICS_SEEN,
    STATISTICS_UNIT,
)
from central.adapters.store.tables import ALERT, INCIDENT, ORG_UNIT, SITE
from central.core.access import OVERSEES, Part, kind_of
from central.core.counting import COUNTED, Scope, months_between
from central.core.people import Actor
from central.core.season import WHOLE_YEAR, Season
from central.core.sham import ShamLimits
from central.core.timeliness import MEASURES, Appraised
from central.core.workflow import Status
from contract.scenarios import Phase, Scenario

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which figures are asked for: whose, of which months (both included), what and where."""

    scope: Scope
    first: int
    last: int
    scenario: Scenario | None = None
    town: str | None = None
    school: str | None = None

    @property
    def has_place(self) -> bool:
        """Tell whether only some places are asked for."""
        return self.town is not None or self.school is not None


@dataclass(frozen=True, slots=True)
class Spot:
    """A place, and where it belongs."""

    site_id: str
    kind: str
    name_zh: str
    name_en: str
    town: str | None
    school: str | None


def spots(connection: Connection) -> dict[str, Spot]:
    """Give all places by id; what is told of one is in the figures that name it."""
    columns = SITE.c
    rows = connection.execute(
        select(columns.site_id, columns.kind, columns.name_zh, columns.name_en, columns.relations)
    )
    return {
        row.site_id: Spot(row.site_id, row.kind, row.name_zh, row.name_en or row.name_zh,
                          row.relations.get("town"), row.relations.get("school"))
        for row in rows
    }  # fmt: skip


def unit_names(connection: Connection) -> dict[str, tuple[str, str]]:
    """Give the names of all units, Chinese and English."""
    columns = ORG_UNIT.c
    rows = connection.execute(select(columns.code, columns.name_zh, columns.name_en))
    return {row.code: (row.name_zh, row.name_en or row.name_zh) for row in rows}


def kinds(connection: Connection, asked: Asked, there: Mapping[str, Spot]) -> Rows:
    """Count cases by month, scenario, kind and state."""
    table = STATISTICS_PLACE if asked.has_place else STATISTICS_KIND
    columns = table.c
    by = (columns.month, columns.scenario, columns.kind, columns.state)
    return _summed(connection, _chosen(table, asked, there), by, columns.cases)


def hours(connection: Connection, asked: Asked, there: Mapping[str, Spot]) -> dict[int, int]:
    """Count cases by hour of the week; drills and false alarms are not among them."""
    table = STATISTICS_PLACE_HOUR if asked.has_place else STATISTICS_HOUR
    columns = table.c
    chosen = _chosen(table, asked, there).where(columns.state == COUNTED)
    rows = _summed(connection, chosen, (columns.hour,), columns.cases)
    return {row["hour"]: row["cases"] for row in rows}


def places(
    connection: Connection, asked: Asked, there: Mapping[str, Spot], *, is_some: bool = False
) -> Rows:
    """Count cases by place and state; of the places that are given alone where these are some."""
    columns = STATISTICS_PLACE.c
    by = (columns.site_id, columns.state)
    chosen = _chosen(STATISTICS_PLACE, asked, there, is_by_place=is_some)
    return _summed(connection, chosen, by, columns.cases)


def place_hours(
    connection: Connection, asked: Asked, there: Mapping[str, Spot], season: Season = WHOLE_YEAR
) -> Rows:
    """Count cases by place, kind of day and hour of the day, of those places that are given.

    `weekend` is 0 from Monday to Friday, 1 after. Months outside the season are left out.
    """
    columns = STATISTICS_PLACE_HOUR.c
    chosen = _chosen(STATISTICS_PLACE_HOUR, asked, there, is_by_place=True)
    chosen = chosen.where(columns.state == COUNTED)
    if not season.is_whole:
        months = [one for one in months_between(asked.first, asked.last) if season.holds(one)]
        chosen = chosen.where(columns.month.in_(months))
    weekend = (columns.hour // (5 * 24)).label("weekend")
    by = (columns.site_id, weekend, (columns.hour % 24).label("hour"))
    return _summed(connection, chosen, by, columns.cases)


def units(connection: Connection, asked: Asked) -> list[Appraised]:
    """Sum up how units worked: all of them, or one's own and those below it."""
    columns = STATISTICS_UNIT.c
    query = (
        select(columns.unit_code, *(func.sum(columns[name]).label(name) for name in MEASURES))
        .where(columns.month >= asked.first, columns.month <= asked.last, _whose(asked.scope))
        .group_by(columns.unit_code)
        .order_by(columns.unit_code)
    )
    if asked.scenario:
        query = query.where(columns.scenario == asked.scenario)
    rows = connection.execute(query).mappings()
    found = [Appraised(row["unit_code"], {name: int(row[name]) for name in MEASURES})
             for row in rows]  # fmt: skip
    return [one for one in found if one["tasks"]]


def closings(
    connection: Connection, actor: Actor, asked: Asked, limits: ShamLimits, since: int, until: int
) -> Rows:
    """List cases closed so that somebody should look again, the newest first. Times in ms UTC."""
    columns = STATISTICS_CLOSING.c
    met = or_(columns.handled_s < limits.handled_s, columns.note_chars <= limits.note_chars,
              columns.reopened > 0)  # fmt: skip
    query = (
        select(STATISTICS_CLOSING, INCIDENT.c.number, INCIDENT.c.scenario, INCIDENT.c.kind,
               INCIDENT.c.site_id, SITE.c.name_zh.label("site_zh"),
               SITE.c.name_en.label("site_en"))
        .join(INCIDENT, INCIDENT.c.incident_id == columns.incident_id)
        .join(SITE, SITE.c.site_id == INCIDENT.c.site_id)
        .where(columns.closed_at >= since, columns.closed_at < until, met, may_know(actor))
        .order_by(columns.closed_at.desc(), columns.incident_id)
        .limit(MOST_CLOSINGS)
    )  # fmt: skip
    if asked.scenario:
        query = query.where(INCIDENT.c.scenario == asked.scenario)
    return [dict(row) for row in connection.execute(query).mappings()]


MOST_CLOSINGS = 200


def taught(connection: Connection, actor: Actor, asked: Asked, since: int, until: int) -> Rows:
    """List the first alerts of closed cases of the devices that had labelled false alarms.

    As they came (`body`), with `device_id`, its place and the label; the newest first. Times are
    in ms UTC.
    """
    columns = INCIDENT.c
    chosen = and_(columns.opened_at >= since, columns.opened_at < until,
                  columns.is_drill.is_(False), columns.merged_into.is_(None))  # fmt: skip
    mistaken = select(columns.device_id).where(chosen, columns.false_alarm_label.is_not(None))
    query = (
        select(ALERT.c.body, columns.device_id, columns.false_alarm_label,
               SITE.c.name_zh.label("site_zh"), SITE.c.name_en.label("site_en"))
        .join(INCIDENT, columns.incident_id == ALERT.c.incident_id)
        .join(SITE, SITE.c.site_id == columns.site_id)
        .where(chosen, columns.status == Status.CLOSED, columns.device_id.in_(mistaken),
               ALERT.c.phase == Phase.START, may_know(actor, Part.SCENE),
               or_(columns.false_alarm_label.is_not(None), columns.is_false_alarm.is_(False)))
        .order_by(columns.opened_at.desc())
        .limit(MOST_ALERTS)
    )  # fmt: skip
    if asked.scenario:
        query = query.where(columns.scenario == asked.scenario)
    return [dict(row) for row in connection.execute(query).mappings()]


MOST_ALERTS = 2000


def only(asked: Asked, scenario: Scenario) -> Asked:
    """Ask for the same of one scenario."""
    return replace(asked, scenario=scenario)


def within(asked: Asked, there: Mapping[str, Spot]) -> list[str]:
    """List the places that are asked for."""
    return sorted(
        spot.site_id
        for spot in there.values()
        if asked.town in {None, spot.town} and asked.school in {None, spot.school}
    )


def _chosen(
    table: Table, asked: Asked, there: Mapping[str, Spot], *, is_by_place: bool = False
) -> Select[Any]:
    """Give a query of cells for `_summed` to narrow down; what is selected comes later."""
    columns = table.c
    query = select().select_from(table)
    query = query.where(columns.month >= asked.first, columns.month <= asked.last)
    if asked.scenario:
        query = query.where(columns.scenario == asked.scenario)
    if "seen_by" in columns:
        return query.where(columns.seen_by == asked.scope.seen_by)
    if asked.has_place or is_by_place:  # each month by its name: some places are few among all
        months = months_between(asked.first, asked.last)
        query = query.where(columns.site_id.in_(within(asked, there)), columns.month.in_(months))
    if not asked.scope.is_whole:
        mine = select(STATISTICS_SEEN.c.seen_id)
        mine = mine.where(STATISTICS_SEEN.c.unit_code == asked.scope.seen_by)
        query = query.where(columns.seen_id.in_(mine))
    return query


def _summed(
    connection: Connection,
    chosen: Select[Any],
    by: Sequence[ColumnElement[Any]],
    count: ColumnElement[int],
) -> Rows:
    total = func.sum(count)
    query = chosen.add_columns(*by, total.label("cases")).group_by(*by).having(total != 0)
    rows = connection.execute(query.order_by(*by)).mappings()
    return [dict(row) | {"cases": int(row["cases"])} for row in rows]


def _whose(scope: Scope) -> ColumnElement[bool]:
    if scope.is_whole:
        return true()
    columns = STATISTICS_UNIT.c
    taken_part = sorted(OVERSEES.get(kind_of(scope.seen_by), frozenset()))
    of_those_below = and_(columns.unit_code.in_(below(scope.seen_by)),
                          columns.scenario.in_(taken_part))  # fmt: skip
    return or_(columns.unit_code == scope.seen_by, of_those_below)
