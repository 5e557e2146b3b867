"""Merging one case into another 并案: who may, when it is refused, by what rules it goes on."""

from collections.abc import Collection
from dataclasses import dataclass

from pydantic import ValidationError

from central.core.access import HEALTH
from central.core.naming import Words
from central.core.people import DISTRICT_WIDE, ON_THE_SPOT, Actor, Role
from central.core.playbook import Duty, Notice, Opening, Playbook
from central.core.workflow import Status
from contract.scenarios import Scenario

MAY_MERGE: tuple[frozenset[Role], frozenset[Role]] = (
    ON_THE_SPOT - {Role.GUARD, Role.CLASS_TEACHER},
    DISTRICT_WIDE,
)
"""Roles within the unit that leads both cases, and roles that may whichever unit leads."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of two cases that are to be merged, as far as it matters."""

    incident_id: str
    number: str
    status: Status
    scenario: Scenario
    is_drill: bool
    is_merged: bool
    has_members: bool


def may_merge(actor: Actor, leads: Collection[str]) -> bool:
    """Tell whether this person may merge cases that these units lead."""
    within, anywhere = MAY_MERGE
    is_lead = set(leads) == {actor.unit_code}
    return actor.role in anywhere or (is_lead and actor.role in within)


def why_not(side: Side, main: Side) -> Words | None:
    """Say why `side` cannot be merged into `main`; None when it can."""
    refusals: tuple[tuple[bool, Words], ...] = (
        (side.incident_id == main.incident_id,
         ("不能并入自己", "a case cannot be merged into itself")),
        (side.is_merged,
         (f"{side.number} 已并入其他事件，请先撤销并案",
          f"{side.number} is merged into another already: undo that first")),
        (main.is_merged,
         (f"{main.number} 已并入其他事件，请并入那起事件",
          f"{main.number} is merged into another: merge into that one")),
        (side.has_members,
         (f"已有事件并入 {side.number}，请先撤销，再逐一并入",
          f"others are merged into {side.number}: undo that, then merge each")),
        (Status.CLOSED in {side.status, main.status},
         ("已办结的事件不能并案；需要时先重开", "a closed case cannot be merged: reopen it first")),
        (bool({side.scenario, main.scenario} & HEALTH),
         ("心灵关爱事项不并案", "a mind care matter is never merged")),
        (side.is_drill != main.is_drill,
         ("演练与真实事件不能并案", "a drill and an earnest case cannot be merged")),
    )  # fmt: skip
    return next((words for is_so, words in refusals if is_so), None)


def grafted(main: Playbook, side: Playbook) -> Playbook | None:
    """Give the playbook of a case that takes over another's duties; None where there are too many.

    Duties are known by their words: those that both have stand once. The side's lead becomes
    joint, and what its tasks call for is still called for.
    """
    known = {duty.duty_zh for duty in main.tasks}
    codes = {duty.code for duty in main.tasks if duty.code}
    new = [duty for duty in side.tasks if duty.duty_zh not in known]
    names = _new_codes(side, main, codes)
    duties = tuple(_adopted(duty, names) for duty in new)
    notices = tuple(_renamed(one, names) for one in side.notices if one.upon != "open")
    fields = main.model_copy(
        update={
            "tasks": main.tasks + duties,
            "notices": main.notices + tuple(one for one in notices if one not in main.notices),
            "channels": {**side.channels, **main.channels},
        }
    )
    try:
        return Playbook.model_validate(fields.model_dump(mode="json"))
    except ValidationError:
        return None


def _new_codes(side: Playbook, main: Playbook, taken: Collection[str]) -> dict[str, str]:
    """Map the side's codes to what those tasks are called in the case that takes them over."""
    by_words = {duty.duty_zh: duty.code for duty in main.tasks}
    names = {}
    for duty in side.tasks:
        if duty.code is None:
            continue
        if duty.duty_zh in by_words:
            names[duty.code] = by_words[duty.duty_zh] or duty.code
        else:
            number = next(n for n in range(1, 100) if f"{duty.code[:28]}_{n}" not in taken)
            is_free = duty.code not in taken
            names[duty.code] = duty.code if is_free else f"{duty.code[:28]}_{number}"
    return names


def _adopted(duty: Duty, names: dict[str, str]) -> Duty:
    openings = tuple(_called(one, names) for one in duty.opens_on)
    code = names[duty.code] if duty.code else None
    return duty.model_copy(update={"part": "joint", "code": code, "opens_on": openings})


def _renamed(notice: Notice, names: dict[str, str]) -> Notice:
    if not isinstance(notice.upon, Opening):
        return notice
    return notice.model_copy(update={"upon": _called(notice.upon, names)})


def _called(opening: Opening, names: dict[str, str]) -> Opening:
    return opening.model_copy(update={"task": names.get(opening.task, opening.task)})
