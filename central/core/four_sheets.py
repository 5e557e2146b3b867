"""Sheets of the plan's four times 100 %: over time, and the schools that have repeated problems."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from central.core.four_hundred import FOUR, FOUR_WORDS, Coaching, Part, Quarter
from central.core.naming import KINDS, Words
from central.core.sheets import Cell, Column, Sheet
from contract.scenarios import Duty, Kind


def by_month(sums: Iterable[Mapping[str, Any]]) -> Sheet:
    """Give each of the four by month, from sums by `month` and `duty`.

    Shares come with numerator and denominator: seconds, or times, as gates count them.
    """
    months: dict[str, dict[Duty, Part]] = {}
    for row in sums:
        duty = Duty(row["duty"])
        part = Part(duty, row["numerator"], row["denominator"], 0, 0)
        months.setdefault(row["month"], {})[duty] = part
    columns = [Column("month", ("月份", "Month"), "words")]
    for code, (zh, en) in FOUR_WORDS.items():
        columns += [
            Column(code, (zh, en), "share"),
            Column(f"{code}_numerator", (f"{zh}·分子", f"{en}, numerator")),
            Column(f"{code}_denominator", (f"{zh}·分母", f"{en}, denominator")),
        ]
    lines = []
    for month, parts in sorted(months.items()):
        line: list[Cell] = [(month, month)]
        for code, duties in FOUR.items():
            line += _share(code, duties, parts)
        lines.append(tuple(line))
    note = (
        (
            "分子、分母为校门设备按日上报的合计（秒或次）。"
            "“一键式紧急报警+视频监控”取两项中较差者，缺一项则无数。没有上报的不算 100%。"
        ),
        (
            "Numerators and denominators are what gates report by day (s, or times). Alarm and "
            "video are as good as the worse of them, unknown without one. No figure is not 100 %."
        ),
    )
    return Sheet("four_100", ("4 个 100%", "Four times 100 %"), tuple(columns), tuple(lines),
                 "lines", note, drawn=tuple(FOUR))  # fmt: skip


def _share(code: str, duties: tuple[Duty, ...], parts: Mapping[Duty, Part]) -> list[Cell]:
    found = [parts[duty] for duty in duties if duty in parts]
    if len(found) < len(duties):
        return [None, None, None]
    quarter = Quarter(code, tuple(found))
    worse = min(found, key=lambda part: part.share if part.share is not None else 2.0)
    return [quarter.share, round(worse.numerator), round(worse.denominator)]


def problem_schools(
    rows: Sequence[Mapping[str, Any]], names: Mapping[str, Words], agreed: Coaching
) -> Sheet:
    """Give the schools that are listed for coaching, the most problems first."""
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        if row["school_code"] in names:
            of_school = counts.setdefault(row["school_code"], {})
            of_school[row["kind"]] = of_school.get(row["kind"], 0) + row["count"]
    listed = {code: kinds for code, kinds in counts.items()
              if sum(kinds.values()) >= agreed.problems}  # fmt: skip
    kinds = sorted({kind for found in listed.values() for kind in found})
    columns = (
        Column("school", ("学校", "School"), "words"),
        Column("problems", ("问题", "Problems")),
        *(Column(kind, KINDS[Kind(kind)]) for kind in kinds),
    )
    ordered = sorted(listed, key=lambda code: (-sum(listed[code].values()), code))
    lines: tuple[tuple[Cell, ...], ...] = tuple(
        (names[code], sum(listed[code].values()), *(listed[code].get(kind, 0) for kind in kinds))
        for code in ordered
    )
    note = (
        f"近 {agreed.within_days} 天内问题达到 {agreed.problems} 起及以上；误报、演练不计。",
        f"{agreed.problems} problems or more in {agreed.within_days} days; no drills.",
    )
    return Sheet("problem_schools", ("需辅导的学校", "Schools for coaching"), columns, lines,
                 note=note)  # fmt: skip
