"""What rules say of a frame: what is new, what goes on, and what is said aloud."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from contract.messages import Match
from contract.scenarios import Kind, Phase, Severity
from edge_agent.core.tracks import Track


@dataclass(frozen=True, slots=True)
class Response:
    """How a kind of finding is said and ranked; "" is said by nobody."""

    phrase_id: str
    severity: Severity


RESPONSES = {
    Kind.OVERSTAY: Response("step_back_from_water", Severity.WARNING),
    Kind.LINE_CROSSED: Response("line_crossed", Severity.CRITICAL),
    Kind.MINOR_MATCH: Response("", Severity.WARNING),
    Kind.PERSON_OF_CONCERN_MATCH: Response("", Severity.WARNING),
    Kind.GATE_OPEN: Response("", Severity.WARNING),
    Kind.GUARD_ABSENT: Response("", Severity.WARNING),
    Kind.ESCORT_ABSENT: Response("", Severity.WARNING),
    Kind.VIDEO_FAULT: Response("", Severity.WARNING),
}


class Episode(NamedTuple):
    """What makes one thing that goes on the same; `subject` is who or what it is about."""

    kind: Kind
    place_id: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """How something that goes on stands in this frame."""

    people: int | None = None
    dwell_s: float | None = None
    track: Track | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to report; `place_id` names the zone or the line, "" the whole camera."""

    kind: Kind
    place_id: str
    track: Track | None = None
    people: int | None = None
    dwell_s: float | None = None
    is_announced: bool = False
    subject: str = ""
    phase: Phase = Phase.START
    matches: tuple[Match, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def response(self) -> Response:
        """How it is said and ranked."""
        return RESPONSES[self.kind]

    @property
    def episode(self) -> Episode:
        """What it is part of, from start to end."""
        return Episode(self.kind, self.place_id, self.subject)


@dataclass(frozen=True, slots=True)
class Saying:
    """A phrase to say aloud now, because of what goes on; `entry_id`: to whom, where known."""

    phrase_id: str
    episode: Episode
    entry_id: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one frame leads to: what to say now, what is new, and all that goes on."""

    sayings: tuple[Saying, ...] = ()
    findings: tuple[Finding, ...] = ()
    going_on: Mapping[Episode, State] = field(default_factory=dict)

    @property
    def phrase_ids(self) -> tuple[str, ...]:
        """What is said, by name."""
        return tuple(saying.phrase_id for saying in self.sayings)

    def __or__(self, other: "Verdict") -> "Verdict":
        return Verdict(
            self.sayings + other.sayings,
            self.findings + other.findings,
            {**self.going_on, **other.going_on},
        )
