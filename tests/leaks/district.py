"""A random district: units, people of every role, pupils, and cases of every scenario under way.

Made through the district's own services, with a canary in every secret. What the oracle needs to
know of a case is written down as it is made.
"""

import random
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from central.adapters.care.keeping import CareStore
from central.adapters.evidence_files import EvidenceFiles
from central.adapters.galleries.keys import GalleryKeys
from central.adapters.person_keys import PersonKeys
from central.adapters.registry.roster import Roster
from central.adapters.store import directory, pupils, sign_ins
from central.adapters.store.engine import Store
from central.adapters.store.schema.dispositions import DISPOSITION
from central.adapters.store.sign_ins import From
from central.core.kinds import AnyKind, HandKind
from central.core.people import Actor, Role
from central.core.pupils import GuardianWanted, PupilWanted
from contract.scenarios import Kind, Scenario
from tests.leaks.canaries import Aviary
from tests.leaks.oracle import Person, Story

NOW = 1_795_406_400_000  # 2026-11-23 12:00:00 in the district
DAY_MS = 24 * 3600 * 1000
SCHOOLS = ("school:a", "school:b", "school:c")
TOWNS = ("town:a", "town:b")
STATIONS = ("station:a", "station:b")
DEPARTMENTS = ("police", "culture", "health", "market", "enforcement", "water", "procuratorate",
               "youth", "emergency", "cac", "plc")  # fmt: skip

IN_EDU = ("duty_officer", "district_admin", "unit_officer", "psychologist", "auditor", "dpo",
          "installer")  # fmt: skip

KINDS: dict[Scenario, tuple[AnyKind, str]] = {
    Scenario.CAMPUS_FOUR_100: (Kind.GUARD_ABSENT, "gate"),
    Scenario.PERSON_OF_CONCERN: (Kind.PERSON_OF_CONCERN_MATCH, "gate"),
    Scenario.DROWNING_RISK: (Kind.OVERSTAY, "water"),
    Scenario.VENUE_MINOR: (Kind.MINOR_MATCH, "venue"),
    Scenario.BOARDING_ABSENCE: (HandKind.BOARDER_MISSING, "gate"),
    Scenario.FOOD_SAFETY: (HandKind.FOOD_REPORTED, "gate"),
    Scenario.TRAFFIC_HAZARD: (HandKind.HAZARD_REPORTED, "gate"),
    Scenario.MIND_CARE: (HandKind.REFERRAL_GRADED, "gate"),
    Scenario.LAW_EDUCATION: (HandKind.COURSE_BOOKED, "gate"),
}
FROM_DEVICES = frozenset({"drowning_risk", "venue_minor", "campus_four_100", "person_of_concern"})


@dataclass(frozen=True)
class Child:
    """A pupil, by what the oracle needs: school, class, and the entry a device knows."""

    pupil_id: str
    school: str
    class_code: str
    entry_id: str


@dataclass(frozen=True)
class Keys:
    """Where a district keeps what it locks."""

    galleries: GalleryKeys
    care: CareStore
    replies: PersonKeys


@dataclass
class District:
    """What was made: its people, its stories, and the birds in its secrets."""

    store: Store
    files: EvidenceFiles
    roster: Roster
    care: CareStore
    replies: PersonKeys
    chance: random.Random
    aviary: Aviary
    people: list[Person] = field(default_factory=list)
    stories: dict[str, Story] = field(default_factory=dict)
    children: dict[str, Child] = field(default_factory=dict)
    about: dict[str, set[str]] = field(default_factory=dict)
    """By incident, the children whom it is about."""
    held: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    """By report that waits for a person, its case, and what its canaries hold."""
    referrals: dict[str, str] = field(default_factory=dict)
    """By referral, its case."""
    seq: int = 0

    def person(self, role: str, unit: str) -> Person:
        """Give somebody of a role and unit."""
        return next(one for one in self.people if (one.role, one.unit) == (role, unit))

    def acting(self, unit: str, scenario: str) -> Person | None:
        """Give somebody who may act for a unit in a scenario."""
        usual = ("school_safety_lead", "unit_officer", "station_officer", "water_warden")
        first = {"mind_care": ("psychologist", "station_officer"),
                 "boarding_absence": ("class_teacher", *usual)}  # fmt: skip
        office = ("duty_officer",) if unit == "edu" and scenario != "mind_care" else ()
        for role in (*office, *first.get(scenario, usual)):
            for one in self.people:
                if (one.role, one.unit) == (role, unit):
                    return one
        return None


def actor_of(person: Person) -> Actor:
    """Give somebody as the services know them."""
    return Actor(person.actor_id, person.username, Role(person.role), person.unit)


