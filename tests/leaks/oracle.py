"""Who may know what, written from the domain's rules, not from the code that is under test.

DOMAIN.md: a unit sees what it has a task in; the district's office leads all; mind care is for
trained people; culture sees only what its task needs; the codes are the police's alone; a guardian
sees only their own child. Where it is silent, the stricter reading holds here.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.leaks.canaries import Canary

OFFICE = {"duty_officer", "district_admin"}
STAFF = {"water_warden", "school_safety_lead", "station_officer", "unit_officer"}
LOOKING_ON = {"auditor", "dpo"}
ABOVE = {"school:": "edu", "station:": "police"}


@dataclass(frozen=True)
class Person:
    """Somebody of the district. `actor_id` is `account:...`."""

    actor_id: str
    username: str
    role: str
    unit: str
    classes: frozenset[tuple[str, str]] = frozenset()
    """Those that a class teacher teaches: school and code."""


@dataclass
class Story:
    """What the generator knows of an incident: it made it."""

    incident_id: str
    number: str
    scenario: str
    school: str
    at_gate: bool
    task_units: set[str] = field(default_factory=set)
    past_units: set[str] = field(default_factory=set)
    copy_units: set[str] = field(default_factory=set)
    reporter: str = ""
    granted_to: set[str] = field(default_factory=set)
    asked_by: set[str] = field(default_factory=set)
    partners: list["Story"] = field(default_factory=list)
    """Those with which it was merged: both stories say so, and why."""
    verified: set[tuple[str, str]] = field(default_factory=set)
    """Classes of the pupils of whom a person has verified that it is about them."""
    hinted: set[tuple[str, str]] = field(default_factory=set)
    """Classes of those of whom a device only thinks so."""


def has_task(person: Person, story: Story) -> bool:
    """Tell whether the case is this person's own to work on."""
    if person.unit not in story.task_units:
        return False
    if story.scenario == "mind_care":
        return person.role in {"psychologist", "station_officer"}
    if person.role == "guard":
        return story.scenario in {"campus_four_100", "person_of_concern"}
    if person.role == "class_teacher":
        nobody = not story.verified | story.hinted
        return story.scenario == "boarding_absence" and (nobody or teaches(person, story))
    return person.role in STAFF


def teaches(person: Person, story: Story) -> bool:
    """Tell whether a case is about this teacher's pupils: in a venue only once it is verified."""
    if story.scenario not in {"boarding_absence", "drowning_risk", "venue_minor"}:
        return False
    known = story.verified | (set() if story.scenario == "venue_minor" else story.hinted)
    return person.role == "class_teacher" and bool(person.classes & known)


def is_office(person: Person, story: Story) -> bool:
    """Tell whether the case is led by this person's office."""
    if story.scenario == "mind_care":
        return person.role == "psychologist" and person.unit == "edu"
    return person.role in OFFICE


def may_know_of(person: Person, story: Story) -> bool:
    """Tell whether somebody may know that a case exists."""
    if is_office(person, story) or has_task(person, story) or _granted(person, story):
        return True
    if story.scenario == "mind_care":
        return False
    reads_along = person.role in STAFF and person.unit in story.copy_units | story.past_units
    if reads_along or teaches(person, story):
        return True
    if person.role == "guard" and story.at_gate and person.unit == story.school:
        return story.scenario in {"campus_four_100", "person_of_concern"}
    below = {above for unit in story.task_units for start, above in ABOVE.items()
             if unit.startswith(start)}  # fmt: skip
    if person.unit == "police" and story.scenario in {"venue_minor", "law_education"}:
        return False
    return person.role in STAFF and person.unit in below


def may_see_pictures(person: Person, story: Story) -> bool:
    """Tell whether somebody may look at a case's pictures."""
    if is_office(person, story) or _granted(person, story) or teaches(person, story):
        return True
    if not has_task(person, story):
        return False
    if story.scenario == "mind_care":
        return person.role == "psychologist"
    return person.role != "guard" or story.scenario == "person_of_concern"


def may_read(person: Person, story: Story, canary: Canary) -> bool:
    """Tell whether somebody may read what a person wrote into a case."""
    if person.actor_id == canary.by or is_office(person, story) or _granted(person, story):
        return True
    if story.scenario == "mind_care":
        return has_task(person, story) and person.role == "psychologist"
    if person.role not in STAFF | {"class_teacher"}:
        return False
    if canary.unit == person.unit:  # one's own unit's words, also after the task went elsewhere
        return may_know_of(person, story)
    if story.scenario == "venue_minor" and person.unit == "culture":
        return False
    return has_task(person, story) or teaches(person, story)


