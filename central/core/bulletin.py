"""Letters that belong to no case: gaps in the roster, what cannot be reached. Chinese first."""

from collections.abc import Sequence

from central.core.duty import Span
from central.core.local_time import ZONE, from_ms
from central.core.naming import Words

MOST_LINES = 40


def duty_letter(unit: Words, spans: Sequence[Span]) -> tuple[str, str]:
    """Give subject and text for hours in which nobody of a unit is on duty."""
    lines = [f"{clock(a)} — {clock(b)}" for a, b in spans[:MOST_LINES]]
    subject = f"【值班缺口】{unit[0]}：{len(spans)} 段时间无人值班"
    chinese = [f"{unit[0]}的值班表在以下时间无人值班，请安排人员：", *lines]
    english = [f"Nobody of {unit[1]} is on duty at these times, please arrange somebody:", *lines]
    return subject, "\n".join([*chinese, "", *english, ""])


def reach_letter(found: Sequence[tuple[str, str, Words]]) -> tuple[str, str]:
    """Give subject and text for relations that reach nobody: place, playbook, what to do."""
    subject = f"【可达性】新发现 {len(found)} 处通知不到人"
    shown = found[:MOST_LINES]
    chinese = [f"{place} · {playbook}：{what[0]}" for place, playbook, what in shown]
    english = [f"{place} · {playbook}: {what[1]}" for place, playbook, what in shown]
    more = len(found) - len(shown)
    tail = ([f"另有 {more} 处，见“可达性”页面。"], [f"{more} more: see the page Reachability."])
    zh = ["以下关系在事发时将通知不到人，请先补齐：", *chinese, *(tail[0] if more else [])]
    en = ["These would reach nobody in an incident, please see to them:", *english,
          *(tail[1] if more else [])]  # fmt: skip
    return subject, "\n".join([*zh, "", *en, ""])


def clock(at_ms: int) -> str:
    """Give date and time to the minute: `2026-12-01 08:00`."""
    return from_ms(at_ms).astimezone(ZONE).strftime("%Y-%m-%d %H:%M")
