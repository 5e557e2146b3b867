"""核实: a person says whether it is the one whom a device took somebody for, and what follows."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from central.adapters.store import audit, incidents, pupils, subjects, tasks, timeline
from central.adapters.store import notifications as letters
from central.adapters.store.incidents import Incident
from central.adapters.store.pupils import Pupil
from central.adapters.store.timeline import Entry
from central.core.letters import Moment
from central.core.naming import Words
from central.core.people import ON_THE_SPOT, Actor
from central.core.pupils import may_find
from central.core.refusals import NotAllowedError, UnknownTaskError
from central.core.report_back import Report
from central.core.subjects import (
    AFTER,
    FINDINGS,
    OUTCOME_FINDS,
    Certainty,
    Finding,
    Subject,
    SubjectError,
    UnknownSubjectError,
    may_verify,
)
from central.core.workflow import Status
from central.incidents.about import for_family, let_schools_read, note_named
from central.incidents.families import PREFIX
from central.incidents.telling import Case, Round

PASSES_ON = frozenset({"beyond_means", "not_found"})
"""Outcomes that call for others, who verify in their turn."""

MISTAKEN: Words = (
    "此前的通知有误：经核实不是您的孩子。给您添麻烦了，请谅解。",
    "What you were told before was a mistake: it was not your child. Our apologies.",
)


@dataclass(frozen=True, slots=True)
class Verification:
    """What somebody found about one person, as it is asked for."""

    subject_id: str
    finding: Finding
    note: str = ""


def verify_subject(
    connection: Connection, actor: Actor, incident_id: str, found: Verification, now_ms: int
) -> None:
    """Keep what a person found, tell whom it concerns, and take back what was told by mistake.

    Raises:
        UnknownTaskError, UnknownSubjectError, NotAllowedError, SubjectError: nothing was changed.
    """
    case = _held(connection, incident_id)
    about = subjects.of_incident(connection, incident_id)
    subject = next((one for one in about if one.subject_id == found.subject_id), None)
    if subject is None:
        zh = "本事件中没有这个人"
        raise UnknownSubjectError(zh, "nobody of that id in this case")
    if subject not in verifiable(connection, actor, case.incident, about):
        zh = "您的角色或单位不能核实"
        raise NotAllowedError(zh, "your role or unit may not verify this")
    if subject.finding is found.finding:
        zh = "已经这样核实过了"
        raise SubjectError(zh, "that has been found already")
    is_closed = case.incident.status is Status.CLOSED
    if is_closed and found.finding is not Finding.NOT_THE_PERSON:
        zh = "事件已办结，只能更正为“不是本人”"
        raise SubjectError(zh, "the case is closed: it can only be corrected to not the person")
    _find(connection, case, actor, subject, found, now_ms)


def verifiable(
    connection: Connection, actor: Actor, incident: Incident, about: Collection[Subject]
) -> list[Subject]:
    """List those in a case whom somebody may verify."""
    units = {task.unit_code for task in tasks.of_incident(connection, incident.incident_id)}
    own = pupils.classes_of(connection, actor.actor_id, actor.unit_code)
    return [one for one in about if may_verify(actor, incident.scenario, one, units, own)]


def undecided_by_report(
    connection: Connection, actor: Actor, incident: Incident, report: Report
) -> list[Words]:
    """Say that somebody has to be verified, where a report-back does not say it by its outcome."""
    waiting = _undecided(connection, actor, incident)
    decides = len(waiting) == 1 and report.outcome in OUTCOME_FINDS
    if not waiting or decides or report.outcome in PASSES_ON:
        return []
    count = len(waiting)
    return [(f"请先核实涉事人员（{count} 人待核实）", f"verify first: {count} person(s) to verify")]


def find_by_report(
    connection: Connection, actor: Actor, case: Case, report: Report, now_ms: int
) -> None:
    """Take a report-back's outcome as what was found about the only one to be verified."""
    waiting = _undecided(connection, actor, case.incident)
    finding = OUTCOME_FINDS.get(report.outcome or "")
    if finding is not None and len(waiting) == 1:
        found = Verification(waiting[0].subject_id, finding)
        _find(connection, case, actor, waiting[0], found, now_ms)


def name_subject(
    connection: Connection, actor: Actor, incident_id: str, pupil: Pupil, now_ms: int
) -> None:
    """Say that a case is about a pupil of one's own: named by a person, it needs no verifying.

    Raises:
        UnknownTaskError, NotAllowedError, SubjectError: nothing was changed.
    """
    case = _held(connection, incident_id)
    own = pupils.classes_of(connection, actor.actor_id, actor.unit_code)
    is_theirs = may_find(actor, pupil.unit_code, pupil.class_code, own)
    if actor.role not in ON_THE_SPOT or not is_theirs or pupil.is_gone:
        zh = "您不能指认这名学生"
        raise NotAllowedError(zh, "not yours to name this pupil")
    keep_named(connection, case, actor.actor_id, pupil.pupil_id, now_ms)
    entry = Entry("subject_named", actor.actor_id, actor.name, "指认了涉事学生",
                  detail={"note_en": "named a pupil whom it is about"})  # fmt: skip
    timeline.tell(connection, incident_id, now_ms, entry)


