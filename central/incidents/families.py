"""Families and class teachers: found by the children whom a case is about."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Connection

from central.adapters.store import pupils, subjects
from central.adapters.store.incidents import Incident
from central.adapters.store.notifications import Told
from central.adapters.store.tasks import Person, people
from central.core.disclosure import Facts
from central.core.people import Role
from central.core.subjects import Certainty, Subject, may_be_told
from central.incidents.about import for_family

FAMILY = "guardian"
PREFIX = "guardian:"
"""How a letter names a guardian; the address is found in the hand that delivers."""
STOOD_IN = (
    "该班没有登记班主任，已转告学校安全负责人",
    "the class has no registered teacher: the school's safety lead was told instead",
)
NO_WAY = (
    "家长没有登记联系方式，或不同意用现有通道告知，请电话联系 / no way to reach the guardian is "
    "registered and agreed to: please call"
)


def is_family(to: Told) -> bool:
    """Tell whether a letter goes to the guardian of one child."""
    return to.recipient.startswith(PREFIX)


class Family(NamedTuple):
    """How the guardians of one child are written to; none where nobody is registered."""

    child: Subject
    letters: tuple[Told, ...]

    @property
    def is_reached(self) -> bool:
        """Tell whether any letter can go out."""
        return any(to.address for to in self.letters)


def families(
    connection: Connection, children: Iterable[Subject], channels: Sequence[str]
) -> Iterator[Family]:
    """Give the guardians of each child by the ways they agreed to.

    A guardian whom no way reaches has a letter without address: its failure shows.
    """
    for child in children:
        if child.pupil_id is None:
            continue
        letters: list[Told] = []
        for row in pupils.guardians(connection, child.pupil_id):
            called = f"{PREFIX}{row.guardian_id}"
            agreed = {"sms": row.told_by_sms, "zlb": row.told_by_zlb}
            own = [channel for channel in channels if agreed.get(channel)]
            letters += [Told(FAMILY, called, way, f"{called}:{way}") for way in own]
            if not own:
                letters.append(Told(FAMILY, called, (*channels, "sms")[0], ""))
        yield Family(child, tuple(letters))


class Teachers(NamedTuple):
    """Who teaches the children of a school; others of the school where nobody is registered."""

    people: tuple[Person, ...]
    is_stand_in: bool


def teachers(connection: Connection, unit_code: str, children: Iterable[Subject]) -> Teachers:
    """Give the class teachers of a school's children, or the school's safety lead."""
    classes = {
        one.class_code
        for one in children
        if one.unit_code == unit_code and one.class_code and one.certainty is not Certainty.REJECTED
    }
    names = {
        f"{pupils.ACCOUNT_PREFIX}{username}"
        for code in classes
        for username in pupils.teachers(connection, unit_code, code)
    }
    if names:
        mine = people(connection, unit_code, {Role.CLASS_TEACHER})
        return Teachers(tuple(one for one in mine if one.account_id in names), is_stand_in=False)
    leads = people(connection, unit_code, {Role.SCHOOL_SAFETY_LEAD})
    return Teachers(tuple(leads), is_stand_in=True)


@dataclass(slots=True)
class Children:
    """Whom a case is about, as far as one occasion concerns them (`only`), and whose they are."""

    connection: Connection
    incident: Incident
    only: frozenset[str] | None = None
    stood_in: set[str] = field(default_factory=set)
    """Schools whose safety lead was told in a class teacher's place."""
    _found: list[Subject] | None = None

    def all(self) -> list[Subject]:
        """Give all of them, read once."""
        if self._found is None:
            found = subjects.of_incident(self.connection, self.incident.incident_id)
            self._found = [one for one in found if self.only is None or one.subject_id in self.only]
        return self._found

    def tellable(self) -> list[Subject]:
        """Give those of whom letters may speak."""
        return [one for one in self.all() if may_be_told(self.incident.scenario, one)]

    def schools(self) -> set[str]:
        """Give the schools of those of whom letters may speak."""
        return {one.unit_code for one in self.tellable() if one.unit_code}

    def families(self, channels: Sequence[str]) -> Iterator[Family]:
        """Give the families to tell."""
        return families(self.connection, self.tellable(), channels)

    def teachers_to_tell(self) -> list[Person]:
        """Give the class teachers of those of whom letters may speak."""
        return [one for code in sorted(self.schools()) for one in self._of(code, self.tellable())]

    def teachers(self, unit_code: str) -> list[Person]:
        """Give the class teachers whose task it is."""
        return self._of(unit_code, self.all())

    def for_family(self, facts: Facts, to: Told) -> Facts | None:
        """Give the facts for a family that was told before; None where it was not their child."""
        row = pupils.guardian(self.connection, to.recipient.removeprefix(PREFIX))
        mine = [one for one in self.tellable() if row and one.pupil_id == row.pupil_id]
        return for_family(facts, mine[0]) if mine else None

    def _of(self, unit_code: str, children: Sequence[Subject]) -> list[Person]:
        found = teachers(self.connection, unit_code, children)
        if found.is_stand_in and found.people:
            self.stood_in.add(unit_code)
        return list(found.people)
