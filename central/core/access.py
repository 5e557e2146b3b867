"""Who may see what of a case: role, standing, scenario and sensitivity, each a table.

A person's *standing* says what a case has to do with them; the tables say what each role learns
through it. `central.adapters.store.reach` is the same in SQL, and a test holds the two together.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from central.core.people import DISTRICT_WIDE, Actor, Role
from contract.scenarios import Scenario


class Part(StrEnum):
    """What there is to know of a case."""

    ENVELOPE = "envelope"  # that it exists: number, kind, place, times, tasks, what happened when
    SCENE = "scene"  # what devices reported: zone, camera, how many, how long
    TOLD = "told"  # which staff were told, and whether it arrived
    ADDRESSES = "addresses"  # where and in which words they were told, what the provider answered
    WORDS = "words"  # what people wrote: it may name a child
    PICTURES = "pictures"  # pictures and clips
    PUPILS = "pupils"  # whom it is about, and their guardians
    AUTHORITY = "authority"  # what only the lawful authority may read: its codes


class Sensitivity(StrEnum):
    """How much harm it does in the wrong hands."""

    ORDINARY = "ordinary"
    MINOR = "minor"  # identifies or concerns a minor
    HEALTH = "health"
    AUTHORITY = "authority"


class Standing(StrEnum):
    """What a case has to do with somebody."""

    OFFICE = "office"  # they watch over all cases of its scenario
    DUTY = "duty"  # their unit has a task in it
    COPY = "copy"  # their unit was sent a copy
    ABOVE = "above"  # a unit below theirs has a task in it
    GATE = "gate"  # it happened at their own school's gate
    PUPIL = "pupil"  # it is about a pupil of a class that they teach
    NAMELESS = "nameless"  # their unit has a task in it, and nobody is known whom it is about
    GRANTED = "granted"  # unusual access, for a time


@dataclass(frozen=True, slots=True)
class Case:
    """What of an incident decides who may see it."""

    incident_id: str
    scenario: Scenario
    task_units: frozenset[str]
    copy_units: frozenset[str] = frozenset()
    gate_of: str | None = None
    """The school at whose gate it happened."""
    is_nameless: bool = True
    """Nobody is known whom it is about."""
    teachers: frozenset[tuple[str, str]] = frozenset()
    """Who teaches the pupils whom it is about: id of the actor, and the school."""


ALL = frozenset(Scenario)
HEALTH = frozenset({Scenario.MIND_CARE})
OPEN = ALL - HEALTH
AT_THE_GATE = frozenset({Scenario.CAMPUS_FOUR_100, Scenario.PERSON_OF_CONCERN})

_UNIT = {Standing.DUTY: OPEN, Standing.COPY: OPEN, Standing.ABOVE: OPEN}

STANDS: Mapping[Role, Mapping[Standing, frozenset[Scenario]]] = {
    Role.DUTY_OFFICER: {Standing.OFFICE: OPEN},
    Role.DISTRICT_ADMIN: {Standing.OFFICE: OPEN},
    Role.WATER_WARDEN: _UNIT,
    Role.SCHOOL_SAFETY_LEAD: _UNIT,
    Role.UNIT_OFFICER: _UNIT,
    Role.STATION_OFFICER: {**_UNIT, Standing.DUTY: ALL},
    Role.CLASS_TEACHER: {
        Standing.PUPIL: frozenset(
            {Scenario.BOARDING_ABSENCE, Scenario.DROWNING_RISK, Scenario.VENUE_MINOR}
        ),
        Standing.NAMELESS: frozenset({Scenario.BOARDING_ABSENCE}),
    },
    Role.GUARD: {Standing.DUTY: AT_THE_GATE, Standing.GATE: AT_THE_GATE},
    Role.PSYCHOLOGIST: {Standing.OFFICE: HEALTH, Standing.DUTY: HEALTH},
    Role.AUDITOR: {},
    Role.DPO: {},
    Role.INSTALLER: {},
}
"""Which scenarios a standing opens to a role; a role that is not there sees no case at all."""

OFFICE_OF: Mapping[Scenario, str] = dict.fromkeys(HEALTH, "edu")
"""Scenarios whose office is in one unit only; of all others it goes with the role."""

OVERSEES: Mapping[str, frozenset[Scenario]] = {
    "edu": OPEN,
    "police": OPEN - {Scenario.LAW_EDUCATION, Scenario.VENUE_MINOR},
    "town": OPEN,
    "school": OPEN,
    "station": OPEN - {Scenario.LAW_EDUCATION, Scenario.VENUE_MINOR},
}
"""Of the units below it in the tree, by its code or kind: the scenarios that it takes part in."""

_SEEN = frozenset({Part.ENVELOPE, Part.SCENE, Part.TOLD})
_MINORS = frozenset({Part.WORDS, Part.PICTURES, Part.PUPILS})

KNOWS: Mapping[Standing, frozenset[Part]] = {
    Standing.OFFICE: _SEEN | _MINORS | {Part.ADDRESSES, Part.AUTHORITY},
    Standing.DUTY: _SEEN | _MINORS | {Part.AUTHORITY},
    Standing.COPY: frozenset({Part.ENVELOPE, Part.SCENE}),
    Standing.ABOVE: _SEEN | {Part.AUTHORITY},
    Standing.GATE: frozenset({Part.ENVELOPE, Part.SCENE}),
    Standing.PUPIL: _SEEN | _MINORS,
    Standing.NAMELESS: _SEEN | _MINORS,
    Standing.GRANTED: _SEEN | _MINORS,
}

CLEARED: Mapping[Sensitivity, frozenset[Role]] = {
    Sensitivity.ORDINARY: frozenset(Role),
    Sensitivity.MINOR: DISTRICT_WIDE
    | {
        Role.SCHOOL_SAFETY_LEAD,
        Role.CLASS_TEACHER,
        Role.STATION_OFFICER,
        Role.WATER_WARDEN,
        Role.UNIT_OFFICER,
    },
    Sensitivity.HEALTH: frozenset({Role.PSYCHOLOGIST}),
    Sensitivity.AUTHORITY: frozenset({Role.STATION_OFFICER}),
}

NAMED_TO: Mapping[Scenario, frozenset[str]] = {
    Scenario.CAMPUS_FOUR_100: frozenset({"school"}),
    Scenario.PERSON_OF_CONCERN: frozenset({"school"}),
    Scenario.BOARDING_ABSENCE: frozenset({"school", "station", "town"}),  # they search
    Scenario.FOOD_SAFETY: frozenset({"school"}),
    Scenario.DROWNING_RISK: frozenset({"school"}),
    Scenario.VENUE_MINOR: frozenset({"school"}),
    Scenario.TRAFFIC_HAZARD: frozenset(),
    Scenario.MIND_CARE: frozenset({"school", "station", "edu", "health"}),
    Scenario.LAW_EDUCATION: frozenset(),
}
"""Kinds of unit (departments by code) that must know which pupil it is, to do their task."""

BESIDES: Mapping[tuple[Scenario, Role, Standing], frozenset[Part]] = {
    # a high grade goes to the station, which watches over the child and reads no findings
    (Scenario.MIND_CARE, Role.STATION_OFFICER, Standing.DUTY): frozenset(
        {Part.ENVELOPE, Part.PUPILS}
    ),
    # whom to verify at the gate, nobody knows without the picture
    (Scenario.PERSON_OF_CONCERN, Role.GUARD, Standing.DUTY): frozenset({Part.PICTURES}),
}
"""What a role's task needs although its clearance ends before."""

