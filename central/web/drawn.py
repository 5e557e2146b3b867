"""A playbook as a picture: what `playbook_picture.html` shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from central.core.naming import Words


@dataclass(frozen=True, slots=True)
class Rung:
    """One level of a deadline: after how long, who is told."""

    after: Words
    told: str


@dataclass(frozen=True, slots=True)
class Ladder:
    """A deadline of a task: what is waited for, its levels, and how often the last comes again."""

    step: str
    words: Words
    clock: Words
    rungs: Sequence[Rung]
    again: Words


@dataclass(frozen=True, slots=True)
class DrawnDuty:
    """A task: whose, what, the ways in which it may end, and by when."""

    part: str
    who: str
    words: Words
    outcomes: str
    ladders: Sequence[Ladder]


@dataclass(frozen=True, slots=True)
class DrawnStage:
    """What begins at one moment of a case; `tone`: `open`, `after`, `close`."""

    tone: str
    title: str
    told: Sequence[tuple[Words, str, Words]] = ()
    """Who hears of it without a duty: why, who, in which words."""
    duties: Sequence[DrawnDuty] = ()


@dataclass(frozen=True, slots=True)
class Drawn:
    """A playbook as a picture, from the opening of a case to its end."""

    stages: Sequence[DrawnStage]
