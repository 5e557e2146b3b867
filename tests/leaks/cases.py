"""Cases of every scenario under way, as their people work on them."""

import hashlib
import random
from typing import Any

from sqlalchemy import Connection, select

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.registry.roster import Roster
from central.adapters.store import incidents, tasks, timeline
from central.adapters.store.engine import Store
from central.adapters.store.schema.pupils import PUPIL
from central.adapters.store.schema.subjects import INCIDENT_SUBJECT
from central.adapters.store.tables import INCIDENT, INCIDENT_COPY, TASK
from central.adapters.store.timeline import Entry
from central.core.local_time import from_ms
from central.core.refusals import CaseError
from central.core.report_back import Demand, Place, Report
from central.core.reporting import HAS_ITS_OWN_WAY
from central.core.workflow import Status, Step
from central.incidents import merge, opening, report_by_hand, take_alert, take_step
from central.incidents.opening import Sighting
from central.incidents.taking import playbook_for
from central.incidents.unusual import ask, decide
from central.incidents.waiting import demand_of
from contract.messages import Alert, EvidenceRef, Match
from contract.scenarios import Scenario, Severity
from tests.leaks import elsewhere
from tests.leaks.canaries import Aviary, Canary
from tests.leaks.district import (
    FROM_DEVICES,
    KINDS,
    NOW,
    SCHOOLS,
    STATIONS,
    TOWNS,
    District,
    Keys,
    actor_of,
    enrol,
    order,
    settle,
)
from tests.leaks.oracle import Person, Story


def make(store: Store, files: EvidenceFiles, keys: Keys, seed: int) -> District:
    """Make a district of a few dozen people and cases."""
    chance = random.Random(seed)  # noqa: S311 - a test's own chance
    district = District(store, files, Roster(keys.galleries), keys.care, keys.replies, chance,
                        Aviary(chance.randrange))  # fmt: skip
    with store.transaction() as connection:
        settle(connection, district)
        enrol(connection, district)
        order(connection, district)
    for school in SCHOOLS[:2]:
        for scenario in Scenario:
            with store.transaction() as connection:
                open_case(connection, district, scenario, school)
    for _ in range(6):
        with store.transaction() as connection:
            open_case(connection, district, chance.choice(list(Scenario)), chance.choice(SCHOOLS))
    _from_elsewhere(district)
    for story in list(district.stories.values()):
        work_on(district, story)
        with store.transaction() as connection:
            elsewhere.verify(connection, district, story)
    with store.transaction() as connection:
        elsewhere.hand_over_all(connection, district)
    for _ in range(6):
        _merge(district)
    ask_beyond(district)
    with store.reading() as connection:
        _take_down(connection, district)
    return district


def open_case(connection: Connection, district: District, scenario: Scenario, school: str) -> None:
    place = KINDS[scenario][1]
    site_id = f"{place}-{school[-1]}"
    if scenario in FROM_DEVICES:
        incident_id, reporter = _alerted(connection, district, scenario, site_id), ""
    else:
        incident_id, reporter = _reported(connection, district, scenario, school)
    _keep(connection, district, incident_id, reporter)


def _keep(connection: Connection, district: District, incident_id: str, reporter: str) -> Story:
    """Write a case down as it was made: its place says whose it is."""
    if incident_id in district.stories:
        return district.stories[incident_id]
    row = connection.execute(select(INCIDENT).where(INCIDENT.c.incident_id == incident_id)).one()
    place, _, letter = row.site_id.partition("-")
    made = Story(incident_id, row.number, row.scenario, f"school:{letter}", place == "gate",
                 reporter=reporter)  # fmt: skip
    district.stories[incident_id] = made
    for secret in (incident_id, row.number):
        district.aviary.mark("id", secret, incident_id)
    return made


def _from_elsewhere(district: District) -> None:
    """Keep the cases of what anybody reports, and of referrals."""
    with district.store.transaction() as connection:
        elsewhere.board(connection, district)
        for incident_id in elsewhere.by_anybody(connection, district):
            _keep(connection, district, incident_id, "public")
        for incident_id in elsewhere.decide_some(connection, district):
            _keep(connection, district, incident_id, "public")
    for referral_id, incident_id, school, by in elsewhere.refer(district):
        with district.store.reading() as connection:
            _keep(connection, district, incident_id, by.actor_id)
        elsewhere.tend(district, referral_id, incident_id, school)


