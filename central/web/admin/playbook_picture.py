"""A playbook as a picture: who does what from which moment, by when, and who hears of a delay."""

from collections.abc import Iterator, Mapping

from central.core.naming import Words
from central.core.playbook import Deadline, Duty, Notice, Opening, Playbook, Recipient
from central.core.playbook_flow import Stage, stages
from central.core.playbook_page import spelled
from central.core.workflow import STEP_WORDS, Step
from central.web.drawn import Drawn, DrawnDuty, DrawnStage, Ladder, Rung
from central.web.languages import say
from central.web.words import ROLES

WHO: dict[str, Words] = {
    "town": ("属地镇街", "the town"), "school": ("学校", "the school"),
    "station": ("派出所", "the police station"), "class_teacher": ("班主任", "the class teacher"),
    "guardian": ("家长", "the guardians"), "guardians": ("全校家长", "all guardians"),
}  # fmt: skip
CLOCKS: dict[str, Words] = {
    "always": ("", ""),
    "work": ("只计工作时间", "working hours only"),
    "school": ("只计教学时间", "school hours only"),
}
ENDS: dict[str, Words] = {
    "all_tasks_verified": ("全部任务核查后办结", "Closed once every task is verified"),
    "each_task_verified": ("任务逐项核查、逐项办结", "Each task is closed once it is verified"),
}
BEGINS: Words = ("立案，立即下达", "A case opens; at once")
CONFIRMED: Words = ("指认核实属实后", "Once it is verified whom it is about")


def drawn(playbook: Playbook, names: Mapping[str, str]) -> Drawn:
    """Draw a playbook; `names` are the units by their codes, in the reader's language."""
    return Drawn([_stage(playbook, one, names) for one in stages(playbook)])


def called(to: Recipient, names: Mapping[str, str]) -> str:
    """Name whom a playbook tells: the relation or department, and the roles."""
    who = names.get(to.unit or "", to.unit or "")
    if to.of_task:
        who = say(("责任单位", "the responsible unit"))
    elif to.relation:
        who = say(WHO[to.relation])
    roles = say(("、", ", ")).join(say(ROLES[str(one)]) for one in to.roles)
    return who + say((f"（{roles}）", f" ({roles})")) if roles else who


def _stage(playbook: Playbook, stage: Stage, names: Mapping[str, str]) -> DrawnStage:
    if stage.upon == "open":
        tone, title = "open", say(BEGINS)
    elif stage.upon == "close":
        tone, title = "close", say(ENDS[playbook.closes_when])
    elif stage.upon == "confirmed":
        tone, title = "after", say(CONFIRMED)
    else:
        tone, title = "after", _awaited(playbook, stage.upon, names)
    duties = [_duty(one, names) for one in stage.duties]
    return DrawnStage(tone, title, list(_told(stage, names)), duties)


def _awaited(playbook: Playbook, upon: tuple[Opening, ...], names: Mapping[str, str]) -> str:
    """Say which report-backs a stage waits for; those of one outcome are said together."""
    said: dict[str, list[str]] = {}
    for one in upon:
        duty = next(duty for duty in playbook.tasks if duty.code == one.task)
        said.setdefault(_reported(one, duty), []).append(_unit(duty.who, names))
    either = say((" 或 ", " or "))
    return say(("；或 ", "; or ")).join(
        f"{either.join(units)} {what}" for what, units in said.items()
    )


def _reported(upon: Opening, duty: Duty) -> str:
    found = [duty.report.outcomes[code] for code in upon.outcomes]
    if upon.once == "verified":
        zh, en = "的反馈经核查", "the report-back is verified"
    else:
        zh, en = "反馈", "reports back"
    if not found:
        return say((zh + "后", en))
    return say((
        f"{zh}“{'”或“'.join(one.zh for one in found)}”后",
        f"{en} “{'” or “'.join(one.en for one in found)}”",
    ))  # fmt: skip


def _unit(to: Recipient, names: Mapping[str, str]) -> str:
    return called(to.model_copy(update={"roles": ()}), names)


def _told(stage: Stage, names: Mapping[str, str]) -> Iterator[tuple[Words, str, Words]]:
    if stage.copies:
        yield ("抄送", "Copy to"), _all(stage.copies, names), ("", "")
    for one in stage.notices:
        yield ("告知", "Told"), _all(one.tell, names), _words(one)


def _words(notice: Notice) -> Words:
    if not notice.with_result:
        return notice.words_zh, notice.words_en
    return f"{notice.words_zh}……", f"{notice.words_en} …"


def _duty(duty: Duty, names: Mapping[str, str]) -> DrawnDuty:
    outcomes = say((" / ", " / ")).join(
        say((one.zh, one.en)) for one in duty.report.outcomes.values()
    )
    return DrawnDuty(
        duty.part, called(duty.who, names), (duty.duty_zh, duty.duty_en), outcomes,
        [_ladder(one, names) for one in duty.deadlines],
    )  # fmt: skip


def _ladder(deadline: Deadline, names: Mapping[str, str]) -> Ladder:
    return Ladder(
        deadline.waits_for,
        STEP_WORDS[Step(deadline.waits_for)],
        CLOCKS[deadline.clock],
        [Rung(spelled(one.after_s, deadline.clock), _all(one.tell, names))
         for one in deadline.levels],
        spelled(deadline.repeat_s, deadline.clock),
    )  # fmt: skip


def _all(tell: tuple[Recipient, ...], names: Mapping[str, str]) -> str:
    return say(("、", ", ")).join(called(one, names) for one in tell)
