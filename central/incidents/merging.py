"""One case is merged into another, and the merge is undone: both keep their own story."""

from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection

from central.adapters.store import audit, deadlines, incidents, linking, notifications, tasks
from central.adapters.store.deadlines import Waiting
from central.adapters.store.incidents import Incident
from central.adapters.store.linking import Link
from central.adapters.store.tasks import Task
from central.core.escalation import Wait
from central.core.letters import Moment
from central.core.merging import Side, grafted, may_merge, why_not
from central.core.people import Actor
from central.core.refusals import (
    MergeRefusedError,
    MissingNoteError,
    NotAllowedError,
    UnknownTaskError,
)
from central.core.workflow import Status, has_come, roll_up
from central.incidents.merge_words import tell_of_merge

ALL_BUT_LAST_WORDS = frozenset(Moment) - {Moment.OVER, Moment.FALSE_ALARM}


def merge(
    connection: Connection, actor: Actor, incident_id: str, into_id: str, reason: str, now_ms: int
) -> None:
    """Merge a case into another: its tasks go there, its clocks stop, it takes no more steps.

    Raises:
        UnknownTaskError, NotAllowedError, MissingNoteError, MergeRefusedError: nothing was changed.
    """
    side, main = held_both(connection, incident_id, into_id)
    must_be_allowed(connection, actor, side, main)
    if refused := why_not(_side(connection, side), _side(connection, main)):
        raise MergeRefusedError(*refused)
    if not reason.strip():
        zh, en = "并案请填写理由", "to merge, please write the reason"
        raise MissingNoteError(zh, en)
    playbook = grafted(main.playbook, side.playbook)
    if playbook is None:
        zh, en = "两起事件的任务合起来太多，不能并案", "together the two cases have too many tasks"
        raise MergeRefusedError(zh, en)
    before = _taken_over(connection, side, main, now_ms)
    status = roll_up(one.status for one in tasks.of_incident(connection, main.incident_id))
    incidents.change(
        connection, main.incident_id, status=status,
        playbook=playbook.model_dump(mode="json"),
    )  # fmt: skip
    incidents.change(connection, side.incident_id, merged_into=main.incident_id, status=status)
    linking.put(connection, Link(side.incident_id, main.incident_id, "merged", reason.strip(), "",
                                 now_ms, actor.actor_id, before=before))  # fmt: skip
    _end_suggestions(connection, side, main, actor, now_ms)
    tell_of_merge(connection, actor, side, main, before, reason.strip(), now_ms)
    detail = {"into": main.number}  # the reason is in the story: words may name a child
    audit.append(connection, now_ms, actor.actor_id, "incident.merge", side.number, detail)


def held_both(connection: Connection, one_id: str, other_id: str) -> tuple[Incident, Incident]:
    """Hold two cases, always in the same order, so that nobody waits in a circle."""
    held = {name: incidents.hold(connection, name) for name in sorted({one_id, other_id})}
    one, other = held[one_id], held[other_id]
    if one is None or other is None:
        zh, en = "没有这起事件", "there is no such incident"
        raise UnknownTaskError(zh, en)
    return one, other


def must_be_allowed(connection: Connection, actor: Actor, *cases: Incident) -> None:
    """Refuse whoever is neither the district's nor of the unit that leads them all."""
    leads = [one.unit_code for case in cases
             for one in tasks.of_incident(connection, case.merged_into or case.incident_id)
             if one.part == "lead"]  # fmt: skip
    if not may_merge(actor, leads):
        zh = "只有区级值班员和两起事件共同的主办单位可以并案或撤销"
        en = "only the district's officers and the unit that leads both may merge or undo it"
        raise NotAllowedError(zh, en)


def waits_of(connection: Connection, task_id: str) -> list[dict[str, Any]]:
    """Give a task's waits as values that can be kept."""
    found = deadlines.of_task(connection, task_id)
    return [{"waits_for": name, **asdict(wait)} for name, wait in sorted(found.items())]


def put_waits(connection: Connection, task: Task, waits: list[dict[str, Any]]) -> None:
    """Put kept waits in the place of a task's waits."""
    deadlines.replace(connection, task.task_id, [
        Waiting(task.incident_id, task.task_id, one["waits_for"],
                Wait(one["since_at"], one["level"], one["next_due_at"]))
        for one in waits
    ])  # fmt: skip


