"""A step is taken back: its tasks stand, and wait, as they did before."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from central.adapters.store import audit, incidents, linking, tasks, timeline, undos
from central.adapters.store.incidents import Incident
from central.adapters.store.tasks import Task
from central.adapters.store.timeline import Entry
from central.adapters.store.undos import Kept
from central.core.people import Actor
from central.core.playbook import Playbook
from central.core.refusals import MergeRefusedError, TooEarlyError, UnknownTaskError
from central.core.report_back import NOTHING_MORE
from central.core.undo import UNDOABLE, may_undo
from central.core.workflow import Status, Step, roll_up
from central.incidents import following
from central.incidents.merging import put_waits, task_of_row, task_row, waits_of
from central.incidents.telling import Case
from central.incidents.waiting import demand_of

Snapshot = list[dict[str, Any]]
TOO_LATE = (
    "这一步已不能撤销：过了 10 分钟，或任务又有了新的进展",
    "this step can no longer be taken back: ten minutes are over, or the task has gone on",
)


def snapshot(connection: Connection, changed: Iterable[Task]) -> Snapshot:
    """Give tasks with their waits as values that can be kept."""
    return [{"task": task_row(one), "waits": waits_of(connection, one.task_id)} for one in changed]


def remember(  # noqa: PLR0913, PLR0917 - one sentence
    connection: Connection,
    actor: Actor,
    incident: Incident,
    task: Task,
    step: Step,
    before: Snapshot,
    now_ms: int,
) -> None:
    """Keep what a step has changed, where it can be taken back; else let it stand."""
    if not _can_be_undone(connection, incident, task, step):
        undos.forget(connection, task.task_id)
        return
    ids = {one["task"]["task_id"] for one in before}
    now = [one for one in tasks.of_incident(connection, incident.incident_id)
           if one.task_id in ids]  # fmt: skip
    after = [{"task": task_row(one)} for one in now]
    undos.put(connection, Kept(task.task_id, incident.incident_id, step, actor.actor_id, now_ms,
                               before, after))  # fmt: skip


def undo(connection: Connection, actor: Actor, incident_id: str, task_id: str, now_ms: int) -> Step:
    """Take the last step on a task back, in the caller's transaction; give which it was.

    Whoever was told that a case is over is told that it goes on.

    Raises:
        UnknownTaskError, TooEarlyError, MergeRefusedError: nothing was changed.
    """
    incident = incidents.hold(connection, incident_id)
    kept = undos.read(connection, task_id)
    if incident is None:
        zh, en = "没有这项任务", "there is no such task"
        raise UnknownTaskError(zh, en)
    if incident.merged_into is not None:
        zh, en = (
            "本事件已并入其他事件，请到那里办理",
            "this case is merged into another: go on there",
        )
        raise MergeRefusedError(zh, en)
    now = tasks.of_incident(connection, incident_id)
    if kept is None or kept.incident_id != incident_id or not _stands_as_left(kept, now) or not (
        may_undo(actor, kept.by, kept.step, kept.at, now_ms, incident.scenario)
    ):  # fmt: skip
        raise TooEarlyError(*TOO_LATE)
    restored = [_put_back(connection, one) for one in kept.before]
    undos.forget(connection, task_id)
    opened_again = _roll_up(connection, incident)
    _tell(connection, actor, incident, kept, now_ms)
    if opened_again:
        _tell_that_it_goes_on(connection, incident_id, restored, now_ms)
    return kept.step


def is_as_left(kept: Kept, rows: Iterable[dict[str, Any]]) -> bool:
    """Tell by a page's rows whether the tasks still stand as a step left them."""
    now = {row["task_id"]: row["status"] for row in rows}
    return all(now.get(one["task"]["task_id"]) == one["task"]["status"] for one in kept.after)


def _can_be_undone(connection: Connection, incident: Incident, task: Task, step: Step) -> bool:
    if step not in UNDOABLE or linking.to_case(connection, incident.incident_id, "merged"):
        return False
    if step is Step.VERIFY:
        return not _makes_known(incident.playbook, task)
    return step is not Step.CLOSE or not any(
        one.upon == "close" for one in incident.playbook.notices
    )


def _makes_known(playbook: Playbook, task: Task) -> bool:
    """Tell whether people without a duty hear of it as soon as a task is verified."""
    late = any(getattr(one.upon, "once", "") == "verified" for one in playbook.notices)
    return late or demand_of(playbook, task).public_result


def _stands_as_left(kept: Kept, now: list[Task]) -> bool:
    rows = {one.task_id: task_row(one) for one in now}
    return all(rows.get(one["task"]["task_id"]) == one["task"] for one in kept.after)


def _put_back(connection: Connection, one: dict[str, Any]) -> Task:
    task = task_of_row(one["task"])
    values = {name: getattr(task, name) for name in Task.__slots__ if name != "task_id"}
    tasks.change(connection, task.task_id, **values)
    put_waits(connection, task, one["waits"])
    return task


def _roll_up(connection: Connection, incident: Incident) -> bool:
    """Let the case stand as its tasks do; tell whether it is open again."""
    status = roll_up(one.status for one in tasks.of_incident(connection, incident.incident_id))
    changes: dict[str, Any] = {"status": status}
    if status is not Status.CLOSED:
        changes |= {"closed_at": None, "is_false_alarm": False, "false_alarm_label": None}
    incidents.change(connection, incident.incident_id, **changes)
    return incident.status is Status.CLOSED and status is not Status.CLOSED


def _tell(
    connection: Connection, actor: Actor, incident: Incident, kept: Kept, now_ms: int
) -> None:
    unit = next(one["task"]["unit_code"] for one in kept.before
                if one["task"]["task_id"] == kept.task_id)  # fmt: skip
    entry = Entry("undone", actor.actor_id, actor.name, "", kept.task_id,
                  {"unit": unit, "step": kept.step.value})  # fmt: skip
    timeline.tell(connection, incident.incident_id, now_ms, entry)
    audit.append(connection, now_ms, actor.actor_id, "step.undo", incident.number,
                 {"task_id": kept.task_id, "unit": unit, "step": kept.step.value})  # fmt: skip


def _tell_that_it_goes_on(
    connection: Connection, incident_id: str, restored: list[Task], now_ms: int
) -> None:
    """Tell the units whose tasks are theirs again; they had heard that it was over."""
    incident = incidents.read(connection, incident_id)
    place = incidents.place(connection, incident.site_id) if incident else None
    if incident is None or place is None:
        return
    for task in restored:
        closed = replace(task, status=Status.CLOSED)
        taken = following.Taken(closed, task, Step.REOPEN, (), NOTHING_MORE)
        following.follow(connection, Case(incident, place), taken, now_ms)