WITHHELD: Mapping[tuple[Scenario, str], frozenset[Part]] = {
    # goes to the venue with the picture; what school and guardian say of the child is not for it
    (Scenario.VENUE_MINOR, "culture"): frozenset({Part.WORDS, Part.PUPILS}),
}
"""What a unit's task does not need."""

ACTING = (Standing.OFFICE, Standing.DUTY, Standing.PUPIL, Standing.NAMELESS)
"""Standings that go with a task."""

SEES_DEVICES = DISTRICT_WIDE | {Role.INSTALLER}
MAKES_CLAIMS = frozenset({Role.DISTRICT_ADMIN, Role.INSTALLER})
FILES_REPORTS = frozenset({Role.DISTRICT_ADMIN, Role.INSTALLER})
ROLLS_OUT = frozenset({Role.DISTRICT_ADMIN})
DRAWS_ZONES = frozenset({Role.DISTRICT_ADMIN, Role.INSTALLER})
REVOKES_DEVICES = frozenset({Role.DISTRICT_ADMIN})
SEES_AUDIT = frozenset({Role.AUDITOR, Role.DPO})
SEES_ALL_SITES = DISTRICT_WIDE | {Role.INSTALLER, Role.AUDITOR, Role.DPO}
"""Everybody else sees the places that name their unit; departments see all."""