def may_read_either(person: Person, story: Story, canary: Canary) -> bool:
    """Tell whether somebody may read words that stand in a case, or in both that were merged."""
    return any(may_read(person, one, canary) for one in (story, *story.partners))


def may_read_reason(person: Person, story: Story, canary: Canary) -> bool:
    """Tell whether somebody may read why another asked for unusual access."""
    if person.actor_id == canary.by or person.role == "dpo":
        return True
    if story.scenario == "mind_care":
        return person.role == "psychologist" and person.unit == "edu"
    return person.role == "district_admin"


def may_meet_number(person: Person, story: Story) -> bool:
    """Tell whether somebody may meet a case's number or id: the logs name it to their readers."""
    told = any(may_know_of(person, one) for one in (story, *story.partners))
    if told or person.role in LOOKING_ON:
        return True
    if person.actor_id in story.asked_by:
        return True
    decides = person.role == "district_admin" and story.scenario != "mind_care"
    return decides and bool(story.asked_by)


@dataclass(frozen=True)
class Pupil:
    """A child, by what decides who may know it."""

    school: str
    class_code: str
    cases: tuple[Story, ...] = ()
    """Those that are about this child."""


def may_name(person: Person, pupil: Pupil) -> bool:
    """Tell whether somebody may know a child's name: its school, and who searches for it."""
    if person.role == "class_teacher":
        return (pupil.school, pupil.class_code) in person.classes
    if person.role == "school_safety_lead":
        return person.unit == pupil.school
    return any(
        story.scenario == "boarding_absence"
        and person.unit in story.task_units
        and person.unit.startswith(("station:", "town:"))
        and person.role in STAFF
        for story in pupil.cases
    )


def may_reach_family(person: Person, pupil: Pupil) -> bool:
    """Tell whether somebody may know a child's guardians: its school alone."""
    at_school = person.role in {"class_teacher", "school_safety_lead"}
    return at_school and may_name(person, pupil)


def may_link(person: Person, pupil: Pupil) -> bool:
    """Tell whether somebody may know which entry of a gallery a child is."""
    return person.role in {"district_admin", "dpo"} or may_reach_family(person, pupil)


def _granted(person: Person, story: Story) -> bool:
    return person.actor_id in story.granted_to


def may_read_handover(person: Person, giver: Person, receiver_id: str) -> bool:
    """Tell whether somebody may read what one told the next on duty: it may name a child.

    The two, and who answers for the unit; what concerns health, and what concerns all of the
    district, goes to nobody beside.
    """
    if person.actor_id in {giver.actor_id, receiver_id}:
        return True
    if giver.role == "psychologist":
        return False
    leads = {"school_safety_lead", "station_officer", "unit_officer"}
    own = person.unit == giver.unit and person.role in leads and giver.role not in OFFICE
    return own or person.role in OFFICE


def may_read_care(person: Person, story: Story, _: Canary) -> bool:
    """Tell whether somebody may read a referral's content: a trained person whose task it is."""
    return person.role == "psychologist" and person.unit in story.task_units


def may_read_care_reason(person: Person, _: Story, canary: Canary) -> bool:
    """Tell whether somebody may read why another looked into a referral."""
    return person.role == "dpo" or person.actor_id == canary.by


ABOUT_CASES: dict[str, Callable[[Person, Story, Canary], bool]] = {
    "words": may_read_either,
    "picture": lambda person, story, _: may_see_pictures(person, story),
    "reason": may_read_reason,
    "care": may_read_care,
    "care_reason": may_read_care_reason,
    "id": lambda person, story, _: may_meet_number(person, story),
}


def may_see_order(person: Person, schools: tuple[str, ...]) -> bool:
    """Tell whether somebody may know of a disposition: police, district, and the school asked."""
    if person.role in OFFICE | {"station_officer"}:
        return True
    if person.unit == "police" and person.role in STAFF:
        return True
    return person.role == "school_safety_lead" and person.unit in schools


def may_read_category(person: Person) -> bool:
    """Tell whether somebody may read the authority's code: the police role alone."""
    is_police = person.unit == "police" and person.role in STAFF
    return person.role == "station_officer" or is_police


ABOUT_PUPILS: dict[str, Callable[[Person, Pupil], bool]] = {
    "pupil": may_name,
    "class": may_name,
    "room": may_name,
    "guardian": may_reach_family,
    "entry": may_link,
}
