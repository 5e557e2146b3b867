"""A playbook in the order in which a case goes through it: what begins with what, to the end."""

from dataclasses import dataclass, replace
from typing import Literal

from central.core.playbook import Duty, Notice, Opening, Playbook, Recipient

Upon = Literal["open", "confirmed", "close"] | tuple[Opening, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """What begins at one moment. `upon`: the moment, or any of these report-backs."""

    upon: Upon
    duties: tuple[Duty, ...] = ()
    copies: tuple[Recipient, ...] = ()
    notices: tuple[Notice, ...] = ()


def stages(playbook: Playbook) -> tuple[Stage, ...]:
    """Give the stages: the opening, what follows from report-backs, and the end; none is empty.

    Every task, copy and notice of the playbook stands in exactly one of them.
    """
    found: dict[Upon, Stage] = {"open": Stage("open", copies=playbook.copies)}
    for duty in playbook.tasks:
        stage = _at(found, duty.opens_on or "open")
        found[stage.upon] = replace(stage, duties=(*stage.duties, duty))
    for notice in playbook.notices:
        upon = (notice.upon,) if isinstance(notice.upon, Opening) else notice.upon
        stage = _at(found, upon)
        found[stage.upon] = replace(stage, notices=(*stage.notices, notice))
    end = found.pop("close", Stage("close"))
    return (*found.values(), end)


def _at(found: dict[Upon, Stage], upon: Upon) -> Stage:
    return found.get(upon, Stage(upon))
