"""A playbook: who acts on an incident, by when, who hears of it, and what closes it.

Recipients are named by relation to the place ("the site's town"), never by name. A playbook is
data; it is frozen into the incident when that opens, so that a later edit cannot bend a running
case.
"""

from collections.abc import Container, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from central.core.calendar import ClockName
from central.core.kinds import AnyKind
from central.core.people import DISTRICT_WIDE, ON_THE_SPOT, Role
from central.core.report_back import Demand
from central.core.workflow import Step
from contract.scenarios import Scenario, Severity

DAY_S = 86_400
LONGEST_S = 90 * DAY_S

WaitsFor = Literal["acknowledge", "report_back", "close"]
ChannelName = Literal[
    "zwdd", "zlb", "sms", "email", "dingtalk", "wecom", "feishu", "webhook", "apprise", "page"
]
Relation = Literal["town", "school", "station", "class_teacher", "guardian", "guardians"]
"""`class_teacher`, `guardian`: of the pupils whom the case is about; `guardians`: of the school."""
Answerer = Literal["town", "school", "station", "class_teacher", "department"]
WITHOUT_DUTY = frozenset({"guardian", "guardians"})
Origin = Literal["plan", "district", "ours"]
Text = Annotated[str, Field(min_length=1, max_length=200)]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
Limit = Annotated[int, Field(gt=0, le=LONGEST_S)]


def _acts(role: Role) -> Role:
    if role not in ON_THE_SPOT:
        msg = f"{role} 不参与事件办理，请换角色 / {role} takes no part in incidents, name another"
        raise ValueError(msg)
    return role