def kind_of(unit_code: str) -> str:
    """Give what tables call a unit: `school` of `school:shiyan`, a department by its own code."""
    return unit_code.partition(":")[0]


def sensitivity(scenario: Scenario, part: Part) -> Sensitivity:
    """Tell how sensitive a part of a case is."""
    if part is Part.AUTHORITY:
        return Sensitivity.AUTHORITY
    if scenario in HEALTH:
        return Sensitivity.HEALTH
    return Sensitivity.MINOR if part in _MINORS else Sensitivity.ORDINARY


def opens(actor: Actor, standing: Standing, scenario: Scenario, part: Part) -> bool:
    """Tell whether somebody who has this standing in a case of a scenario may know a part of it."""
    if standing is Standing.GRANTED:
        return part in KNOWS[standing]
    return _reaches(actor, standing, scenario) and _tells(actor, standing, scenario, part)


def _reaches(actor: Actor, standing: Standing, scenario: Scenario) -> bool:
    kind = kind_of(actor.unit_code)
    if standing is Standing.OFFICE and OFFICE_OF.get(scenario, kind) != kind:
        return False
    if standing is Standing.ABOVE and scenario not in OVERSEES.get(kind, frozenset()):
        return False
    return scenario in STANDS[actor.role].get(standing, frozenset())


def _tells(actor: Actor, standing: Standing, scenario: Scenario, part: Part) -> bool:
    kind = kind_of(actor.unit_code)
    if part in BESIDES.get((scenario, actor.role, standing), frozenset()):
        return True
    is_named = part is not Part.PUPILS or kind in NAMED_TO[scenario]
    is_needed = is_named or standing is not Standing.DUTY
    is_withheld = part in WITHHELD.get((scenario, kind), frozenset())
    cleared = actor.role in CLEARED[sensitivity(scenario, part)]
    return part in KNOWS[standing] and cleared and is_needed and not is_withheld


def grounds(actor: Actor, part: Part) -> dict[Standing, frozenset[Scenario]]:
    """Give each standing through which somebody may know a part, with the scenarios it opens."""
    found = {
        standing: frozenset(one for one in Scenario if opens(actor, standing, one, part))
        for standing in Standing
    }
    return {standing: scenarios for standing, scenarios in found.items() if scenarios}


def stands(actor: Actor, case: Case, parents: Mapping[str, str | None]) -> frozenset[Standing]:
    """Give what a case has to do with somebody; `parents` is the tree of units."""
    mine = actor.unit_code
    found = {
        Standing.OFFICE: True,  # the tables decide whose office it is
        Standing.DUTY: mine in case.task_units,
        Standing.COPY: mine in case.copy_units,
        Standing.ABOVE: any(mine in above(unit, parents) for unit in case.task_units),
        Standing.GATE: case.gate_of == mine,
        Standing.PUPIL: (actor.actor_id, mine) in case.teachers,
        Standing.NAMELESS: mine in case.task_units and case.is_nameless,
        Standing.GRANTED: case.incident_id in actor.grants,
    }
    return frozenset(standing for standing, is_so in found.items() if is_so)


def above(unit_code: str, parents: Mapping[str, str | None]) -> Iterator[str]:
    """Give the units above one, the nearest first; a circle is walked once."""
    seen = {unit_code}
    parent = parents.get(unit_code)
    while parent is not None and parent not in seen:
        seen.add(parent)
        yield parent
        parent = parents.get(parent)


def knows(actor: Actor, case: Case, part: Part, parents: Mapping[str, str | None]) -> bool:
    """Tell whether somebody may know a part of a case."""
    return any(
        opens(actor, standing, case.scenario, part) for standing in stands(actor, case, parents)
    )


def holds_office(actor: Actor, scenario: Scenario) -> bool:
    """Tell whether somebody watches over all cases of a scenario."""
    return opens(actor, Standing.OFFICE, scenario, Part.ENVELOPE)


def acts(actor: Actor, scenario: Scenario) -> bool:
    """Tell whether tasks of a scenario are this role's to carry out, in its own unit."""
    return any(opens(actor, standing, scenario, Part.ENVELOPE) for standing in ACTING)


def sees_looks(actor: Actor, scenario: Scenario) -> bool:
    """Tell whether somebody may read who has looked at the cases of a scenario."""
    return holds_office(actor, scenario)
