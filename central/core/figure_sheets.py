"""Sheets of cases: by month, season, kind, hour, place, school and town."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from central.core.counting import COUNTED, DRILL, FALSE_ALARM, begins
from central.core.kinds import kind_of
from central.core.naming import KINDS, SCENARIOS, Words
from central.core.season import WHOLE_YEAR, Season
from central.core.sheets import Cell, Column, Sheet, name
from contract.scenarios import Scenario

WEEKDAYS: tuple[Words, ...] = (
    ("周一", "Mon"), ("周二", "Tue"), ("周三", "Wed"), ("周四", "Thu"), ("周五", "Fri"),
    ("周六", "Sat"), ("周日", "Sun"),
)  # fmt: skip
SEASONS: tuple[Words, ...] = (
    ("春", "Spring"),
    ("夏", "Summer"),
    ("秋", "Autumn"),
    ("冬", "Winter"),
)
STATES = (COUNTED, FALSE_ALARM, DRILL)
_BY_STATE = (
    Column("counted", ("事件", "Cases")),
    Column("false_alarms", ("误报", "False alarms")),
    Column("drills", ("演练", "Drills")),
)
_APART = (
    "误报、演练另列，不计入事件；并案算一起；心灵关爱不在其中。",
    "False alarms and drills are apart; merged cases count as one; mind care is not in here.",
)
Rows = Sequence[Mapping[str, Any]]
Lines = tuple[tuple[Cell, ...], ...]


def month_words(month: int) -> Words:
    """Name a month: 2026年11月."""
    day = begins(month)
    return f"{day.year}年{day.month}月", f"{day:%Y-%m}"


def season_of(month: int) -> int:
    """Give the season of a month: 0 is spring, from March to May."""
    return (month % 100 - 3) % 12 // 3


def by_month(rows: Rows, months: Iterable[int]) -> Sheet:
    """Give cases by month, each scenario apart."""
    there = [one for one in Scenario if any(row["scenario"] == one for row in rows)]
    counts = _counts(rows, "month", "scenario", "state")
    columns = [Column("month", ("月份", "Month"), "words"), *_BY_STATE]
    columns += [Column(one.value, SCENARIOS[one]) for one in there]
    lines: list[tuple[Cell, ...]] = [
        (month_words(month), *_states(counts, rows, month),
         *(counts[month, one, COUNTED] for one in there))
        for month in months
    ]  # fmt: skip
    return Sheet("months", ("各月事件", "Cases by month"), tuple(columns), tuple(lines), "stack",
                 _APART, drawn=tuple(one.value for one in there))  # fmt: skip


def _states(counts: Counter[Any], rows: Rows, month: int) -> list[int]:
    scenarios = {row["scenario"] for row in rows}
    return [sum(counts[month, one, state] for one in scenarios) for state in STATES]


def by_season(rows: Rows, drowning: Season = WHOLE_YEAR) -> Sheet:
    """Give cases by season, over all years asked for.

    `drowning`: the district's months at open water, which are counted apart in the note.
    """
    counts, at_water = Counter[Any](), 0
    for row in rows:
        counts[season_of(row["month"]), row["state"]] += row["cases"]
        if row["state"] == COUNTED and row["scenario"] == Scenario.DROWNING_RISK:
            at_water += row["cases"] if drowning.holds(row["month"]) else 0
    columns = (Column("season", ("季节", "Season"), "words"), *_BY_STATE)
    lines: Lines = tuple((words, *(counts[number, state] for state in STATES))
                  for number, words in enumerate(SEASONS))  # fmt: skip
    return Sheet("seasons", ("各季节事件", "Cases by season"), columns, lines, "bars",
                 _seasons_note(drowning, at_water), drawn=("counted",))  # fmt: skip


def _seasons_note(drowning: Season, at_water: int) -> Words:
    zh = "春季为3月至5月，夏、秋、冬各三个月依次类推。"
    en = "Spring is March to May, and so on, three months each."
    if drowning.is_whole:
        return zh, en
    months = drowning.words
    return (
        f"{zh}防溺水重点期（{months[0]}）溺水风险 {at_water} 起。",
        f"{en} At open water {at_water} in the season of {months[1]}.",
    )


def by_kind(rows: Rows) -> Sheet:
    """Give cases by scenario and kind, the most first."""
    counts = _counts(rows, "scenario", "kind", "state")
    keys = {(row["scenario"], row["kind"]) for row in rows}
    columns = (
        Column("kind", ("类别", "Kind"), "words"),
        Column("scenario", ("场景", "Scenario"), "words"),
        *_BY_STATE,
        Column("false_share", ("误报率", "False share"), "share"),
    )
    lines: list[tuple[Cell, ...]] = []
    for scenario, kind in sorted(keys, key=lambda key: (-counts[*key, COUNTED], key)):
        found = [counts[scenario, kind, state] for state in STATES]
        told = found[0] + found[1]
        share = found[1] / told if told else None
        lines.append((KINDS[kind_of(kind)], SCENARIOS[Scenario(scenario)], *found, share))
    return Sheet("kinds", ("各类事件", "Cases by kind"), columns, tuple(lines), "bars",
                 drawn=("counted",))  # fmt: skip


def by_hour(hours: Mapping[int, int]) -> Sheet:
    """Give cases by hour and weekday."""
    columns = (Column("weekday", ("星期", "Weekday"), "words"),
               *(Column(f"h{hour:02d}", (f"{hour}时", f"{hour}")) for hour in range(24)),
               Column("all", ("合计", "All")))  # fmt: skip
    lines: list[tuple[Cell, ...]] = []
    for day, words in enumerate(WEEKDAYS):
        found = [hours.get(day * 24 + hour, 0) for hour in range(24)]
        lines.append((words, *found, sum(found)))
    return Sheet("hours", ("时段与星期", "Hours and weekdays"), columns, tuple(lines), "heat",
                 ("按事发时间，不含误报和演练。", "By when it happened; cases only."),
                 drawn=tuple(f"h{hour:02d}" for hour in range(24)))  # fmt: skip


def by_place(rows: Rows, spots: Mapping[str, Any], units: Mapping[str, Words]) -> Sheet:
    """Give cases by place, the most first."""
    counts = _counts(rows, "site_id", "state")
    columns = (
        Column("place", ("地点", "Place"), "words"),
        Column("town", ("镇街", "Town"), "words"),
        Column("school", ("学校", "School"), "words"),
        *_BY_STATE,
    )
    lines = []
    for site_id in sorted({row["site_id"] for row in rows},
                          key=lambda one: (-counts[one, COUNTED], one)):  # fmt: skip
        spot = spots[site_id]
        lines.append((name(spot.name_zh, spot.name_en), _unit(units, spot.town),
                      _unit(units, spot.school),
                      *(counts[site_id, state] for state in STATES)))  # fmt: skip
    return Sheet("places", ("各地点事件", "Cases by place"), columns, tuple(lines), "bars",
                 drawn=("counted",))  # fmt: skip


def by_unit(
    rows: Rows, spots: Mapping[str, Any], units: Mapping[str, Words], relation: str
) -> Sheet:
    """Give cases by the town or school to which their places belong, the most first."""
    counts: Counter[tuple[str | None, str]] = Counter()
    for row in rows:
        counts[getattr(spots[row["site_id"]], relation), row["state"]] += row["cases"]
    titles = {
        "town": (("各镇街事件", "Cases by town"), Column("town", ("镇街", "Town"), "words")),
        "school": (
            ("各学校事件", "Cases by school"),
            Column("school", ("学校", "School"), "words"),
        ),
    }
    title, column = titles[relation]
    codes = sorted(
        {code for code, _ in counts if code}, key=lambda one: (-counts[one, COUNTED], one)
    )
    lines = tuple((_unit(units, code), *(counts[code, state] for state in STATES))
                  for code in codes)  # fmt: skip
    note = ("按地点所属，不论由谁处置。", "By where the place belongs, whoever dealt with it.")
    return Sheet(f"{relation}s", title, (column, *_BY_STATE), lines, "bars", note,
                 drawn=("counted",))  # fmt: skip


def repeaters(
    rows: Rows, spots: Mapping[str, Any], units: Mapping[str, Words], least: int
) -> Sheet:
    """Give the venues with several cases, the most first."""
    found = [row for row in rows if row["state"] == COUNTED and row["cases"] >= least]
    columns = (
        Column("venue", ("场所", "Venue"), "words"),
        Column("town", ("镇街", "Town"), "words"),
        Column("cases", ("事件", "Cases")),
    )
    lines = tuple(
        (name(spots[row["site_id"]].name_zh, spots[row["site_id"]].name_en),
         _unit(units, spots[row["site_id"]].town), row["cases"])
        for row in sorted(found, key=lambda row: (-row["cases"], row["site_id"]))
    )  # fmt: skip
    note = (f"同一场所在所选时段内出现 {least} 起及以上。",
            f"{least} or more cases at one venue within the time asked for.")  # fmt: skip
    return Sheet("venues", ("屡次违规场所", "Venues that repeat"), columns, lines, note=note)


def _counts(rows: Rows, *names: str) -> Counter[Any]:
    counts = Counter[Any]()
    for row in rows:
        counts[tuple(row[one] for one in names)] += row["cases"]
    return counts


def _unit(units: Mapping[str, Words], code: str | None) -> Words | None:
    return units.get(code, (code, code)) if code else None
