"""A playbook: who acts on an incident, by when, who hears of it, and what closes it.

Recipients are named by relation to the place ("the site's town"), never by name. A playbook is
data; it is frozen into the incident when that opens, so that a later edit cannot bend a running
case.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from central.core.calendar import ClockName
from central.core.kinds import AnyKind
from central.core.people import DISTRICT_WIDE, ON_THE_SPOT, Role
from central.core.report_back import Demand
from central.core.workflow import Step
from contract.scenarios import Scenario

DAY_S = 86_400
LONGEST_S = 90 * DAY_S

WaitsFor = Literal["acknowledge", "report_back", "close"]
ChannelName = Literal[
    "zwdd", "zlb", "sms", "email", "dingtalk", "wecom", "feishu", "webhook", "apprise", "page"
]
Origin = Literal["plan", "district", "ours"]
Text = Annotated[str, Field(min_length=1, max_length=200)]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
Limit = Annotated[int, Field(gt=0, le=LONGEST_S)]


def _acts(role: Role) -> Role:
    if role not in ON_THE_SPOT:
        msg = f"{role} takes no part in incidents"
        raise ValueError(msg)
    return role


ActingRole = Annotated[Role, AfterValidator(_acts)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Recipient(_Strict):
    """Roles in one unit, found by its relation to the place or named as a department."""

    relation: Literal["town", "school", "station"] | None = None
    unit: Code | None = None
    of_task: bool = False
    roles: tuple[ActingRole, ...] = Field(default=(), max_length=8)

    @model_validator(mode="after")
    def _one_way(self) -> "Recipient":
        ways = (self.relation is not None) + (self.unit is not None) + self.of_task
        if ways != 1:
            msg = "name the unit in exactly one way: relation, unit or of_task"
            raise ValueError(msg)
        return self

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
            msg = "levels must come later and later (after_s)"
            raise ValueError(msg)
        if not any(recipient.reaches_the_district for recipient in self.levels[-1].tell):
            msg = (
                "the last level must reach a duty_officer or district_admin: nothing ends silently"
            )
            raise ValueError(msg)
        return self


class Opening(_Strict):
    """A task that is dispatched later: once another has reported back, with one of these."""

    task: Code = Field(description="the code of the task that is waited for")
    outcomes: tuple[Code, ...] = Field(default=(), description="only these; none: any")


class Duty(_Strict):
    """One responsible unit's task."""

    code: Code | None = Field(default=None, description="what other tasks call it")
    who: Recipient
    part: Literal["lead", "joint"]
    duty_zh: Text
    duty_en: Text
    opens_on: Opening | None = Field(default=None, description="none: at once")
    report: Demand = Demand()
    deadlines: tuple[Deadline, ...] = Field(min_length=1, max_length=3)

    @model_validator(mode="after")
    def _waits_once_for_each(self) -> "Duty":
        waited = [deadline.waits_for for deadline in self.deadlines]
        if len(set(waited)) != len(waited):
            msg = "each waits_for may stand once only"
            raise ValueError(msg)
        if missing := {"acknowledge", "report_back"} - set(waited):
            msg = f"a deadline is missing for {', '.join(sorted(missing))}"
            raise ValueError(msg)
        if self.who.of_task:
            msg = "a task's own unit cannot be named by the task"
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
    stale_after_s: Limit
    limits_origin: Origin
    tasks: tuple[Duty, ...] = Field(min_length=1, max_length=16)
    copies: tuple[Recipient, ...] = ()
    channels: dict[Code, tuple[ChannelName, ...]]
    platforms: tuple[ChannelName, ...] = Field(default=(), description="told as `*`")
    note_on: tuple[Step, ...] = (Step.REPORT_BACK,)
    closes_when: Literal["all_tasks_verified", "each_task_verified"] = "all_tasks_verified"

    @model_validator(mode="after")
    def _hangs_together(self) -> "Playbook":
        leads = [duty for duty in self.tasks if duty.part == "lead"]
        if len(leads) != 1:
            msg = f"tasks: exactly one part must be lead, found {len(leads)}"
            raise ValueError(msg)
        if len({duty.duty_zh for duty in self.tasks}) != len(self.tasks):
            msg = "tasks: each duty_zh must be its own, it names the duty"
            raise ValueError(msg)
        if Step.REPORT_BACK not in self.note_on:
            msg = "note_on: report_back must ask for a note, it is what closes the loop"
            raise ValueError(msg)
        self._follows_well()
        named = [r for duty in self.tasks for d in duty.deadlines for x in d.levels for r in x.tell]
        wanted = {audience_of_recipient(r) for r in named if not r.of_task}
        wanted |= {audience_of_recipient(duty.who) for duty in self.tasks}
        wanted |= {audience_of_recipient(copy) for copy in self.copies} | {"edu"}
        if missing := sorted(wanted - set(self.channels)):
            msg = f"channels: no way is given to reach {', '.join(missing)}"
            raise ValueError(msg)
        return self

    def _follows_well(self) -> None:
        codes = [duty.code for duty in self.tasks if duty.code]
        if len(set(codes)) != len(codes):
            msg = "tasks: each code may stand once only"
            raise ValueError(msg)
        at_once = {duty.code for duty in self.tasks if duty.opens_on is None}
        for duty in self.tasks:
            if duty.opens_on is None:
                continue
            awaited = next((one for one in self.tasks if one.code == duty.opens_on.task), None)
            if awaited is None or awaited.code not in at_once:
                msg = f"opens_on: no task with code {duty.opens_on.task} is dispatched at once"
                raise ValueError(msg)
            if unknown := set(duty.opens_on.outcomes) - set(awaited.report.outcomes):
                msg = f"opens_on: task {awaited.code} has no outcome {', '.join(sorted(unknown))}"
                raise ValueError(msg)
            if duty.part == "lead":
                msg = "opens_on: the lead is dispatched at once"
                raise ValueError(msg)

    @property
    def at_once(self) -> tuple[Duty, ...]:
        """The tasks that are dispatched when a case opens."""
        return tuple(duty for duty in self.tasks if duty.opens_on is None)

    def opened_by(self, duty: Duty, outcome: str | None) -> tuple[Duty, ...]:
        """Give the tasks that a report-back on `duty` calls for."""
        return tuple(
            one
            for one in self.tasks
            if one.opens_on is not None
            and one.opens_on.task == duty.code
            and (not one.opens_on.outcomes or outcome in one.opens_on.outcomes)
        )

    def covers(self, scenario: Scenario, kind: AnyKind) -> bool:
        """Tell whether an alert of this scenario and kind is this playbook's."""
        return scenario in self.scenarios and (not self.kinds or kind in self.kinds)


def audience_of_recipient(recipient: Recipient) -> str:
    """Give the audience of a recipient that is named by relation or as a department."""
    return recipient.relation or audience_of(recipient.unit or "")


def audience_of(unit_code: str) -> str:
    """Give the audience a unit belongs to, which decides the text and the channels.

    `town:yuelin` is a town, `school:shiyan` a school; a department is an audience of its own.
    """
    return unit_code.partition(":")[0]


def choose(playbooks: tuple[Playbook, ...], scenario: Scenario, kind: AnyKind) -> Playbook | None:
    """Give the playbook for an alert: one that names its kind goes before one for all kinds."""
    fitting = [playbook for playbook in playbooks if playbook.covers(scenario, kind)]
    return min(fitting, key=lambda playbook: not playbook.kinds, default=None)
