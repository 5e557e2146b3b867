"""The sweep: whatever has waited too long is told to the next level, and never twice."""

import logging
from dataclasses import dataclass, replace

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from central.adapters import calendars
from central.adapters.store import deadlines, incidents, tasks, timeline
from central.adapters.store.deadlines import Waiting
from central.adapters.store.duty import unit_names
from central.adapters.store.engine import Store
from central.adapters.store.incidents import Incident
from central.adapters.store.tasks import Task
from central.adapters.store.timeline import spoken
from central.core.escalation import Wait, fire
from central.core.letters import Moment, lasted
from central.core.playbook import Deadline, Level
from central.core.workflow import STEP_WORDS, Step
from central.incidents.duty import said
from central.incidents.telling import Case, Round
from central.incidents.waiting import duty_of

LOG = logging.getLogger("huxiao.central")

MOST_AT_ONCE = 200
AT_A_TIME = 20
"""SQLite has one writer, and a commit costs it a disk: so many cases share one."""


@dataclass(frozen=True, slots=True)
class _Due:
    """A wait that has come due: the levels to tell now, and the wait from now on."""

    incident: Incident
    task: Task
    deadline: Deadline
    levels: list[Level]
    wait: Wait


def sweep(store: Store, now_ms: int) -> int:
    """Escalate what is due, each case whole or not at all; give how many waits fired.

    Several workers may sweep at once: a wait fires only in the transaction that holds its
    incident, and is due no more after it. What somebody else holds just now is left for the next
    sweep.
    """
    fired, size = 0, 1 if store.is_postgresql else AT_A_TIME
    while True:
        with store.reading() as connection:
            due = deadlines.due(connection, now_ms, MOST_AT_ONCE)
        more = sum(
            _in_one_go(store, due[at : at + size], now_ms) for at in range(0, len(due), size)
        )
        fired += more
        if not more or len(due) < MOST_AT_ONCE:
            return fired


def _in_one_go(store: Store, ids: list[str], now_ms: int) -> int:
    """Escalate some cases together; where one of them fails, each alone, and that one is said."""
    try:
        with store.transaction() as connection:
            return sum(_escalate(connection, incident_id, now_ms) for incident_id in ids)
    except OperationalError:
        raise  # away or locked: all of them again at the next tick
    except Exception:
        LOG.exception("时限处理出错 (a deadline failed): %s", ", ".join(ids))
    return sum(_in_one_go(store, [one], now_ms) for one in ids) if len(ids) > 1 else 0


def _escalate(connection: Connection, incident_id: str, now_ms: int) -> int:
    incident = incidents.hold(connection, incident_id, wait=False)
    if incident is None:
        return 0
    fired = 0
    for task in tasks.of_incident(connection, incident_id):
        for due in _due_of(connection, incident, task, now_ms):
            _tell(connection, due, now_ms)
            fired += 1
    if fired:
        incidents.change(connection, incident_id)
    return fired


def _due_of(connection: Connection, incident: Incident, task: Task, now_ms: int) -> list[_Due]:
    running = deadlines.of_task(connection, task.task_id)
    found = []
    for deadline in duty_of(incident.playbook, task).deadlines:
        before = running.get(deadline.waits_for)
        if before is not None:
            levels, wait = fire(deadline, before, now_ms, calendars.current())
            if levels:
                found.append(_Due(incident, task, deadline, levels, wait))
    return found


def _tell(connection: Connection, due: _Due, now_ms: int) -> None:
    incident, task = due.incident, due.task
    waiting = Waiting(incident.incident_id, task.task_id, due.deadline.waits_for, due.wait)
    deadlines.put(connection, waiting)
    place = incidents.place(connection, incident.site_id)
    if place is None:
        msg = f"site {incident.site_id} has gone"
        raise LookupError(msg)
    case = Case(incident, place)
    words = STEP_WORDS[Step(due.deadline.waits_for)]
    waited_s = (now_ms - due.wait.since_at) // 1000
    facts = replace(
        case.facts(Moment.OVERDUE),
        waits_zh=words[0],
        waits_en=words[1],
        waited_s=waited_s,
        reminder=due.wait.level,
    )
    telling = Round(connection, case, now_ms)
    telling.tell(facts, [recipient for level in due.levels for recipient in level.tell], task)
    missing = telling.end()
    waited, told = lasted(waited_s), len(telling.written)
    how = said(telling.chosen, unit_names(connection))
    tail = tuple(f"{mark}{words}" if words else "" for mark, words in zip("；;", how, strict=True))
    entry = spoken(
        Step.ESCALATE,
        f"已等待 {waited[0]}，仍未{words[0]}，"
        f"升级到第 {due.wait.level} 级，通知 {told} 处{tail[0]}",
        f"waited {waited[1]} for: {words[1]}; escalated to level {due.wait.level}, {told} notified"
        f"{tail[1]}",
        waits_for=due.deadline.waits_for,
        level=due.wait.level,
        unreachable=missing,
    )
    timeline.tell(connection, incident.incident_id, now_ms, replace(entry, task_id=task.task_id))