def _side(connection: Connection, case: Incident) -> Side:
    members = linking.to_case(connection, case.incident_id, "merged")
    return Side(case.incident_id, case.number, case.status, case.scenario, case.is_drill,
                case.merged_into is not None, bool(members))  # fmt: skip


def _taken_over(
    connection: Connection, side: Incident, main: Incident, now_ms: int
) -> dict[str, Any]:
    """Bring the tasks over, and give what an undo needs to put all back."""
    theirs = {
        (one.unit_code, one.duty_zh): one for one in tasks.of_incident(connection, main.incident_id)
    }
    joined, moved, units = [], [], set()
    for task in tasks.of_incident(connection, side.incident_id):
        units.add(task.unit_code)
        same = theirs.get((task.unit_code, task.duty_zh))
        if same is not None:
            joined.append(_joined(connection, task, same))
        else:
            moved.append(task_row(task))
            _move(connection, task, main)
    return {
        "playbook": main.playbook.model_dump(mode="json"),
        "joined": joined,
        "moved": moved,
        "copies": _copied(connection, side, main, units, now_ms),
    }


def _joined(connection: Connection, task: Task, same: Task) -> dict[str, Any]:
    """Let the further of two tasks stand; the one that is merged away waits for nothing."""
    kept: dict[str, Any] = {
        "task": task_row(task),
        "waits": waits_of(connection, task.task_id),
        "same": task_row(same),
        "same_waits": waits_of(connection, same.task_id),
    }
    if not has_come(same.status, task.status):
        further = replace(same, **{name: getattr(task, name) for name in _PROGRESS})
        tasks.change(connection, same.task_id, **{n: getattr(further, n) for n in _PROGRESS})
        put_waits(connection, further, kept["waits"])
    stopped = [one | {"next_due_at": None} for one in kept["waits"]]
    put_waits(connection, task, stopped)
    notifications.supersede(connection, task.incident_id, task.task_id, ALL_BUT_LAST_WORDS)
    after = {one.task_id: one for one in tasks.of_incident(connection, same.incident_id)}
    kept["same_after"] = task_row(after[same.task_id])
    return kept


_PROGRESS = ("status", "since_at", "acknowledged_at", "acknowledged_by", "closed_at")


def _move(connection: Connection, task: Task, main: Incident) -> None:
    there = replace(task, incident_id=main.incident_id, part="joint")
    waits = waits_of(connection, task.task_id)
    tasks.change(connection, task.task_id, incident_id=there.incident_id, part=there.part)
    put_waits(connection, there, waits)
    notifications.hand_over(connection, task.task_id, main.incident_id)


def _copied(
    connection: Connection, side: Incident, main: Incident, units: set[str], now_ms: int
) -> dict[str, list[str]]:
    """Let who could read either case read it still; give the units that could not before."""
    added = {}
    wanted = {
        main.incident_id: incidents.copied_to(connection, side.incident_id),
        side.incident_id: units,
    }
    for incident_id, codes in wanted.items():
        new = codes - incidents.copied_to(connection, incident_id)
        for code in sorted(new):
            incidents.copy_to(connection, incident_id, code, now_ms)
        added[incident_id] = sorted(new)
    return added


def _end_suggestions(
    connection: Connection, side: Incident, main: Incident, actor: Actor, now_ms: int
) -> None:
    both = {side.incident_id, main.incident_id}
    found = [*linking.of_case(connection, side.incident_id, "suggested"),
             *linking.of_case(connection, main.incident_id, "suggested")]  # fmt: skip
    ended = [one.link_id for one in found if {one.incident_id, one.other_id} == both]
    linking.end(connection, ended, actor.actor_id, now_ms)


def task_row(task: Task) -> dict[str, Any]:
    """Give a task as values that can be kept."""
    return {**asdict(task), "status": str(task.status)}


def task_of_row(row: dict[str, Any]) -> Task:
    """Give a task from kept values."""
    return Task(**row | {"status": Status(row["status"])})
