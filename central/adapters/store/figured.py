"""Sheets of figures for one reader: what `statistics` reads, put into tables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from central.adapters.store import duties, statistics
from central.adapters.store.statistics import Asked, Spot
from central.core import appraisal, figure_sheets, four_sheets, lessons, patrols
from central.core.counting import Closing, begins, months_between, months_from
from central.core.four_hundred import Coaching
from central.core.kinds import kind_of
from central.core.labels import Label
from central.core.local_time import midnight_ms
from central.core.naming import KINDS, SCENARIOS, Words
from central.core.people import Actor
from central.core.season import WHOLE_YEAR, Season
from central.core.sham import REASONS, ShamLimits, reasons
from central.core.sheets import Column, Sheet, name
from contract.scenarios import Scenario

LEAST_AT_VENUE = 2
DAY_MS = 86_400_000


@dataclass(slots=True)
class Reading:
    """One reader's question, and what answers it; each table is read once."""

    connection: Connection
    actor: Actor
    asked: Asked
    now_ms: int = 0
    limits: ShamLimits = field(default_factory=ShamLimits)
    agreed: Coaching = field(default_factory=Coaching)
    season: Season = WHOLE_YEAR
    """At open water: the months for which patrols are proposed."""
    _spots: dict[str, Spot] | None = None
    _units: dict[str, Words] | None = None
    _kinds: statistics.Rows | None = None
    _places: statistics.Rows | None = None

    @property
    def spots(self) -> Mapping[str, Spot]:
        """Give all places."""
        if self._spots is None:
            self._spots = statistics.spots(self.connection)
        return self._spots

    @property
    def units(self) -> Mapping[str, Words]:
        """Give the names of units."""
        if self._units is None:
            self._units = statistics.unit_names(self.connection)
        return self._units

    @property
    def kinds(self) -> statistics.Rows:
        """Give counts by month, scenario, kind and state."""
        if self._kinds is None:
            self._kinds = statistics.kinds(self.connection, self.asked, self.spots)
        return self._kinds

    @property
    def places(self) -> statistics.Rows:
        """Give counts by place and state."""
        if self._places is None:
            self._places = statistics.places(self.connection, self.asked, self.spots)
        return self._places

    def sheet(self, wanted: str) -> Sheet:
        """Give one sheet, by its name in `SHEETS`."""
        return SHEETS[wanted](self)


def _hours(reading: Reading) -> Sheet:
    found = statistics.hours(reading.connection, reading.asked, reading.spots)
    return figure_sheets.by_hour(found)


def _months(reading: Reading) -> Sheet:
    months = months_between(reading.asked.first, reading.asked.last)
    with_cases = [row["month"] for row in reading.kinds]
    first = min(with_cases, default=reading.asked.last)
    return figure_sheets.by_month(reading.kinds, [one for one in months if one >= first])


def _venues(reading: Reading) -> Sheet:
    asked = statistics.only(reading.asked, Scenario.VENUE_MINOR)
    venues = {one: spot for one, spot in reading.spots.items() if spot.kind == "venue"}
    rows = statistics.places(reading.connection, asked, venues, is_some=True)
    return figure_sheets.repeaters(rows, reading.spots, reading.units, LEAST_AT_VENUE)


def _appraisal(reading: Reading) -> Sheet:
    found = statistics.units(reading.connection, reading.asked)
    return appraisal.appraisal(found, reading.units)


def _patrols(reading: Reading) -> Sheet:
    asked = statistics.only(reading.asked, Scenario.DROWNING_RISK)
    waters = {one: spot for one, spot in reading.spots.items() if spot.kind == "water"}
    rows = statistics.place_hours(reading.connection, asked, waters, reading.season)
    return patrols.sheet(patrols.plan(rows), waters, reading.units, reading.season)


def _schools_seen(reading: Reading) -> Mapping[str, Words]:
    """Give the schools whose gates somebody sees: a department's all, a school's own."""
    names = duties.schools(reading.connection)
    kind, _, _ = reading.actor.unit_code.partition(":")
    if kind == reading.actor.unit_code:
        return names
    return {code: words for code, words in names.items() if code == reading.actor.unit_code}


def _four_hundred(reading: Reading) -> Sheet:
    seen, asked = _schools_seen(reading), reading.asked
    spots = reading.spots.values()
    if asked.town:
        of_town = {spot.school for spot in spots if spot.town == asked.town}
        seen = {code: words for code, words in seen.items() if code in of_town}
    if asked.school:
        seen = {code: words for code, words in seen.items() if code == asked.school}
    first, after = begins(asked.first), begins(months_from(asked.last, 1))
    sums = duties.by_month(reading.connection, first.isoformat(), f"{after:%Y-%m}", seen)
    return four_sheets.by_month(sums)