def settle(connection: Connection, district: District) -> None:
    directory.seed_departments(connection)
    for code in (*SCHOOLS, *TOWNS, *STATIONS):
        directory.add_unit(connection, code, f"单位{code}", code)
    for number, school in enumerate(SCHOOLS):
        letter = "ab"[number % 2]
        relations = {"school": school, "town": f"town:{letter}", "station": f"station:{letter}"}
        for kind in ("gate", "water", "venue"):
            site_id = f"{kind}-{school[-1]}"
            directory.add_site(connection, {
                "site_id": site_id, "kind": kind, "name_zh": f"地点{site_id}", "name_en": site_id,
                "relations": relations, "created_at": 0,
            })  # fmt: skip
            device = {"device_id": f"dev-{site_id}", "site_id": site_id, "profile": kind,
                      "created_at": 0}  # fmt: skip
            directory.add_device(connection, device)
    for role, unit in _posts():
        _hire(connection, district, role, unit)


def _posts() -> list[tuple[str, str]]:
    found = [(role, school) for school in SCHOOLS[:2] for role in
             ("school_safety_lead", "class_teacher", "guard", "psychologist")]  # fmt: skip
    found += [("class_teacher", "school:a"), ("school_safety_lead", "school:c")]
    found += [(role, town) for town in TOWNS for role in ("water_warden", "unit_officer")]
    found += [("station_officer", station) for station in STATIONS]
    found += [("station_officer", "police")]
    found += [("unit_officer", one) for one in DEPARTMENTS]
    found += [("psychologist", "health")]
    found += [(role, "edu") for role in IN_EDU]
    return found


def _hire(connection: Connection, district: District, role: str, unit: str) -> None:
    username = f"{role}-{unit.replace(':', '-')}-{len(district.people)}".replace("_", "-")
    district.people.append(Person(f"account:{username}", username, role, unit))
    directory.add_account(connection, {
        "username": username, "name": f"人{len(district.people)}", "password_hash": "",
        "role": role, "unit_code": unit, "email": f"{username}@demo.invalid", "created_at": 0,
    })  # fmt: skip
    origin = From("leak test", "127.0.0.1")
    sign_ins.start(connection, secret_of(username), username, NOW, NOW + 30 * DAY_MS, origin)


def secret_of(username: str) -> str:
    """Give what the cookie of somebody's sign-in holds."""
    return f"signed-in-{username}"


def enrol(connection: Connection, district: District) -> None:
    """Put pupils on the roster, their names and their guardians' with canaries in them."""
    aviary = district.aviary
    for at, person in enumerate(district.people):
        if person.role == "class_teacher":
            code = f"{at + 1}-{at % 9 + 2}"
            label = aviary.breed("class", f"{person.unit} {code}", unit=person.unit)
            pupils.put_class(connection, person.unit, code, label.text)
            pupils.teach(connection, person.actor_id, person.unit, code)
            district.people[at] = replace(person, classes=frozenset({(person.unit, code)}))
    classes = [*(one for person in district.people for one in person.classes), ("school:c", "6-1")]
    for number, (school, class_code) in enumerate(sorted(classes) * 3):
        key = f"child-{number}"
        name = aviary.breed("pupil", key, unit=school)
        guardian = aviary.breed("guardian", key, unit=school)
        room = aviary.breed("room", key, unit=school)
        phone = f"139{district.chance.randrange(10**8):08d}"
        wanted = PupilWanted(
            unit_code=school, class_code=class_code, school_no=f"2026{number:04d}",
            name=name.text, birth_year=2015, is_boarder=True, dormitory_room=room.text,
            guardians=(GuardianWanted(name=guardian.text, phone=phone),),
        )  # fmt: skip
        ((pupil_id, _),) = district.roster.put(connection, [wanted], "cli", NOW)
        aviary.mark("guardian", phone, key)
        entry = f"entry-{aviary.breed('entry', key).core}"
        pupils.link(connection, entry, pupil_id)
        district.children[key] = Child(pupil_id, school, class_code, entry)


def order(connection: Connection, district: District) -> None:
    """Keep what the authority asks of schools, with a code that is for the police alone."""
    for number, school in enumerate(SCHOOLS):
        words = district.aviary.breed("order", school)
        code = f"c{district.aviary.breed('category', school).core[3:10]}"
        district.aviary.mark("category", code, school)
        connection.execute(DISPOSITION.insert().values(
            disposition_id=f"order-{number}", authority="gongan", action=f"核实{words.text}",
            urgency="warning", approver="某", legal_basis=f"依据{words.text}", category=code,
            schools=[school], issued_at=NOW, expires_at=NOW + DAY_MS, received_at=NOW,
        ))  # fmt: skip