ActingRole = Annotated[Role, AfterValidator(_acts)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Recipient(_Strict):
    """Roles in one unit, found by its relation to the place or named as a department."""

    relation: Relation | None = None
    unit: Code | None = None
    of_task: bool = False
    roles: tuple[ActingRole, ...] = Field(default=(), max_length=8)

    @model_validator(mode="after")
    def _one_way(self) -> "Recipient":
        ways = (self.relation is not None) + (self.unit is not None) + self.of_task
        if ways != 1:
            msg = (
                "单位须恰用一种方式指定 / name the unit in exactly one way: relation, unit or task"
            )
            raise ValueError(msg)
        return self

    @property
    def acting(self) -> frozenset[Role]:
        """Give the roles that stand for it; a unit is named with those that may act in it."""
        if self.relation == "class_teacher":
            return frozenset({Role.CLASS_TEACHER})
        return frozenset(self.roles) or ON_THE_SPOT

    @property
    def reaches_the_district(self) -> bool:
        """Tell whether the district's own officers hear of it."""
        return self.unit is not None and bool(DISTRICT_WIDE & set(self.roles))


class Level(_Strict):
    """After this long without progress, tell these."""

    after_s: Limit
    tell: tuple[Recipient, ...] = Field(min_length=1, max_length=8)


class Deadline(_Strict):
    """How long a task may wait for a step, and who hears of it when it waits longer."""

    waits_for: WaitsFor
    origin: Origin
    clock: ClockName = Field(default="always", description="which hours count")
    levels: tuple[Level, ...] = Field(min_length=1, max_length=8)
    repeat_s: Limit

    @model_validator(mode="after")
    def _never_silent(self) -> "Deadline":
        times = [level.after_s for level in self.levels]
        if times != sorted(set(times)):
            msg = "各级时间应递增 / levels must come later and later (after_s)"
            raise ValueError(msg)
        if not any(recipient.reaches_the_district for recipient in self.levels[-1].tell):
            msg = (
                "最后一级须通知区级值班员，请加 / the last level must reach a duty_officer or "
                "district_admin, add {unit: edu, roles: [duty_officer]}: nothing ends silently"
            )
            raise ValueError(msg)
        return self


class Opening(_Strict):
    """A task that is dispatched later: once another has reported back, with one of these."""

    task: Code = Field(description="the code of the task that is waited for")
    outcomes: tuple[Code, ...] = Field(default=(), description="only these; none: any")
    once: Literal["reported", "verified"] = Field(
        default="reported", description="verified: after a second person has looked; notices only"
    )

    def is_met(self, code: str | None, outcome: str | None) -> bool:
        """Tell whether a report-back on the task of this code, with this outcome, is meant."""
        return self.task == code and (not self.outcomes or outcome in self.outcomes)


class Notice(_Strict):
    """Word to people without a duty: when a case opens or closes, or on a report-back.

    `confirmed`: once a person has verified whom the case is about.
    """

    upon: Literal["open", "close", "confirmed"] | Opening
    tell: tuple[Recipient, ...] = Field(min_length=1, max_length=8)
    words_zh: Text
    words_en: Text
    with_result: bool = Field(
        default=False, description="followed by what the report-back says for guardians"
    )

    def is_due(self, code: str | None, outcome: str | None, once: str = "reported") -> bool:
        """Tell whether a report-back on the task of this code, with this outcome, calls for it."""
        upon = self.upon
        return isinstance(upon, Opening) and upon.once == once and upon.is_met(code, outcome)


def _one_or_more(value: Any) -> Any:
    if value is None:
        return ()
    return [value] if isinstance(value, dict | Opening) else value


def _yes_or_no(value: Any) -> Any:
    return {True: "always", False: "never"}[value] if isinstance(value, bool) else value


LifeSafety = Annotated[Literal["always", "when_critical", "never"], BeforeValidator(_yes_or_no)]
"""`true` and `false` may be written for the first and the last."""

Openings = Annotated[tuple[Opening, ...], BeforeValidator(_one_or_more), Field(max_length=8)]


class Duty(_Strict):
    """One responsible unit's task."""

    code: Code | None = Field(default=None, description="what other tasks call it")
    who: Recipient
    part: Literal["lead", "joint"]
    duty_zh: Text
    duty_en: Text
    opens_on: Openings = Field(default=(), description="any of these; none: at once")
    report: Demand = Demand()
    deadlines: tuple[Deadline, ...] = Field(min_length=1, max_length=3)

    @model_validator(mode="after")
    def _waits_once_for_each(self) -> "Duty":
        waited = [deadline.waits_for for deadline in self.deadlines]
        if len(set(waited)) != len(waited):
            msg = "每种 waits_for 只能出现一次 / each waits_for may stand once only"
            raise ValueError(msg)
        if missing := {"acknowledge", "report_back"} - set(waited):
            what = ", ".join(sorted(missing))
            msg = f"缺少时限，请在 deadlines 补上 {what} / a deadline is missing for {what}, add it"
            raise ValueError(msg)
        if self.who.of_task or self.who.relation in WITHOUT_DUTY:
            msg = "who: 任务须下达给单位 / a task goes to a unit, by relation or as a department"
            raise ValueError(msg)
        return self


class Playbook(_Strict):
    """What is to be done about one scenario, or about some of its kinds."""

    playbook: Code
    version: int = Field(ge=1)
    title_zh: Text
    title_en: Text
    scenarios: tuple[Scenario, ...]
    kinds: tuple[AnyKind, ...] = Field(default=(), description="only these; none: all")
    correlate_within_s: Limit
    suggest_within_s: Limit = Field(
        default=3600, description="further apart in time nothing is suggested to belong together"
    )
    suggest_within_m: int = Field(
        default=300, ge=1, le=100_000, description="nor places further apart than this"
    )
    stale_after_s: Limit
    limits_origin: Origin
    life_safety: LifeSafety = Field(
        default="when_critical",
        description="whether its letters go before all others, past quiet hours and bundles",
    )
    tasks: tuple[Duty, ...] = Field(min_length=1, max_length=16)
    copies: tuple[Recipient, ...] = ()
    notices: tuple[Notice, ...] = Field(default=(), max_length=16)
    channels: dict[Code, tuple[ChannelName, ...]]
    platforms: tuple[ChannelName, ...] = Field(default=(), description="told as `*`")
    answers_device: tuple[Answerer, ...] = Field(
        default=(),
        max_length=8,
        description="whose acknowledgement the device's lamp and voice give back; none: anybody's",
    )
    note_on: tuple[Step, ...] = (Step.REPORT_BACK,)
    closes_when: Literal["all_tasks_verified", "each_task_verified"] = "all_tasks_verified"

    @model_validator(mode="after")
    def _hangs_together(self) -> "Playbook":
        leads = [duty for duty in self.tasks if duty.part == "lead"]
        if len(leads) != 1:
            msg = (
                f"tasks: 主办须恰好一个，现有 {len(leads)} / exactly one part must be lead, "
                f"found {len(leads)}"
            )
            raise ValueError(msg)
        if len({duty.duty_zh for duty in self.tasks}) != len(self.tasks):
            msg = "tasks: duty_zh 不能重复 / each duty_zh must be its own, it names the duty"
            raise ValueError(msg)
        if Step.REPORT_BACK not in self.note_on:
            msg = (
                "note_on: 须含 report_back / report_back must ask for a note, add it: it is what "
                "closes the loop"
            )
            raise ValueError(msg)
        self._follows_well()
        self._is_answered()
        named = [r for duty in self.tasks for d in duty.deadlines for x in d.levels for r in x.tell]
        wanted = {audience_of_recipient(r) for r in named if not r.of_task}
        wanted |= {audience_of_recipient(duty.who) for duty in self.tasks}
        wanted |= {audience_of_recipient(copy) for copy in self.copies} | {"edu"}
        wanted |= {audience_of_recipient(r) for notice in self.notices for r in notice.tell}
        if missing := sorted(wanted - set(self.channels)):
            who = ", ".join(missing)
            msg = f"channels: 请为其写明渠道 / no way is given to reach {who}, add channels"
            raise ValueError(msg)
        return self

    def _follows_well(self) -> None:
        codes = [duty.code for duty in self.tasks if duty.code]
        if len(set(codes)) != len(codes):
            msg = "tasks: code 不能重复 / each code may stand once only"
            raise ValueError(msg)
        at_once = {duty.code: duty for duty in self.at_once if duty.code}
        everyone = {duty.code: duty for duty in self.tasks if duty.code}
        for duty in self.tasks:
            if duty.opens_on and duty.part == "lead":
                msg = (
                    "opens_on: 主办须立即下达 / the lead is dispatched at once, take opens_on away"
                )
                raise ValueError(msg)
            if any(awaited.once == "verified" for awaited in duty.opens_on):
                msg = (
                    "opens_on: once: verified 只用于 notices / once: verified is for notices only, "
                    "take it away"
                )
                raise ValueError(msg)
            for awaited in duty.opens_on:
                _must_come("tasks.opens_on", awaited, at_once)
        for notice in self.notices:
            if isinstance(notice.upon, Opening):
                _must_come("notices.upon", notice.upon, everyone)

    def _is_answered(self) -> None:
        there = sorted({answerer_of(duty.who) for duty in self.tasks})
        if unknown := sorted(set(self.answers_device) - set(there)):
            what, have = ", ".join(unknown), ", ".join(there)
            msg = (
                f"answers_device: {what} 在本预案没有任务，设备永远等不到回音；可写 / {what} has "
                f"no task here, the device would wait for ever; there are: {have}"
            )
            raise ValueError(msg)

    def answers(self, duty: Duty) -> bool:
        """Tell whether a device hears when the unit with this duty acknowledges."""
        return not self.answers_device or answerer_of(duty.who) in self.answers_device

    @property
    def at_once(self) -> tuple[Duty, ...]:
        """The tasks that are dispatched when a case opens."""
        return tuple(duty for duty in self.tasks if not duty.opens_on)

    def opened_by(self, duty: Duty, outcome: str | None) -> tuple[Duty, ...]:
        """Give the tasks that a report-back on `duty` calls for."""
        return tuple(
            one
            for one in self.tasks
            if any(awaited.is_met(duty.code, outcome) for awaited in one.opens_on)
        )

    def through(self, channels: Container[str]) -> "Playbook":
        """Give the playbook as a district can carry it out: only by channels that it has.

        An audience that has none of its own is written to by e-mail, whose failure shows.
        """
        kept = {
            audience: tuple(one for one in names if one in channels) or ("email",)
            for audience, names in self.channels.items()
        }
        platforms = tuple(one for one in self.platforms if one in channels)
        return self.model_copy(update={"channels": kept, "platforms": platforms})

    def is_life_safety(self, severity: Severity) -> bool:
        """Tell whether lives may hang on a case of this severity."""
        critical = self.life_safety == "when_critical" and severity is Severity.CRITICAL
        return critical or self.life_safety == "always"

    def covers(self, scenario: Scenario, kind: AnyKind) -> bool:
        """Tell whether an alert of this scenario and kind is this playbook's."""
        return scenario in self.scenarios and (not self.kinds or kind in self.kinds)


def _must_come(where: str, awaited: Opening, duties: Mapping[str, Duty]) -> None:
    duty = duties.get(awaited.task)
    if duty is None:
        there = ", ".join(duties)
        msg = (
            f"{where}: 没有编码为 {awaited.task} 的任务，现有 {there} / "
            f"no task has the code {awaited.task}, there are: {there}"
        )
        raise ValueError(msg)
    if unknown := set(awaited.outcomes) - set(duty.report.outcomes):
        what = ", ".join(sorted(unknown))
        msg = f"{where}: 任务 {awaited.task} 没有结果 / task {awaited.task} has no outcome: {what}"
        raise ValueError(msg)


def answerer_of(recipient: Recipient) -> str:
    """Give how `answers_device` calls the unit of a task."""
    return recipient.relation or "department"


def audience_of_recipient(recipient: Recipient) -> str:
    """Give the audience of a recipient that is named by relation or as a department."""
    if recipient.relation:
        return _AUDIENCES.get(recipient.relation, recipient.relation)
    return audience_of(recipient.unit or "")


_AUDIENCES = {"class_teacher": "school", "guardians": "guardian"}


def audience_of(unit_code: str) -> str:
    """Give the audience a unit belongs to, which decides the text and the channels.

    `town:yuelin` is a town, `school:shiyan` a school; a department is an audience of its own.
    """
    return unit_code.partition(":")[0]


def choose(playbooks: tuple[Playbook, ...], scenario: Scenario, kind: AnyKind) -> Playbook | None:
    """Give the playbook for an alert: one that names its kind goes before one for all kinds.

    Of two, the one for fewer scenarios; of two such, the first.
    """
    fitting = [playbook for playbook in playbooks if playbook.covers(scenario, kind)]
    return min(fitting, key=lambda one: (not one.kinds, len(one.scenarios)), default=None)