def _problem_schools(reading: Reading) -> Sheet:
    since = reading.now_ms - reading.agreed.within_days * DAY_MS
    rows = duties.problems(reading.connection, since)
    return four_sheets.problem_schools(rows, _schools_seen(reading), reading.agreed)


def _lessons(reading: Reading) -> Sheet:
    """Reckon what false alarms teach, from the newest alerts of the time asked for."""
    rows = statistics.taught(reading.connection, reading.actor, reading.asked, *_span(reading))
    seen = [
        lessons.Seen(row["device_id"], name(row["site_zh"], row["site_en"]), alert,
                     Label(row["false_alarm_label"]) if row["false_alarm_label"] else None)
        for row in rows
        if (alert := lessons.mistaken_of(row["body"]))
    ]  # fmt: skip
    return lessons.sheet(lessons.lessons(seen))


def _span(reading: Reading) -> tuple[int, int]:
    """Give the time asked for, in ms UTC."""
    last = months_from(reading.asked.last, 1)
    return midnight_ms(begins(reading.asked.first)), midnight_ms(begins(last))


def _closings(reading: Reading) -> Sheet:
    since, until = _span(reading)
    rows = statistics.closings(
        reading.connection, reading.actor, reading.asked, reading.limits, since, until
    )
    lines = []
    for row in rows:
        closing = Closing(row["closed_at"], row["handled_s"], row["note_chars"], row["reopened"])
        why = [REASONS[one] for one in reasons(closing, reading.limits)]
        lines.append((
            name(row["number"]), SCENARIOS[Scenario(row["scenario"])], KINDS[kind_of(row["kind"])],
            name(row["site_zh"], row["site_en"]), row["closed_at"],
            ("、".join(one[0] for one in why), ", ".join(one[1] for one in why)),
            row["handled_s"], row["note_chars"], row["reopened"],
        ))  # fmt: skip
    return Sheet("closings", ("虚假办结核查", "Sham closings to look at"), _CLOSING_COLUMNS,
                 tuple(lines), note=_rule(reading.limits),
                 links=tuple(f"/incidents/{row['incident_id']}" for row in rows))  # fmt: skip


_CLOSING_COLUMNS = (
    Column("number", ("事件编号", "Number"), "words"),
    Column("scenario", ("场景", "Scenario"), "words"),
    Column("kind", ("类别", "Kind"), "words"),
    Column("place", ("地点", "Place"), "words"),
    Column("closed_at", ("办结时间", "Closed"), "at"),
    Column("why", ("为何列出", "Why it is listed"), "words"),
    Column("handled_s", ("签收到反馈", "Acknowledged to reported"), "seconds"),
    Column("note_chars", ("最短反馈字数", "Shortest report, characters")),
    Column("reopened", ("重开次数", "Reopened")),
)


def _rule(limits: ShamLimits) -> Words:
    return (
        (
            f"列出规则：签收到反馈不足 {limits.handled_s} 秒；或反馈不超过 {limits.note_chars} 个字"
            f"且没有照片；或办结后又重开。按办结时间，最多 {statistics.MOST_CLOSINGS} 起。"
            "这是提示，不是结论，请打开事件核对。"
        ),
        (
            f"Listed: reported back within {limits.handled_s} s of acknowledging; or with "
            f"{limits.note_chars} characters or fewer and no picture; or reopened after closing. "
            f"By time of closing, {statistics.MOST_CLOSINGS} at most. A hint, not a verdict: "
            "open the case."
        ),
    )


SHEETS: Mapping[str, Callable[[Reading], Sheet]] = {
    "months": _months,
    "seasons": lambda reading: figure_sheets.by_season(reading.kinds, reading.season),
    "kinds": lambda reading: figure_sheets.by_kind(reading.kinds),
    "hours": _hours,
    "places": lambda one: figure_sheets.by_place(one.places, one.spots, one.units),
    "schools": lambda one: figure_sheets.by_unit(one.places, one.spots, one.units, "school"),
    "towns": lambda one: figure_sheets.by_unit(one.places, one.spots, one.units, "town"),
    "venues": _venues,
    "units": _appraisal,
    "closings": _closings,
    "patrols": _patrols,
    "lessons": _lessons,
    "four_100": _four_hundred,
    "problem_schools": _problem_schools,
}
"""Every sheet by its name: pages, files, the bulletin and programs ask for the same."""

PAGES: Mapping[str, tuple[str, ...]] = {
    "overview": ("months", "hours", "kinds", "seasons"),
    "places": ("towns", "schools", "places", "venues"),
    "units": ("units",),
    "closings": ("closings",),
    "patrols": ("patrols",),
    "lessons": ("lessons",),
    "four_hundred": ("four_100", "problem_schools"),
}
"""Which sheets stand together on a page."""


def of_month(asked: Asked, month: int) -> Asked:
    """Ask for the same of one month."""
    return replace(asked, first=month, last=month)