def _alerted(connection: Connection, district: District, scenario: Scenario, site_id: str) -> str:
    district.seq += 1
    school = f"school:{site_id[-1]}"
    theirs = [one for one in district.children.values() if one.school == school]
    chosen = district.chance.choice(theirs)
    fields: dict[str, Any] = {
        "alert_id": f"alert-{district.seq}", "device_id": f"dev-{site_id}", "boot_id": "b",
        "seq": district.seq, "scenario": scenario, "kind": KINDS[scenario][0],
        "severity": Severity.WARNING, "occurred_at": from_ms(NOW), "camera_id": "cam1",
        "zone_id": f"zone-{district.seq}", "dwell_s": 9.5, "people": 1,
        "matches": (Match(entry_id=chosen.entry_id, similarity=0.93, votes=3, frames=7),),
    }  # fmt: skip
    picture = district.aviary.breed("picture", "")
    content = b"\xff\xd8\xff\xe0" + picture.text.encode() + b"\xff\xd9"
    sha256 = hashlib.sha256(content).hexdigest()
    ref = EvidenceRef(sha256=sha256, media_type="image/jpeg", size_bytes=len(content))
    alert = Alert(**fields, evidence=(ref,))
    incident_id = take_alert(connection, alert, NOW).incident_id
    _picture(connection, district, picture, incident_id, content)
    key = next(key for key, child in district.children.items() if child == chosen)
    district.about.setdefault(incident_id, set()).add(key)
    return incident_id


def _picture(
    connection: Connection, district: District, canary: Canary, incident_id: str, content: bytes
) -> str:
    """Keep a picture's bytes, and say now which case it belongs to."""
    sha256 = hashlib.sha256(content).hexdigest()
    district.aviary.move(canary, incident_id)
    district.files.put(sha256, content)
    file = {"sha256": sha256, "media_type": "image/jpeg", "size_bytes": len(content),
            "device_id": "dev"}  # fmt: skip
    incidents.keep_picture(connection, incident_id, file, NOW)
    return sha256


def _reported(
    connection: Connection, district: District, scenario: Scenario, school: str
) -> tuple[str, str]:
    psychologist = "edu" if school == "school:c" else school
    by = (district.person("psychologist", psychologist) if scenario == "mind_care"
          else district.person("duty_officer", "edu"))  # fmt: skip
    site_id = f"{KINDS[scenario][1]}-{school[-1]}"
    words = district.aviary.breed("words", "", by.actor_id)
    said, kind = f"情况{words.text}", KINDS[scenario][0]
    if kind in HAS_ITS_OWN_WAY:
        place, playbook = incidents.place(connection, site_id), playbook_for(None, scenario, kind)
        assert place
        seen = Sighting(scenario, kind, Severity.WARNING, NOW)
        incident_id = opening.open_case(connection, place, playbook, seen, NOW).incident.incident_id
        entry = Entry("reported", by.actor_id, by.username, said)
        timeline.tell(connection, incident_id, NOW, entry)
    else:
        incident_id = report_by_hand(connection, actor_of(by), site_id, scenario, kind, said, NOW)
    district.aviary.move(words, incident_id)
    return incident_id, by.actor_id


_WAY = {
    Status.DISPATCHED: Step.ACKNOWLEDGE,
    Status.ACKNOWLEDGED: Step.DISPOSE,
    Status.DISPOSED: Step.REPORT_BACK,
    Status.REPORTED: Step.RETURN,
}


def work_on(district: District, story: Story) -> None:
    """Let everybody do some of their part, each with words of their own."""
    for _ in range(district.chance.randrange(2, 12)):
        with district.store.transaction() as connection:
            held = tasks.of_incident(connection, story.incident_id)
            task = district.chance.choice(held)
            step = _WAY.get(task.status)
            unit = task.unit_code
            by = district.acting(unit, story.scenario)
            if district.chance.random() < 0.08:  # goes to another unit, the old one reads along
                step = Step.TRANSFER
            if step in {Step.RETURN, Step.TRANSFER}:
                office = "psychologist" if story.scenario == "mind_care" else "duty_officer"
                by = district.person(office, "edu")
            if step is None or by is None:
                continue
            _step(connection, district, story, task, step, by)


