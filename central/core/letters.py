"""The text of a notification, made for its audience: Chinese first, English below.

A line appears only where the audience may know every field it speaks of.
"""

import json
from enum import StrEnum
from typing import Any, NamedTuple

from central.core.disclosure import NAMES_CHILDREN, Facts, visible
from central.core.drills import MARK
from central.core.late_names import harmless
from central.core.local_time import clock_of, from_ms
from central.core.naming import KINDS, SCENARIOS, SEVERITIES, Words

MINUTE_S = 60
HOUR_S = 3600
DAY_S = 86_400


class Moment(StrEnum):
    """Why somebody is told now."""

    DISPATCHED = "dispatched"
    COPIED = "copied"
    TRANSFERRED = "transferred"
    RETURNED = "returned"
    REOPENED = "reopened"
    URGED = "urged"
    SUPERVISED = "supervised"
    OVERDUE = "overdue"
    UNREACHABLE = "unreachable"
    OVER = "over"
    FALSE_ALARM = "false_alarm"
    NOTICE = "notice"
    CHANGED = "changed"
    UNUSUAL = "unusual"
    MERGED = "merged"
    UNMERGED = "unmerged"


HEADLINES: dict[Moment, Words] = {
    Moment.DISPATCHED: ("请立即签收并处置", "please acknowledge and act now"),
    Moment.COPIED: ("抄送，供知悉", "for your information"),
    Moment.TRANSFERRED: ("已流转给你单位，请签收", "passed on to your unit, please acknowledge"),
    Moment.RETURNED: ("反馈被退回，请补充", "your report was returned, please complete it"),
    Moment.REOPENED: ("事件重开，请签收", "reopened, please acknowledge"),
    Moment.URGED: ("催办，请尽快办理", "reminder, please go on"),
    Moment.SUPERVISED: ("督办，请立即办理", "under supervision, please act at once"),
    Moment.OVERDUE: ("超时未办，已升级", "overdue, escalated"),
    Moment.UNREACHABLE: ("有单位联系不到人，请人工联系", "nobody can be reached, please call them"),
    Moment.OVER: ("已办结，无需再处置", "closed, nothing more to do"),
    Moment.NOTICE: ("请知悉", "please take note"),
    Moment.CHANGED: ("安排有变，请留意", "the arrangement has changed, please note"),
    Moment.UNUSUAL: (
        "有人申请或结束非常查阅，请到平台核对",
        "unusual access, please look",
    ),
    Moment.FALSE_ALARM: ("系误报，已解除", "a false alarm, cancelled"),
    Moment.MERGED: ("已并案", "merged into another case"),
    Moment.UNMERGED: ("并案已撤销", "no longer merged"),
}


URGENT = frozenset(Moment) - {
    Moment.OVER, Moment.FALSE_ALARM, Moment.RETURNED, Moment.UNUSUAL,
}  # fmt: skip
"""What is told while lives may still hang on it."""


class _Line(NamedTuple):
    needs: frozenset[str]
    zh: str
    en: str


def _line(needs: str, zh: str, en: str) -> _Line:
    return _Line(frozenset(needs.split()), zh, en)


_LINES = (
    _line("words_zh words_en", "{words_zh}", "{words_en}"),
    _line("child_zh child_en", "孩子：{child_zh}", "Child: {child_en}"),
    _line("pupils_zh pupils_en", "学生：{pupils_zh}", "Pupil: {pupils_en}"),
    _line("age_zh age_en", "对象：{age_zh}", "Who: {age_en}"),
    _line("number", "编号：{number}", "Number: {number}"),
    _line("site_zh site_en", "地点：{site_zh}", "Place: {site_en}"),
    _line("zone_id", "区域：{zone_id}", "Zone: {zone_id}"),
    _line("kind severity", "情况：{kind_zh}（{severity_zh}）", "What: {kind_en} ({severity_en})"),
    _line("instruction", "处置要求：{instruction}", "What to do: {instruction}"),
    _line("people", "人数：{people}", "People: {people}"),
    _line("dwell_s", "停留：{dwell_s:.0f} 秒", "Stayed: {dwell_s:.0f} s"),
    _line("alert_count", "预警次数：{alert_count}", "Alerts: {alert_count}"),
    _line("occurred_at", "时间：{clock}", "Time: {clock} (UTC+8)"),
    _line("device_id", "设备：{device_id}", "Device: {device_id}"),
    _line("camera_id", "摄像头：{camera_id}", "Camera: {camera_id}"),
    _line("unit_zh unit_en", "责任单位：{unit_zh}", "Responsible: {unit_en}"),
    _line("duty_zh duty_en", "任务：{duty_zh}", "Task: {duty_en}"),
    _line(
        "waits_zh waits_en waited_s",
        "已等待 {waited_zh}，仍未{waits_zh}",
        "Waited {waited_en} for: {waits_en}",
    ),
    _line("unreachable", "联系不到：{unreachable}", "Cannot be reached: {unreachable}"),
    _line("note", "说明：{note}", "Note: {note}"),
    _line("reminder", "第 {reminder} 次提醒", "Reminder no. {reminder}"),
    _line(
        "serial told_at", "第 {serial} 条消息，{told_clock}", "Message no. {serial}, {told_clock}"
    ),
)


