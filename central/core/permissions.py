"""Who may take which step: one table, read by the pages and by the step itself."""

from collections.abc import Iterable

from central.core.people import DISTRICT_WIDE, ON_THE_SPOT, Actor, Role
from central.core.workflow import Status, Step, steps_from

_NOBODY: frozenset[Role] = frozenset()

MAY: dict[Step, tuple[frozenset[Role], frozenset[Role]]] = {
    # step: roles within the task's own unit, roles that may whichever unit has it
    Step.DISPATCH: (_NOBODY, DISTRICT_WIDE),
    Step.ACKNOWLEDGE: (ON_THE_SPOT, _NOBODY),
    Step.TRANSFER: (ON_THE_SPOT - {Role.GUARD}, DISTRICT_WIDE),
    Step.DISPOSE: (ON_THE_SPOT, _NOBODY),
    Step.REPORT_BACK: (ON_THE_SPOT, _NOBODY),
    Step.VERIFY: (_NOBODY, DISTRICT_WIDE),
    Step.CLOSE: (_NOBODY, DISTRICT_WIDE),
    Step.RETURN: (_NOBODY, DISTRICT_WIDE),
    Step.URGE: (_NOBODY, DISTRICT_WIDE),
    Step.SUPERVISE: (_NOBODY, DISTRICT_WIDE),
    Step.ESCALATE: (ON_THE_SPOT, DISTRICT_WIDE),
    Step.FALSE_ALARM: (_NOBODY, DISTRICT_WIDE),
    Step.REOPEN: (_NOBODY, DISTRICT_WIDE),
}


def may(actor: Actor, step: Step, task_unit: str) -> bool:
    """Tell whether this person's role and unit allow the step on a task of `task_unit`."""
    within, anywhere = MAY[step]
    return actor.role in anywhere or (actor.unit_code == task_unit and actor.role in within)


def may_see(actor: Actor, units: Iterable[str]) -> bool:
    """Tell whether an incident with tasks or copies for `units` is this person's to see."""
    return actor.is_district_wide or (actor.role in ON_THE_SPOT and actor.unit_code in set(units))


def steps_for(actor: Actor, task_unit: str, status: Status) -> list[Step]:
    """List the steps that this person may take now, in the loop's order."""
    return [step for step in steps_from(status) if may(actor, step, task_unit)]
