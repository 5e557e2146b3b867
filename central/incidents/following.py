"""What follows a step: people are told or called back, and the device hears how it stands."""

from dataclasses import dataclass

from sqlalchemy import Connection

from central.adapters.store import (
    bookings,
    deadlines,
    down,
    incidents,
    linking,
    notifications,
    timeline,
)
from central.adapters.store.incidents import Incident
from central.adapters.store.tasks import Task
from central.core.labels import Label
from central.core.letters import Moment
from central.core.local_time import from_ms
from central.core.playbook import Recipient
from central.core.report_back import NOTHING_MORE, Report
from central.core.workflow import Status, Step
from central.incidents.teaching import teach
from central.incidents.telling import Case, Round
from central.incidents.waiting import duty_of
from contract.messages import Receipt

_ITS_UNIT = (Recipient(of_task=True),)
_OFFICERS = Recipient.model_validate({"unit": "edu", "roles": ["duty_officer"]})

TELLS: dict[Step, tuple[Moment, tuple[Recipient, ...]]] = {
    Step.TRANSFER: (Moment.TRANSFERRED, _ITS_UNIT),
    Step.RETURN: (Moment.RETURNED, _ITS_UNIT),
    Step.REOPEN: (Moment.REOPENED, _ITS_UNIT),
    Step.URGE: (Moment.URGED, _ITS_UNIT),
    Step.SUPERVISE: (Moment.SUPERVISED, (*_ITS_UNIT, _OFFICERS)),
}
"""Whom a step wakes. Escalation asks the playbook; the other steps are seen on the page."""

CALLS_BACK: dict[Step, frozenset[Moment]] = {
    Step.ACKNOWLEDGE: frozenset({Moment.OVERDUE, Moment.URGED}),
    Step.REPORT_BACK: frozenset({Moment.OVERDUE, Moment.URGED, Moment.SUPERVISED}),
    Step.TRANSFER: frozenset({Moment.DISPATCHED, Moment.OVERDUE, Moment.URGED}),
}
"""Which notices about this task need no longer go out; other units' go out all the same."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that has been taken, with the task before and after it, and the other tasks."""

    before: Task
    task: Task
    step: Step
    others: tuple[Task, ...]
    report: Report = NOTHING_MORE


def follow(connection: Connection, case: Case, taken: Taken, now_ms: int) -> None:
    """Tell, call back, and send the device its receipt, in the transaction of the step."""
    incident_id = case.incident.incident_id
    if moments := CALLS_BACK.get(taken.step):
        notifications.supersede(connection, incident_id, taken.task.task_id, moments)
    if taken.step in TELLS:
        moment, recipients = TELLS[taken.step]
        _tell(connection, case, moment, recipients, taken.task, now_ms)
    if taken.step in {Step.REPORT_BACK, Step.VERIFY}:
        _make_known(connection, case, taken, now_ms)
    if taken.step is Step.ESCALATE:
        _tell(connection, case, Moment.OVERDUE, _next_level(connection, case, taken), taken.task,
              now_ms)  # fmt: skip
    if taken.step is Step.TRANSFER:
        incidents.copy_to(connection, incident_id, taken.before.unit_code, now_ms)
    if taken.step is Step.ACKNOWLEDGE:
        _answer_devices(connection, case, taken, now_ms)
    if taken.step is Step.FALSE_ALARM and case.incident.false_alarm_label:
        teach(connection, case.incident, Label(case.incident.false_alarm_label), now_ms)
    if case.incident.status is Status.CLOSED and taken.before.status is not Status.CLOSED:
        _over(connection, case, now_ms)


def _tell(
    connection: Connection,
    case: Case,
    moment: Moment,
    recipients: tuple[Recipient, ...],
    task: Task,
    now_ms: int,
) -> None:
    telling = Round(connection, case, now_ms)
    telling.tell(case.facts(moment), recipients, task)
    telling.end()


def _make_known(connection: Connection, case: Case, taken: Taken, now_ms: int) -> None:
    """Tell people without a duty what was reported back, or what has been verified of it."""
    if taken.step is Step.REPORT_BACK:
        _tell_notices(connection, case, taken, taken.report, "reported", now_ms)
        if taken.report.attended is not None:
            incident_id = case.incident.incident_id
            bookings.came(connection, incident_id, taken.report.attended, now_ms)
    elif last := timeline.last_report(connection, taken.task.task_id):
        _tell_notices(connection, case, taken, last.report, "verified", now_ms)


