"""Secrets that do not stand in a case's own story: notes of a verification or a hand-over, what
anybody reports by a QR code, the dormitory, and the store of mind care.
"""

import hashlib

from sqlalchemy import Connection, select

from central.adapters.store import boarding, incidents, subjects, tasks
from central.adapters.store.schema.boarding import BOARDING_HOUSE
from central.adapters.store.schema.care import CARE_CASE
from central.core.care import Child, Grade, Record, Referral, Sign, Source, Work
from central.core.curfew import House
from central.core.people import ON_THE_SPOT
from central.core.refusals import CaseError
from central.core.reporting import Limits, Topic
from central.core.subjects import Finding
from central.core.workflow import Step
from central.incidents import take_step
from central.incidents.caring import CareDesk
from central.incidents.deciding import decide
from central.incidents.hearing import Desk, Heard, hear
from central.incidents.replying import locked
from central.incidents.rostering import hand_over
from central.incidents.verifying import Verification, verifiable, verify_subject
from tests.leaks.district import DAY_MS, NOW, SCHOOLS, District, actor_of
from tests.leaks.oracle import Person, Story

TOPICS = (Topic.FOOD, Topic.VENDOR)


def verify(connection: Connection, district: District, story: Story) -> None:
    """Let somebody who may verify everyone a case is about, with words of their own."""
    incident = incidents.read(connection, story.incident_id)
    assert incident
    about = subjects.of_incident(connection, story.incident_id)
    for by in district.chance.sample(district.people, len(district.people)):
        for subject in verifiable(connection, actor_of(by), incident, about):
            words = district.aviary.breed("words", story.incident_id, by.actor_id, by.unit)
            finding = district.chance.choice(list(Finding))
            found = Verification(subject.subject_id, finding, f"当面问过{words.text}")
            try:
                with connection.begin_nested():
                    verify_subject(connection, actor_of(by), story.incident_id, found, NOW)
            except CaseError:
                continue
            if district.chance.random() < 0.5:  # else the next one finds something, too
                return


def hand_over_all(connection: Connection, district: District) -> None:
    """Let everybody on the spot hand over to somebody of their unit."""
    on_the_spot = [one for one in district.people if one.role in ON_THE_SPOT]
    for by in on_the_spot:
        others = [one for one in on_the_spot if one.unit == by.unit and one != by]
        if not others:
            continue
        to = district.chance.choice(others)
        words = district.aviary.breed("handover", to.actor_id, by.actor_id, by.unit)
        hand_over(connection, actor_of(by), to.username, f"请留意{words.text}", NOW)


def board(connection: Connection, district: District) -> None:
    """Let a school have a dormitory, and some of its boarders be on leave."""
    connection.execute(BOARDING_HOUSE.insert().values(
        unit_code=SCHOOLS[0], site_id=f"gate-{SCHOOLS[0][-1]}",
        rules=House().model_dump(mode="json"), changed_at=NOW,
    ))  # fmt: skip
    for number, child in enumerate(district.children.values()):
        boarding.put_leave(connection, {
            "leave_id": f"leave-{number}", "unit_code": child.school, "pupil_id": child.pupil_id,
            "from_at": NOW, "to_at": NOW + DAY_MS, "asked_by": "guardian",
            "approved_by": "account:nobody", "created_at": NOW,
        })  # fmt: skip


def by_anybody(connection: Connection, district: District) -> list[str]:
    """Let anybody report at each school's gate, some of it held; give the cases' ids."""
    desk = Desk(connection, NOW)
    return [
        _heard(desk, district, school, topic, is_trapped=is_trapped)
        for school in SCHOOLS
        for topic in TOPICS
        for is_trapped in (False, True)
    ]