def _merge(district: District) -> None:
    """Let the office join two cases, and say why in words of its own."""
    officer = district.person("duty_officer", "edu")
    side, main = district.chance.sample(list(district.stories.values()), 2)
    words = district.aviary.breed("words", side.incident_id, officer.actor_id)
    with district.store.transaction() as connection:
        units = {one.unit_code for one in tasks.of_incident(connection, side.incident_id)}
        try:
            with connection.begin_nested():
                why = f"并案{words.text}"
                merge(connection, actor_of(officer), side.incident_id, main.incident_id, why, NOW)
        except CaseError:
            return
    side.past_units |= units
    side.partners.append(main)
    main.partners.append(side)


def _step(
    connection: Connection,
    district: District,
    story: Story,
    task: tasks.Task,
    step: Step,
    by: Person,
) -> None:
    words = district.aviary.breed("words", story.incident_id, by.actor_id, task.unit_code)
    incident = incidents.read(connection, story.incident_id)
    assert incident
    report = Report()
    if step is Step.REPORT_BACK:
        demand = demand_of(incident.playbook, task)
        report = _report(connection, district, story, demand, by, task.unit_code)
    to_unit = district.chance.choice(TOWNS + STATIONS) if step is Step.TRANSFER else None
    try:
        with connection.begin_nested():
            take_step(
                connection, actor_of(by), story.incident_id, task.task_id, step, NOW,
                note=f"经过{words.text}", to_unit=to_unit, report=report,
            )  # fmt: skip
    except CaseError:
        return
    if step is Step.TRANSFER:
        story.past_units.add(task.unit_code)


def _report(
    connection: Connection, district: District, story: Story, demand: Demand, by: Person, unit: str
) -> Report:
    photos = []
    for _ in range(max(demand.photos, 1)):
        canary = district.aviary.breed("picture", story.incident_id, by.actor_id, unit)
        content = b"\xff\xd8\xff\xe0" + canary.text.encode() + b"\xff\xd9"
        photos.append(_picture(connection, district, canary, story.incident_id, content))
    outcomes = sorted(demand.outcomes)
    outcome = district.chance.choice(outcomes) if outcomes else None
    if "high" in outcomes and district.chance.random() < 0.7:
        outcome = "high"
    return Report(photos=tuple(photos), place=Place(lat=29.65, lon=121.41), outcome=outcome)


def ask_beyond(district: District) -> None:
    """Let some ask for cases that are not theirs; some of it is granted."""
    stories = sorted(district.stories.values(), key=lambda one: one.number)
    for number, story in enumerate(district.chance.sample(stories, 8)):
        by = district.person(*district.chance.choice([
            ("unit_officer", "market"), ("water_warden", "town:b"), ("guard", "school:b"),
            ("station_officer", "station:b"), ("unit_officer", "edu"),
        ]))  # fmt: skip
        reason = district.aviary.breed("reason", story.incident_id, by.actor_id)
        with district.store.transaction() as connection:
            try:
                access_id = ask(
                    connection, actor_of(by), story.number, f"因为{reason.text}", 4, NOW
                )
            except CaseError:
                continue
            if number % 2:
                dpo = district.person("dpo", "edu")
                decide(connection, actor_of(dpo), access_id, NOW, is_granted=True)
                story.granted_to.add(by.actor_id)
        story.asked_by.add(by.actor_id)


def _take_down(connection: Connection, district: District) -> None:
    """Write down whose tasks and copies there are in the end: facts, not rules."""
    for row in connection.execute(select(TASK.c.incident_id, TASK.c.unit_code)):
        district.stories[row.incident_id].task_units.add(row.unit_code)
    for row in connection.execute(select(INCIDENT_COPY)):
        district.stories[row.incident_id].copy_units.add(row.unit_code)
    kept = INCIDENT_SUBJECT.c
    query = select(kept.incident_id, kept.certainty, PUPIL.c.unit_code, PUPIL.c.class_code)
    for one in connection.execute(query.join(PUPIL, PUPIL.c.pupil_id == kept.pupil_id)):
        story = district.stories[one.incident_id]
        known = {"confirmed": story.verified, "hint": story.hinted}.get(one.certainty, set())
        known.add((one.unit_code, one.class_code))
