"""Whom a case is about, in the words of each reader; names are references until they are sent."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import Connection
from uuid_utils import uuid7

from central.adapters.store import incidents, pupils, subjects, tasks
from central.adapters.store.incidents import Incident
from central.adapters.store.tasks import Person
from central.core.disclosure import Facts
from central.core.late_names import class_of, name_of
from central.core.local_time import ZONE, from_ms
from central.core.naming import Words
from central.core.people import Actor, Role
from central.core.pupils import age_band
from central.core.subjects import (
    Certainty,
    Finding,
    How,
    Subject,
    may_be_told,
    may_know_name,
)
from contract.messages import Match
from contract.scenarios import Scenario

TOLD_AGES = {Scenario.VENUE_MINOR: frozenset({"culture"})}
"""Who hears how old a child about is, and nothing else."""


def note_matches(
    connection: Connection, incident: Incident, matches: Sequence[Match], now_ms: int
) -> list[Subject]:
    """Keep whom a device's matches may be, as hints; give those who are new to the case.

    A better match of somebody known is kept in the place of the worse. A verified one stays so.
    """
    before = subjects.of_incident(connection, incident.incident_id)
    whose = pupils.of_entries(connection, [match.entry_id for match in matches])
    new: list[str] = []
    for match in matches:
        pupil_id = whose.get(match.entry_id)
        known = next((one for one in before if _is_same(one, match.entry_id, pupil_id)), None)
        if known is None:
            subject = Subject(
                str(uuid7()), incident.incident_id, pupil_id, match.entry_id, How.DEVICE_MATCH,
                Certainty.HINT, now_ms, f"device:{incident.device_id}",
                match.similarity, match.votes, match.frames,
            )  # fmt: skip
            subjects.insert(connection, subject)
            before.append(subject)
            new.append(subject.subject_id)
        elif (known.similarity or 0.0) < match.similarity:
            subjects.change(connection, known.subject_id, similarity=match.similarity,
                            votes=match.votes, frames=match.frames)  # fmt: skip
    if not new:
        return []
    found = subjects.of_incident(connection, incident.incident_id)
    return [one for one in found if one.subject_id in new]


def note_named(
    connection: Connection, incident: Incident, pupil_id: str, now_ms: int, by: str = "central"
) -> Subject:
    """Keep that a case is about a pupil whom a person or a school's own door named."""
    subject = Subject(
        str(uuid7()), incident.incident_id, pupil_id, None, How.NAMED_BY_PERSON,
        Certainty.CONFIRMED, now_ms, by, finding=Finding.CONFIRMED, found_by=by, found_at=now_ms,
    )  # fmt: skip
    subjects.insert(connection, subject)
    found = subjects.of_incident(connection, incident.incident_id)
    return next(one for one in found if one.subject_id == subject.subject_id)


def let_schools_read(
    connection: Connection, incident: Incident, about: Iterable[Subject], now_ms: int
) -> None:
    """Send the children's own schools a copy, where the case is not theirs already."""
    taking_part = {task.unit_code for task in tasks.of_incident(connection, incident.incident_id)}
    for code in sorted({one.unit_code for one in about if one.unit_code} - taking_part):
        incidents.copy_to(connection, incident.incident_id, code, now_ms)


def for_person(
    connection: Connection, facts: Facts, about: Sequence[Subject], person: Person
) -> Facts:
    """Add what a person may know of the children to what could be said."""
    kind = person.unit_code.partition(":")[0]
    if kind in TOLD_AGES.get(facts.scenario, frozenset()):
        return _with_ages(facts, about)
    reader = Actor(person.account_id, "", person.role, person.unit_code)
    own: set[str] = set()
    if person.role is Role.CLASS_TEACHER:
        own = pupils.classes_of(connection, person.account_id, person.unit_code)
    named = [
        _called(one, with_class=True)
        for one in about
        if may_be_told(facts.scenario, one)
        and may_know_name(reader, facts.scenario, one, {person.unit_code}, own)
    ]
    if not named:
        return facts
    return replace(facts, pupils_zh="、".join(zh for zh, _ in named),
                   pupils_en=", ".join(en for _, en in named))  # fmt: skip


def for_family(facts: Facts, child: Subject) -> Facts:
    """Add a family's own child, and nobody else's."""
    zh, en = _called(child, with_class=False)
    return replace(facts, child_zh=zh, child_en=en)


def _is_same(one: Subject, entry_id: str, pupil_id: str | None) -> bool:
    return one.entry_id == entry_id or (pupil_id is not None and one.pupil_id == pupil_id)


def _called(one: Subject, *, with_class: bool) -> Words:
    assert one.pupil_id is not None  # noqa: S101 - for the type checker: `may_be_told` has asked
    name = name_of(one.pupil_id)
    if with_class:
        name = f"{class_of(one.pupil_id)} {name}"
    if one.certainty is Certainty.CONFIRMED:
        return name, name
    return (
        f"可能是 {name}（设备比对，尚未核实）",
        f"possibly {name} (a device's match, not verified)",
    )


def _with_ages(facts: Facts, about: Sequence[Subject]) -> Facts:
    this_year = from_ms(facts.occurred_at).astimezone(ZONE).year
    bands = {
        age_band(one.birth_year, this_year)
        for one in about
        if one.pupil_id is not None and one.certainty is not Certainty.REJECTED
    }
    if not bands:
        return facts
    return replace(facts, age_zh="、".join(sorted(zh for zh, _ in bands)),
                   age_en=", ".join(sorted(en for _, en in bands)))  # fmt: skip
