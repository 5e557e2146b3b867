"""From hours and places of what has happened at open water: where and when to patrol."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from central.core.naming import Words
from central.core.sheets import Column, Sheet, name

LONGEST_H = 3
LEAST_CASES = 3
"""Fewer at a place within the hours tell nothing."""
DAYS: dict[str, tuple[Words, range]] = {
    "work": (("周一至周五", "Mon - Fri"), range(5)),
    "weekend": (("周六、周日", "Sat, Sun"), range(5, 7)),
}


@dataclass(frozen=True, slots=True)
class Patrol:
    """Somebody should be at a place on such days from hour to hour; it covers `cases` of `of`."""

    site_id: str
    days: str
    begins_h: int
    ends_h: int
    cases: int
    of: int

    @property
    def a_day(self) -> float:
        """Give how many cases lie in it for each weekday that it covers."""
        return self.cases / len(DAYS[self.days][1])


def plan(rows: Iterable[Mapping[str, Any]], most: int = 60) -> list[Patrol]:
    """Propose patrols from counts by `site_id` and `hour` of the week, the most useful first.

    Of each place and kind of day: the hours, at most three in a row, in which most has happened.
    """
    by_place: dict[str, dict[int, int]] = {}
    for row in rows:
        by_place.setdefault(row["site_id"], {})[row["hour"]] = row["cases"]
    found = [
        patrol
        for site_id, hours in by_place.items()
        for days in DAYS
        if (patrol := _best(site_id, days, hours)) and patrol.cases >= LEAST_CASES
    ]
    return sorted(found, key=lambda one: (-one.a_day, one.site_id, one.days))[:most]


def _best(site_id: str, days: str, hours: Mapping[int, int]) -> Patrol | None:
    of_day = [sum(hours.get(day * 24 + hour, 0) for day in DAYS[days][1]) for hour in range(24)]
    total = sum(of_day)
    if not total:
        return None
    windows = [(sum(of_day[at : at + LONGEST_H]), -at) for at in range(24 - LONGEST_H + 1)]
    cases, minus = max(windows)
    begins, ends = -minus, -minus + LONGEST_H
    while begins < ends - 1 and not of_day[begins]:
        begins += 1
    while begins < ends - 1 and not of_day[ends - 1]:
        ends -= 1
    return Patrol(site_id, days, begins, ends, cases, total)


def sheet(patrols: Iterable[Patrol], spots: Mapping[str, Any], units: Mapping[str, Words]) -> Sheet:
    """Give the plan as a table to print."""
    columns = (
        Column("place", ("水域", "Water"), "words"),
        Column("town", ("镇街", "Town"), "words"),
        Column("days", ("日子", "Days"), "words"),
        Column("hours", ("时段", "Hours"), "words"),
        Column("cases", ("时段内事件", "Cases in these hours")),
        Column("share", ("占该处", "Of this place's"), "share"),
    )
    lines = []
    for one in patrols:
        spot = spots[one.site_id]
        hours = f"{one.begins_h:02d}:00-{one.ends_h:02d}:00"
        lines.append((
            name(spot.name_zh, spot.name_en), units.get(spot.town or "", ("", "")),
            DAYS[one.days][0], (hours, hours), one.cases, one.cases / one.of,
        ))  # fmt: skip
    note = (
        (
            "由所选时段内的溺水风险事件得出:每处水域、每类日子取事件最多的连续 "
            f"{LONGEST_H} 小时以内时段,不足 {LEAST_CASES} 起的不列。供镇街安排巡查参考,由人决定。"
        ),
        (
            "From the cases at open water in the time asked for: of each place and kind of day the "
            f"hours, {LONGEST_H} in a row at most, with most cases; fewer than {LEAST_CASES} are "
            "not listed. A proposal: people decide."
        ),
    )
    return Sheet("patrols", ("溺水巡查建议", "Proposed patrols"), columns, tuple(lines), note=note)
