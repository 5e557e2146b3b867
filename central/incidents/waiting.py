"""What a task waits for after a step: its deadlines, as the playbook has them."""

from typing import get_args

from sqlalchemy import Connection

from central.adapters import calendars
from central.adapters.store import deadlines
from central.adapters.store.deadlines import Waiting
from central.adapters.store.tasks import Task
from central.core.escalation import after_step
from central.core.playbook import Duty, Playbook, WaitsFor
from central.core.report_back import Demand
from central.core.workflow import Step

EVERY_WAIT: frozenset[WaitsFor] = frozenset(get_args(WaitsFor))


def duty_of(playbook: Playbook, task: Task) -> Duty:
    """Find what the playbook says about a task, also after it went to another unit."""
    return next(duty for duty in playbook.tasks if duty.duty_zh == task.duty_zh)


def demand_of(playbook: Playbook, task: Task) -> Demand:
    """Find what a report-back on a task must hold."""
    return duty_of(playbook, task).report


def wait_on(
    connection: Connection,
    playbook: Playbook,
    task: Task,
    step: Step,
    now_ms: int,
    *,
    leave_out: frozenset[WaitsFor] = frozenset(),
) -> None:
    """Start, go on with or end each wait of a task that has just taken `step`."""
    running = deadlines.of_task(connection, task.task_id)
    changed = []
    for deadline in duty_of(playbook, task).deadlines:
        before = running.get(deadline.waits_for)
        wait = after_step(deadline, before, step, task.status, now_ms, calendars.current())
        if wait is not None and wait != before and deadline.waits_for not in leave_out:
            changed.append(Waiting(task.incident_id, task.task_id, deadline.waits_for, wait))
    deadlines.put(connection, *changed)
