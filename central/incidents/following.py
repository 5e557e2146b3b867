"""What follows a step: people are told or called back, and the device hears how it stands."""

from dataclasses import dataclass

from sqlalchemy import Connection

from central.adapters.store import deadlines, down, incidents, notifications
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
    if taken.step is Step.REPORT_BACK:
        _tell_notices(connection, case, taken, now_ms)
    if taken.step is Step.ESCALATE:
        _tell(connection, case, Moment.OVERDUE, _next_level(connection, case, taken), taken.task,
              now_ms)  # fmt: skip
    if taken.step is Step.TRANSFER:
        incidents.copy_to(connection, incident_id, taken.before.unit_code, now_ms)
    if taken.step is Step.ACKNOWLEDGE and not any(one.acknowledged_at for one in taken.others):
        _receipt(connection, case, Status.ACKNOWLEDGED, now_ms)
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


def _tell_notices(connection: Connection, case: Case, taken: Taken, now_ms: int) -> None:
    playbook = case.incident.playbook
    code, outcome = duty_of(playbook, taken.task).code, taken.report.outcome
    telling = Round(connection, case, now_ms)
    telling.tell_notices(one for one in playbook.notices if one.is_due(code, outcome))
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
    _receipt(connection, case, Status.CLOSED, now_ms)


_LAST_WORDS = frozenset({Moment.OVER, Moment.FALSE_ALARM})


def _receipt(connection: Connection, case: Case, status: Status, now_ms: int) -> None:
    incident = case.incident
    if incident.device_id is None:
        return
    receipt = Receipt(
        alert_id=incidents.last_alert_id(connection, incident.incident_id),
        incident_id=incident.incident_id,
        stored_at=from_ms(now_ms),
        status="closed" if status is Status.CLOSED else "acknowledged",
    )
    down.put_receipt(connection, incident.device_id, receipt, now_ms)
