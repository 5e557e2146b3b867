"""Whom a case is about: a hint until a person has verified it, and who may do that."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from central.core.naming import Words
from central.core.people import Actor, Role
from central.core.pupils import may_name
from central.core.refusals import CaseError
from contract.scenarios import Scenario


class Certainty(StrEnum):
    """How sure it is that a case is about somebody."""

    HINT = "hint"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class How(StrEnum):
    """Who said so first."""

    DEVICE_MATCH = "device_match"
    NAMED_BY_PERSON = "named_by_person"


class Finding(StrEnum):
    """What a person found who verified."""

    CONFIRMED = "confirmed"
    NOT_THE_PERSON = "not_the_person"
    LEFT = "left"


FINDINGS: dict[Finding, Words] = {
    Finding.CONFIRMED: ("核实属实", "confirmed"),
    Finding.NOT_THE_PERSON: ("不是本人", "not the person"),
    Finding.LEFT: ("已离开，未能核实", "had left, could not be verified"),
}
CERTAINTIES: dict[Certainty, Words] = {
    Certainty.HINT: ("待核实", "to be verified"),
    Certainty.CONFIRMED: ("已核实", "verified"),
    Certainty.REJECTED: ("不是本人", "not the person"),
}
AFTER: dict[Finding, Certainty] = {
    Finding.CONFIRMED: Certainty.CONFIRMED,
    Finding.NOT_THE_PERSON: Certainty.REJECTED,
    Finding.LEFT: Certainty.HINT,
}

OUTCOME_FINDS: Mapping[str, Finding] = {
    "confirmed": Finding.CONFIRMED,
    "educated": Finding.CONFIRMED,
    "not_the_person": Finding.NOT_THE_PERSON,
    "not_a_minor": Finding.NOT_THE_PERSON,
    "not_ours": Finding.NOT_THE_PERSON,
    "left": Finding.LEFT,
    "gone": Finding.LEFT,
}
"""What a report-back's outcome says about the only one whom a case is about."""


class SubjectError(CaseError):
    """A verification that does not fit; the text says why."""


class UnknownSubjectError(CaseError):
    """Nobody of that id in this case, or not this person's to see."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody whom a case is about. A pupil's school and class come from the roster.

    `pupil_id` is None for an entry that is no pupil on the roster. Times in ms.
    """

    subject_id: str
    incident_id: str
    pupil_id: str | None
    entry_id: str | None
    how: How
    certainty: Certainty
    added_at: int
    added_by: str
    similarity: float | None = None
    votes: int | None = None
    frames: int | None = None
    finding: Finding | None = None
    found_by: str | None = None
    found_at: int | None = None
    note: str = ""
    finder_unit: str | None = None
    unit_code: str | None = None
    class_code: str | None = None
    birth_year: int | None = None
    is_erased: bool = False

    @property
    def is_undecided(self) -> bool:
        """Tell whether nobody has verified it yet."""
        return self.certainty is Certainty.HINT and self.finding is None


_OF_SCHOOL = frozenset({Role.SCHOOL_SAFETY_LEAD, Role.CLASS_TEACHER})
_USUAL: Mapping[str, frozenset[Role]] = {"school": _OF_SCHOOL}
MAY_VERIFY: Mapping[Scenario, Mapping[str, frozenset[Role]]] = {
    Scenario.VENUE_MINOR: {"culture": frozenset({Role.UNIT_OFFICER}), **_USUAL},
    Scenario.PERSON_OF_CONCERN: {
        "school": frozenset({Role.SCHOOL_SAFETY_LEAD, Role.GUARD}),
    },
    Scenario.DROWNING_RISK: _USUAL,
    Scenario.BOARDING_ABSENCE: _USUAL,
}
"""Kind of unit to roles; in a scenario that is not named, the usual."""

TOLD_AT_ONCE = frozenset({Scenario.DROWNING_RISK})
"""Life safety: the family that a device's match names hears of it before anybody has verified."""

SEARCHED_FOR: Mapping[str, frozenset[Role]] = {
    "station": frozenset({Role.STATION_OFFICER}),
    "town": frozenset({Role.UNIT_OFFICER, Role.WATER_WARDEN}),
}
"""Who must know the name of a child that is missing, to look for it."""


def may_verify(
    actor: Actor,
    scenario: Scenario,
    subject: Subject,
    units: Collection[str],
    own_classes: Collection[str],
) -> bool:
    """Tell whether somebody may verify: of a unit whose task it is (`units`), or the child's own.

    A school verifies its own pupils only, a class teacher those of the own classes.
    """
    kind = actor.unit_code.partition(":")[0]
    if actor.role not in MAY_VERIFY.get(scenario, _USUAL).get(kind, frozenset()):
        return False
    if kind == "school" and subject.unit_code is not None:
        return subject.unit_code == actor.unit_code and (
            actor.role is not Role.CLASS_TEACHER or subject.class_code in own_classes
        )
    return actor.unit_code in units


def may_know_name(
    actor: Actor,
    scenario: Scenario,
    subject: Subject,
    units: Collection[str],
    own_classes: Collection[str],
) -> bool:
    """Tell whether somebody may know who it is: the own school, and whoever searches for a child.

    Once it was found to be somebody else, nobody learns the name any more.
    """
    if subject.pupil_id is None or subject.unit_code is None or subject.is_erased:
        return False
    if subject.certainty is Certainty.REJECTED:
        return False
    if may_name(actor, subject.unit_code, subject.class_code, own_classes):
        return True
    kind = actor.unit_code.partition(":")[0]
    searches = scenario is Scenario.BOARDING_ABSENCE and actor.unit_code in units
    return searches and actor.role in SEARCHED_FOR.get(kind, frozenset())


def may_be_told(scenario: Scenario, subject: Subject) -> bool:
    """Tell whether letters may speak of a child: verified, or named by a person, or in danger."""
    if subject.pupil_id is None or subject.is_erased or subject.certainty is Certainty.REJECTED:
        return False
    return subject.certainty is Certainty.CONFIRMED or scenario in TOLD_AT_ONCE
