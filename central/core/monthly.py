"""The month's bulletin 月度通报: which sheets it has, and what its first paragraph says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from central.core.counting import COUNTED, DRILL, FALSE_ALARM
from central.core.naming import SCENARIOS, Words
from contract.scenarios import Scenario

SECTIONS: tuple[tuple[Words, tuple[str, ...]], ...] = (
    (("一、总体情况", "1. Overview"), ("kinds",)),
    (("二、时段分布", "2. When"), ("hours",)),
    (("三、地域分布", "3. Where"), ("towns", "schools")),
    (("四、单位时效", "4. How units worked"), ("units",)),
    (("五、校园安全防范“4个100%”", "5. Four times 100 %"), ("four_100", "problem_schools")),
    (("六、屡次违规场所", "6. Venues that repeat"), ("venues",)),
    (("七、虚假办结核查", "7. Sham closings to look at"), ("closings",)),
    (("八、溺水巡查建议", "8. Proposed patrols"), ("patrols",)),
)
MOST_ROWS = 20
"""A bulletin shows so many rows of a table; the pages and files hold all."""


@dataclass(frozen=True, slots=True)
class Month:
    """What one month came to."""

    cases: int
    false_alarms: int
    drills: int
    by_scenario: Mapping[str, int]


def month_of_rows(rows: Sequence[Mapping[str, Any]], month: int) -> Month:
    """Sum one month up from counts by month, scenario, kind and state."""
    mine = [row for row in rows if row["month"] == month]
    states = {one: sum(row["cases"] for row in mine if row["state"] == one)
              for one in (COUNTED, FALSE_ALARM, DRILL)}  # fmt: skip
    by_scenario: dict[str, int] = {}
    for row in mine:
        if row["state"] == COUNTED:
            by_scenario[row["scenario"]] = by_scenario.get(row["scenario"], 0) + row["cases"]
    return Month(states[COUNTED], states[FALSE_ALARM], states[DRILL], by_scenario)


def summary(now: Month, before: Month, year_ago: Month) -> Words:
    """Say what the month came to, against the month and the year before."""
    most = sorted(now.by_scenario, key=lambda one: (-now.by_scenario[one], one))[:3]
    named = [(SCENARIOS[Scenario(one)], now.by_scenario[one]) for one in most]
    zh_most = "、".join(f"{words[0]} {count} 起" for words, count in named)
    en_most = ", ".join(f"{words[1]} {count}" for words, count in named)
    told = now.cases + now.false_alarms
    share = f"{now.false_alarms / told:.1%}" if told else "—"
    zh = (
        f"本月全区共受理事件 {now.cases} 起，{_against(now.cases, before.cases, '环比')}，"
        f"{_against(now.cases, year_ago.cases, '同比')}。"
        f"{f'居前的是：{zh_most}。' if most else ''}"
        f"误报 {now.false_alarms} 起（占预警 {share}），演练 {now.drills} 次，均不计入事件。"
    )
    en = (
        f"{now.cases} cases this month ({before.cases} the month before, {year_ago.cases} a year "
        f"ago). {f'Most: {en_most}. ' if most else ''}{now.false_alarms} false alarms ({share} of "
        f"alerts) and {now.drills} drills are not among them."
    )
    return zh, en


def _against(now: int, before: int, word: str) -> str:
    if before == 0:
        return f"{word}无可比数据"
    change = (now - before) / before
    if abs(change) < 0.0005:  # noqa: PLR2004 - shown with one digit
        return f"{word}持平"
    return f"{word}{'上升' if change > 0 else '下降'} {abs(change):.1%}"