def _heard(desk: Desk, district: District, school: str, topic: Topic, *, is_trapped: bool) -> str:
    aviary, number = district.aviary, len(district.aviary.kept)
    words, picture = aviary.breed("words", "", "public"), aviary.breed("picture", "", "public")
    content = b"\xff\xd8\xff\xe0" + picture.text.encode() + b"\xff\xd9"
    sha256 = hashlib.sha256(content).hexdigest()
    district.files.put(sha256, content)
    phone = f"137{district.chance.randrange(10**8):08d}"
    aviary.mark("reply", phone, "")
    report_id = f"report-{number}"
    heard = Heard(
        report_id=report_id, form_id=f"form-{number}", receipt=f"R{number:09d}",
        site_id=f"gate-{school[-1]}", topic=topic, words=f"看见{words.text}",
        address_mark=f"mark-{number}", filled_in_s=60, is_trapped=is_trapped,
        photos=((sha256, len(content)),), reply=locked(district.replies, report_id, phone),
    )  # fmt: skip
    incident_id = hear(desk, heard, Limits()).incident_id
    assert incident_id
    for canary in (words, picture):
        aviary.move(canary, incident_id)
    if is_trapped:
        district.held[report_id] = (incident_id, (words.core, picture.core))
    return incident_id


def decide_some(connection: Connection, district: District) -> list[str]:
    """Let the office take up or decline what is held; give the cases that it is in then."""
    officer, found = district.person("duty_officer", "edu"), []
    for number, (report_id, (incident_id, cores)) in enumerate(sorted(district.held.items())):
        if number % 3 == 2:
            continue
        why = district.aviary.breed("words", incident_id, officer.actor_id, officer.unit)
        now_at = decide(Desk(connection, NOW), actor_of(officer), report_id,
                        is_taken=number % 3 == 0, why=f"因为{why.text}")  # fmt: skip
        for core in cores if now_at != incident_id else ():
            district.aviary.take_up(incident_id, core, now_at)
        found.append(now_at)
    return found


def refer(district: District) -> list[tuple[str, str, str, Person]]:
    """Let people of schools refer a pupil; give referral, case, school and who it was."""
    desk, found = CareDesk(district.store, district.care, NOW), []
    for number, school in enumerate((*SCHOOLS[:2], *SCHOOLS[:2])):
        role = ("class_teacher", "school_safety_lead")[number // 2]
        by = district.person(role, school)
        name, note, label = (district.aviary.breed("care", "") for _ in range(3))
        child = Child(unit_code=school, school_no=f"9{number:07d}", name=name.text,
                      class_name=label.text)  # fmt: skip
        said = Referral(source=Source.TEACHER, signs=(Sign.MOOD,), note=f"常独坐{note.text}")
        referral_id = desk.refer(actor_of(by), child, said)
        with district.store.reading() as connection:
            query = select(CARE_CASE.c.incident_id).where(CARE_CASE.c.referral_id == referral_id)
            incident_id = connection.execute(query).scalar_one()
        for canary in (name, note, label):
            district.aviary.move(canary, incident_id)
        district.referrals[referral_id] = incident_id
        found.append((referral_id, incident_id, school, by))
    return found


def tend(district: District, referral_id: str, incident_id: str, school: str) -> None:
    """Let the school's psychologist read a referral with a reason, write and grade it."""
    desk, by = CareDesk(district.store, district.care, NOW), district.person("psychologist", school)
    reason = district.aviary.breed("care_reason", incident_id, by.actor_id)
    desk.read(actor_of(by), referral_id, f"准备访谈{reason.text}")
    with district.store.transaction() as connection:
        (task,) = [one for one in tasks.of_incident(connection, incident_id)
                   if one.unit_code == school]  # fmt: skip
        for step in (Step.ACKNOWLEDGE, Step.DISPOSE):
            take_step(connection, actor_of(by), incident_id, task.task_id, step, NOW)
    grade = district.chance.choice(list(Grade))
    for kind in (Work.GRADE, Work.INTERVENTION):
        text = district.aviary.breed("care", incident_id, by.actor_id)
        record = Record(kind=kind, text=f"访谈{text.text}",
                        grade=grade if kind is Work.GRADE else None)  # fmt: skip
        do = desk.grade if kind is Work.GRADE else desk.write
        do(actor_of(by), referral_id, record)
