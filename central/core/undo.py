"""Which step may be taken back, by whom and for how long: one table."""

from central.core.access import holds_office
from central.core.people import Actor
from central.core.permissions import MAY
from central.core.workflow import Step
from contract.scenarios import Scenario

UNDO_WITHIN_MS = 10 * 60 * 1000
"""Ours: long enough to notice a wrong press, short enough that nothing rests on it yet."""

UNDOABLE = frozenset({Step.ACKNOWLEDGE, Step.DISPOSE, Step.VERIFY, Step.CLOSE, Step.FALSE_ALARM})
"""Steps that send word to nobody outside, or whose word can be followed by another."""


def may_undo(
    actor: Actor, by: str, step: Step, at_ms: int, now_ms: int, scenario: Scenario
) -> bool:
    """Tell whether somebody may still take a step back: whoever took it, or their office."""
    if step not in UNDOABLE or now_ms - at_ms > UNDO_WITHIN_MS:
        return False
    _within, office = MAY[step]
    return by == actor.actor_id or (office and holds_office(actor, scenario))