def keep_named(connection: Connection, case: Case, by: str, pupil_id: str, now_ms: int) -> Subject:
    """Keep that a case is about a pupil, as a person or a school's own door says; tell on.

    Raises:
        SubjectError: the case is about this pupil already, or it is closed.
    """
    incident_id = case.incident.incident_id
    if case.incident.status is Status.CLOSED:
        zh = "事件已办结"
        raise SubjectError(zh, "the case is closed")
    if any(one.pupil_id == pupil_id for one in subjects.of_incident(connection, incident_id)):
        zh = "这名学生已在本事件中"
        raise SubjectError(zh, "the case is about this pupil already")
    kept = note_named(connection, case.incident, pupil_id, now_ms, by)
    audit.append(connection, now_ms, by, "subject.name", case.incident.number,
                 {"pupil": pupil_id})  # fmt: skip
    let_schools_read(connection, case.incident, [kept], now_ms)
    incidents.change(connection, incident_id)
    _tell(connection, case, kept, "confirmed", now_ms)
    return kept


def tell_newly_known(
    connection: Connection, case: Case, new: Collection[Subject], now_ms: int
) -> None:
    """Tell those who are told of a child when a case opens, of one who was matched later."""
    let_schools_read(connection, case.incident, new, now_ms)
    for subject in new:
        _tell(connection, case, subject, "open", now_ms)


def _undecided(connection: Connection, actor: Actor, incident: Incident) -> list[Subject]:
    about = subjects.of_incident(connection, incident.incident_id)
    return [one for one in verifiable(connection, actor, incident, about) if one.is_undecided]


def _find(
    connection: Connection,
    case: Case,
    actor: Actor,
    subject: Subject,
    found: Verification,
    now_ms: int,
) -> None:
    certainty = AFTER[found.finding]
    subjects.change(
        connection, subject.subject_id, certainty=certainty, finding=found.finding,
        found_by=actor.actor_id, found_at=now_ms, note=found.note.strip(),
    )  # fmt: skip
    incident = case.incident
    words = FINDINGS[found.finding]
    detail = {"note_en": words[1], "finding": found.finding, "unit": actor.unit_code}
    entry = Entry("subject_verified", actor.actor_id, actor.name, words[0], detail=detail)
    timeline.tell(connection, incident.incident_id, now_ms, entry)
    audit.append(
        connection, now_ms, actor.actor_id, "subject.verify", incident.number,
        {"subject": subject.subject_id, "pupil": subject.pupil_id, "finding": found.finding,
         "before": subject.finding},
    )  # fmt: skip
    incidents.change(connection, incident.incident_id)
    now = replace(subject, certainty=certainty, finding=found.finding)
    if certainty is Certainty.CONFIRMED:
        _tell(connection, case, now, "confirmed", now_ms)
    elif certainty is Certainty.REJECTED:
        _take_back(connection, case, now, now_ms)


def _tell(connection: Connection, case: Case, subject: Subject, upon: str, now_ms: int) -> None:
    telling = Round(connection, case, now_ms, only=frozenset({subject.subject_id}))
    due = [one for one in case.incident.playbook.notices if one.upon == upon]
    telling.tell_notices(due, of_children_only=True)
    telling.end()


def _take_back(connection: Connection, case: Case, subject: Subject, now_ms: int) -> None:
    """Call back what has not gone out to the family, and say sorry for what has."""
    if subject.pupil_id is None:
        return
    incident_id = case.incident.incident_id
    rows = pupils.guardians(connection, subject.pupil_id)
    family = {f"{PREFIX}{row.guardian_id}" for row in rows}
    letters.call_back(connection, incident_id, family)
    told = [to for to in letters.told(connection, incident_id) if to.recipient in family]
    telling = Round(connection, case, now_ms)
    facts = replace(case.facts(Moment.NOTICE), words_zh=MISTAKEN[0], words_en=MISTAKEN[1])
    facts = for_family(facts, replace(subject, certainty=Certainty.CONFIRMED))
    for to in told:
        telling.tell_one(facts, to)
    telling.end()


def _held(connection: Connection, incident_id: str) -> Case:
    incident = incidents.hold(connection, incident_id)
    place = incidents.place(connection, incident.site_id) if incident else None
    if incident is None or place is None:
        zh, en = "没有这个事件", "there is no such incident"
        raise UnknownTaskError(zh, en)
    return Case(incident, place)