def subject(facts: Facts, audience: str) -> str:
    """Give a subject that tells at a glance what, where and what to do."""
    seen = visible(facts, audience)
    scenario, headline = SCENARIOS[seen["scenario"]][0], HEADLINES[Moment(seen["moment"])][0]
    again = f"（{seen['reminder']}）" if seen.get("reminder") else ""
    where = f" {seen['site_zh']}" if "site_zh" in seen else ""
    return f"{_mark(seen)[0]}【{scenario}】{seen['number']}{where}：{headline}{again}"


def text(facts: Facts, audience: str) -> str:
    """Give the text for people."""
    seen = visible(facts, audience)
    words = _spoken(seen)
    lines = [line for line in _LINES if line.needs <= seen.keys()]
    headline = HEADLINES[Moment(seen["moment"])]
    scenario = SCENARIOS[seen["scenario"]]
    zh, en = _mark(seen)
    chinese = [f"{zh}{scenario[0]}：{headline[0]}。", *(line.zh.format(**words) for line in lines)]
    english = [f"{en}{scenario[1]}: {headline[1]}.", *(line.en.format(**words) for line in lines)]
    return "\n".join([*chinese, "", *english, ""])


def data(facts: Facts, audience: str) -> str:
    """Give the same for machines, as a JSON object with codes, not words."""
    seen = visible(facts, audience)
    for name in ("occurred_at", "told_at"):
        if name in seen:
            seen[name] = from_ms(seen[name]).isoformat(timespec="milliseconds")
    return json.dumps(seen, ensure_ascii=False, sort_keys=True)


def _mark(seen: dict[str, Any]) -> Words:
    """Give what stands before every word of a drill."""
    return MARK if seen.get("is_drill") else ("", "")


def _spoken(seen: dict[str, Any]) -> dict[str, Any]:
    words = {name: _without_references(name, value) for name, value in seen.items()}
    if "occurred_at" in seen:
        words["clock"] = clock_of(seen["occurred_at"])
    if "told_at" in seen:
        words["told_clock"] = clock_of(seen["told_at"])
    if "kind" in seen and "severity" in seen:
        words["kind_zh"], words["kind_en"] = KINDS[seen["kind"]]
        words["severity_zh"], words["severity_en"] = SEVERITIES[seen["severity"]]
    words["waited_zh"], words["waited_en"] = lasted(seen.get("waited_s", 0))
    return words


def _without_references(name: str, value: Any) -> Any:
    """Only our own fields refer to children: words that people wrote never do."""
    is_free = isinstance(value, str) and name not in NAMES_CHILDREN
    return harmless(value) if is_free else value


def lasted(seconds: int) -> Words:
    """Say a duration in the largest unit that fits."""
    if seconds < 2 * MINUTE_S:
        return f"{seconds} 秒", f"{seconds} s"
    if seconds < 2 * HOUR_S:
        return f"{seconds // MINUTE_S} 分钟", f"{seconds // MINUTE_S} min"
    if seconds < 2 * DAY_S:
        return f"{seconds // HOUR_S} 小时", f"{seconds // HOUR_S} h"
    return f"{seconds // DAY_S} 天", f"{seconds // DAY_S} days"