def _tell_notices(
    connection: Connection, case: Case, taken: Taken, report: Report, once: str, now_ms: int
) -> None:
    playbook = case.incident.playbook
    code, outcome = duty_of(playbook, taken.task).code, report.outcome
    due = [one for one in playbook.notices if one.is_due(code, outcome, once)]
    telling = Round(connection, case, now_ms)
    telling.tell_notices(due, report.public_result)
    telling.end()


def _next_level(connection: Connection, case: Case, taken: Taken) -> tuple[Recipient, ...]:
    """Give those whom the clock would have called next, or last."""
    running = deadlines.of_task(connection, taken.task.task_id)
    for deadline in duty_of(case.incident.playbook, taken.task).deadlines:
        wait = running.get(deadline.waits_for)
        if wait is not None and wait.next_due_at is not None:
            return deadline.levels[min(wait.level, len(deadline.levels) - 1)].tell
    return (_OFFICERS,)


def _over(connection: Connection, case: Case, now_ms: int) -> None:
    """Call back what has not gone out, tell all who were told, and let the device know."""
    incident_id = case.incident.incident_id
    notifications.supersede(connection, incident_id, None, frozenset(Moment) - _LAST_WORDS)
    telling = Round(connection, case, now_ms)
    ending = Moment.FALSE_ALARM if case.incident.is_false_alarm else Moment.OVER
    telling.tell_again(case.facts(ending))
    if not case.incident.is_false_alarm:
        telling.tell_notices(one for one in case.incident.playbook.notices if one.upon == "close")
    telling.end()
    for incident in _with_members(connection, case.incident):
        _receipt(connection, incident, Status.CLOSED, now_ms)
        if incident.merged_into is not None:
            _over_too(connection, incident, ending, now_ms)


def _over_too(connection: Connection, member: Incident, ending: Moment, now_ms: int) -> None:
    """Tell those who were told of a case before it was merged into the one that is over now."""
    notifications.supersede(connection, member.incident_id, None, frozenset(Moment) - _LAST_WORDS)
    place = incidents.place(connection, member.site_id)
    if place is None:
        return
    telling = Round(connection, Case(member, place), now_ms)
    telling.tell_again(Case(member, place).facts(ending))
    telling.end()


_LAST_WORDS = frozenset({Moment.OVER, Moment.FALSE_ALARM})


def _answer_devices(connection: Connection, case: Case, taken: Taken, now_ms: int) -> None:
    """Let devices hear the first acknowledgement that counts for them, by their playbook."""
    for incident in _with_members(connection, case.incident):
        counts = [one for one in (taken.task, *taken.others) if _answers(incident, one)]
        first = [one for one in counts if one.acknowledged_at]
        if len(first) == 1 and first[0].task_id == taken.task.task_id:
            _receipt(connection, incident, Status.ACKNOWLEDGED, now_ms)


def _answers(incident: Incident, task: Task) -> bool:
    """Tell whether a device hears of this task; a duty that another playbook brought counts not."""
    duties = [one for one in incident.playbook.tasks if one.duty_zh == task.duty_zh]
    return any(incident.playbook.answers(duty) for duty in duties)


def _with_members(connection: Connection, incident: Incident) -> list[Incident]:
    """Give a case and those that were merged into it."""
    merged = (incidents.read(connection, one.incident_id)
              for one in linking.to_case(connection, incident.incident_id, "merged"))  # fmt: skip
    return [incident, *(one for one in merged if one is not None)]


def _receipt(connection: Connection, incident: Incident, status: Status, now_ms: int) -> None:
    if incident.device_id is None:
        return
    receipt = Receipt(
        alert_id=incidents.last_alert_id(connection, incident.incident_id),
        incident_id=incident.incident_id,
        stored_at=from_ms(now_ms),
        status="closed" if status is Status.CLOSED else "acknowledged",
    )
    down.put_receipt(connection, incident.device_id, receipt, now_ms)
