"""What waits for somebody: which step, on which tasks, by their unit and their office."""

from collections.abc import Mapping
from dataclasses import dataclass

from central.core import access
from central.core.people import Actor
from central.core.permissions import may
from central.core.workflow import Status, Step
from contract.scenarios import Scenario

OWN: Mapping[Status, Step] = {
    Status.DISPATCHED: Step.ACKNOWLEDGE,
    Status.ACKNOWLEDGED: Step.DISPOSE,
    Status.DISPOSED: Step.REPORT_BACK,
}
"""What a task waits for from the unit that has it."""

OFFICE: Mapping[Status, Step] = {
    Status.OPEN: Step.DISPATCH,
    Status.REPORTED: Step.VERIFY,
    Status.VERIFIED: Step.CLOSE,
}
"""What a task waits for from whoever watches over the case."""


@dataclass(frozen=True, slots=True)
class Reach:
    """In which scenarios somebody carries out their unit's tasks, and where they hold the office.

    `own` names the scenarios by the status in which a task is theirs to move.
    """

    unit_code: str
    own: Mapping[Status, frozenset[Scenario]]
    office: frozenset[Scenario]

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing ever waits for this person."""
        return not self.office and not any(self.own.values())


def reach_of(actor: Actor) -> Reach:
    """Give where tasks can wait for somebody."""
    own = {
        status: frozenset(
            one for one in Scenario
            if access.acts(actor, one) and may(actor, step, actor.unit_code, one)
        )
        for status, step in OWN.items()
    }  # fmt: skip
    office = frozenset(one for one in Scenario if access.holds_office(actor, one))
    return Reach(actor.unit_code, own, office)


def step_for(reach: Reach, unit_code: str, status: Status, scenario: Scenario) -> Step:
    """Give the step that a task waits for from somebody; what is late in other hands is urged."""
    if unit_code == reach.unit_code and scenario in reach.own.get(status, frozenset()):
        return OWN[status]
    return OFFICE.get(status, Step.URGE)
