"""What happened in a case, told in sentences: one table, both languages.

What central itself has to say is a sentence already (`note`); here is what people did.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from central.core.naming import Words
from central.core.workflow import Step

SENTENCES: Mapping[str, Words] = {
    Step.DISPATCH: ("{who}向{unit}下达任务", "{who} dispatched the task to {unit}"),
    Step.ACKNOWLEDGE: ("{unit}签收了任务，签收人{who}", "{unit} acknowledged its task: {who}"),
    Step.TRANSFER: (
        "{who}把{unit}的任务流转给{to_unit}",
        "{who} transferred the task of {unit} to {to_unit}",
    ),
    Step.DISPOSE: ("{unit}已处置，经办人{who}", "{unit} dealt with it: {who}"),
    Step.REPORT_BACK: ("{unit}反馈结果，反馈人{who}", "{unit} reported back: {who}"),
    Step.VERIFY: ("{who}核查了{unit}的反馈", "{who} verified the report of {unit}"),
    Step.CLOSE: ("{who}办结了{unit}的任务", "{who} closed the task of {unit}"),
    Step.RETURN: (
        "{who}把任务退回{unit}重新处置",
        "{who} returned the task to {unit} to be dealt with anew",
    ),
    Step.URGE: ("{who}催{unit}尽快办理", "{who} urged {unit}"),
    Step.SUPERVISE: ("{who}对{unit}督办", "{who} supervises {unit}"),
    Step.ESCALATE: ("{who}把{unit}的任务升级", "{who} escalated the task of {unit}"),
    Step.FALSE_ALARM: (
        "{who}认定这是误报，全案结束",
        "{who} found it a false alarm, which ended the case",
    ),
    Step.REOPEN: ("{who}重开了{unit}的任务", "{who} reopened the task of {unit}"),
    "undone": ("{who}撤销了上一步：{step}", "{who} took back a step: {step}"),
    "evidence": ("{who}上传了现场照片", "{who} brought a photograph"),
}
"""`{who}` a person, `{unit}` the unit whose task it is, `{to_unit}` where it goes, `{step}`."""

LETTERS = frozenset({"notice_out", "notice_failed"})
"""Lines about single letters: told together where they follow each other."""

NOBODY: Words = ("有关人员", "somebody")
SOME_UNIT: Words = ("有关单位", "the unit")


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is told: when (ms UTC), what, in which words; several letters are one line."""

    at: int
    event: str
    entry: Mapping[str, Any]
    sentence: Words | None = None
    letters: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Names:
    """What units and steps are called."""

    units: Mapping[str, Words]
    steps: Mapping[str, Words] = field(default_factory=dict)


def told(entries: Sequence[Mapping[str, Any]], names: Names) -> list[Line]:
    """Tell a timeline, the oldest first as it comes, in lines."""
    lines: list[Line] = []
    for entry in entries:
        is_letter = entry["event"] in LETTERS
        if is_letter and lines and lines[-1].letters:
            last = lines[-1]
            lines[-1] = Line(last.at, last.event, last.entry, None, (*last.letters, entry))
            continue
        letters = (entry,) if is_letter else ()
        said = sentence(entry, names)
        lines.append(Line(entry["at"], entry["event"], entry, said, letters))
    return lines


def sentence(entry: Mapping[str, Any], names: Names) -> Words | None:
    """Give the sentence of what a person did; None for what speaks for itself."""
    words = SENTENCES.get(entry["event"])
    if words is None or not entry["actor_name"]:
        return None
    detail = entry["detail"]
    unit = names.units.get(detail.get("unit", ""), SOME_UNIT)
    to_unit = names.units.get(detail.get("to_unit", ""), SOME_UNIT)
    step = names.steps.get(detail.get("step", ""), ("", ""))
    zh, en = (
        words[at].format(who=entry["actor_name"] or NOBODY[at], unit=unit[at],
                         to_unit=to_unit[at], step=step[at])
        for at in (0, 1)
    )  # fmt: skip
    return zh, en[:1].upper() + en[1:]
