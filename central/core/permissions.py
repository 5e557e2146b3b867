"""Who may take which step: one table, read by the pages and by the step itself."""

from central.core import access
from central.core.people import ON_THE_SPOT, Actor, Role
from central.core.workflow import Status, Step, steps_from
from contract.scenarios import Scenario

_NOBODY: frozenset[Role] = frozenset()
_OFFICE = True

MAY: dict[Step, tuple[frozenset[Role], bool]] = {
    # step: roles within the task's own unit, whether the office may whichever unit has it
    Step.DISPATCH: (_NOBODY, _OFFICE),
    Step.ACKNOWLEDGE: (ON_THE_SPOT, not _OFFICE),
    Step.TRANSFER: (ON_THE_SPOT - {Role.GUARD}, _OFFICE),
    Step.DISPOSE: (ON_THE_SPOT, not _OFFICE),
    Step.REPORT_BACK: (ON_THE_SPOT, not _OFFICE),
    Step.VERIFY: (_NOBODY, _OFFICE),
    Step.CLOSE: (_NOBODY, _OFFICE),
    Step.RETURN: (_NOBODY, _OFFICE),
    Step.URGE: (_NOBODY, _OFFICE),
    Step.SUPERVISE: (_NOBODY, _OFFICE),
    Step.ESCALATE: (ON_THE_SPOT, _OFFICE),
    Step.FALSE_ALARM: (_NOBODY, _OFFICE),
    Step.REOPEN: (_NOBODY, _OFFICE),
}


def may(actor: Actor, step: Step, task_unit: str, scenario: Scenario) -> bool:
    """Tell whether somebody's role and unit allow the step on a task of `task_unit`."""
    within, office = MAY[step]
    if office and access.holds_office(actor, scenario):
        return True
    is_own = actor.unit_code == task_unit and actor.role in within
    return is_own and access.acts(actor, scenario)


def steps_for(actor: Actor, task_unit: str, status: Status, scenario: Scenario) -> list[Step]:
    """List the steps that this person may take now, in the loop's order."""
    return [step for step in steps_from(status) if may(actor, step, task_unit, scenario)]
