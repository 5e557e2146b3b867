"""A case whose cause is gone ends early; one whose day is ahead waits for it; changes are told."""

from dataclasses import replace

from sqlalchemy import Connection

from central.adapters import calendars
from central.adapters.store import deadlines, incidents, notifications, tasks
from central.adapters.store.deadlines import Waiting
from central.adapters.store.incidents import Incident
from central.core.escalation import begin, met
from central.core.letters import Moment
from central.core.playbook import Recipient
from central.core.workflow import Status
from central.incidents.telling import Case, Round
from central.incidents.waiting import duty_of

_ITS_UNIT = (Recipient(of_task=True),)
_AHEAD = frozenset({"report_back", "close"})


def put_off(connection: Connection, incident: Incident, starts_at: int) -> None:
    """Let the waits for report-back and close begin at `starts_at`: nothing is late before."""
    for task in tasks.of_incident(connection, incident.incident_id):
        running = deadlines.of_task(connection, task.task_id)
        for deadline in duty_of(incident.playbook, task).deadlines:
            wait = running.get(deadline.waits_for)
            if deadline.waits_for in _AHEAD and wait and wait.next_due_at is not None:
                later = begin(deadline, starts_at, calendars.current())
                waiting = Waiting(incident.incident_id, task.task_id, deadline.waits_for, later)
                deadlines.put(connection, waiting)


def tell_changed(connection: Connection, case: Case, now_ms: int) -> None:
    """Tell every unit with a task in a case that something about it has changed."""
    telling = Round(connection, case, now_ms)
    for task in tasks.of_incident(connection, case.incident.incident_id):
        telling.tell(case.facts(Moment.CHANGED), _ITS_UNIT, task)
    telling.end()


def end_early(connection: Connection, case: Case, now_ms: int) -> None:
    """Close all tasks and the case, and tell all who were told that it is over."""
    incident_id = case.incident.incident_id
    for task in tasks.of_incident(connection, incident_id):
        tasks.change(connection, task.task_id, status=Status.CLOSED, since_at=now_ms,
                     closed_at=task.closed_at or now_ms)  # fmt: skip
        for waits_for, wait in deadlines.of_task(connection, task.task_id).items():
            deadlines.put(connection, Waiting(incident_id, task.task_id, waits_for, met(wait)))
    incidents.change(connection, incident_id, status=Status.CLOSED, closed_at=now_ms)
    notifications.supersede(connection, incident_id, None, frozenset(Moment) - {Moment.OVER})
    closed = replace(case.incident, status=Status.CLOSED, closed_at=now_ms)
    over = replace(case, incident=closed)
    telling = Round(connection, over, now_ms)
    telling.tell_again(over.facts(Moment.OVER))
    telling.end()
