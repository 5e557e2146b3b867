"""From hours and places of what has happened at open water: where and when to patrol."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from central.core.naming import Words
from central.core.season import WHOLE_YEAR, Season
from central.core.sheets import Column, Sheet, name

LONGEST_H = 3
LEAST_CASES = 3
"""Fewer at a place within the hours tell nothing."""
DAYS: tuple[tuple[Words, int], ...] = (
    (("周一至周五", "Mon - Fri"), 5),
    (("周六、周日", "Sat, Sun"), 2),
)
"""Kinds of day, with how many a week has: those of work, the weekend."""


@dataclass(frozen=True, slots=True)
class Patrol:
    """Somebody should be at a place on such days from hour to hour; it covers `cases` of `of`."""

    site_id: str
    days: int
    """Which of `DAYS`."""
    begins_h: int
    ends_h: int
    cases: int
    of: int

    @property
    def a_day(self) -> float:
        """Give how many cases lie in it for each weekday that it covers."""
        return self.cases / DAYS[self.days][1]


def plan(rows: Iterable[Mapping[str, Any]], most: int = 60) -> list[Patrol]:
    """Propose patrols from counts by `site_id`, `weekend` and `hour`, the most useful first.

    Of each place and kind of day: the hours, at most three in a row, in which most has happened.
    """
    found: dict[tuple[str, int], list[int]] = {}
    for row in rows:
        hours = found.setdefault((row["site_id"], row["weekend"]), [0] * 24)
        hours[row["hour"]] += row["cases"]
    patrols = [_best(site_id, days, hours) for (site_id, days), hours in found.items()]
    useful = [one for one in patrols if one.cases >= LEAST_CASES]
    return sorted(useful, key=lambda one: (-one.a_day, one.site_id, one.days))[:most]


def _best(site_id: str, days: int, hours: Sequence[int]) -> Patrol:
    begins = max(range(24 - LONGEST_H + 1), key=lambda at: sum(hours[at : at + LONGEST_H]))
    ends = begins + LONGEST_H
    while begins < ends - 1 and not hours[begins]:
        begins += 1
    while begins < ends - 1 and not hours[ends - 1]:
        ends -= 1
    return Patrol(site_id, days, begins, ends, sum(hours[begins:ends]), sum(hours))


def sheet(
    patrols: Iterable[Patrol],
    spots: Mapping[str, Any],
    units: Mapping[str, Words],
    season: Season = WHOLE_YEAR,
) -> Sheet:
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
    zh, en = ("", "") if season.is_whole else _within(season)
    note = (
        (
            f"由所选时段内{zh}的溺水风险事件得出：每处水域、每类日子取事件最多的连续 "
            f"{LONGEST_H} 小时以内时段，不足 {LEAST_CASES} 起的不列。供镇街安排巡查参考，由人决定。"
        ),
        (
            f"From the cases at open water in the time asked for{en}: of each place and kind of "
            f"day the hours, {LONGEST_H} in a row at most, with most cases; fewer than "
            f"{LEAST_CASES} are not listed. A proposal: people decide."
        ),
    )
    return Sheet("patrols", ("溺水巡查建议", "Proposed patrols"), columns, tuple(lines), note=note)


def _within(season: Season) -> Words:
    zh, en = season.words
    return f"、防溺水重点期（{zh}）", f", {en} only"
