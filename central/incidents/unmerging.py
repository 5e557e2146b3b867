"""A merge is undone: both cases stand as before, and what came since is explained on both."""

from typing import Any

from sqlalchemy import Connection

from central.adapters.store import audit, incidents, linking, notifications, tasks
from central.adapters.store.incidents import Incident
from central.adapters.store.linking import Link
from central.adapters.store.tasks import Task
from central.core.merging import grafted
from central.core.people import Actor
from central.core.playbook import Playbook
from central.core.refusals import MergeRefusedError, MissingNoteError, UnknownTaskError
from central.core.workflow import Status, roll_up
from central.incidents.merge_words import tell_of_undo
from central.incidents.merging import (
    held_both,
    must_be_allowed,
    put_waits,
    task_of_row,
    task_row,
    waits_of,
)


def unmerge(
    connection: Connection, actor: Actor, incident_id: str, reason: str, now_ms: int
) -> None:
    """Undo the merge of a case.

    Its tasks come back: as they were, or as far as people have brought them since. What was seen
    meanwhile stays with the other case, and both say so.

    Raises:
        UnknownTaskError, NotAllowedError, MissingNoteError, MergeRefusedError: nothing was changed.
    """
    found = incidents.read(connection, incident_id)
    if found is None:
        zh, en = "没有这起事件", "there is no such incident"
        raise UnknownTaskError(zh, en)
    links = linking.of_case(connection, incident_id, "merged")
    if found.merged_into is None or not links:
        zh, en = f"{found.number} 没有并入其他事件", f"{found.number} is not merged into another"
        raise MergeRefusedError(zh, en)
    side, main = held_both(connection, incident_id, found.merged_into)
    must_be_allowed(connection, actor, side, main)
    if not reason.strip():
        zh, en = "撤销并案请填写理由", "to undo a merge, please write the reason"
        raise MissingNoteError(zh, en)
    link = links[-1]
    linking.end(connection, [link.link_id], actor.actor_id, now_ms)
    playbook = _without(connection, main, link)
    kept_going = _brought_back(connection, side, main, link, playbook)
    for case, changes in _stand(connection, side, main, playbook, now_ms):
        incidents.change(connection, case.incident_id, **changes)
    main_status = roll_up(one.status for one in tasks.of_incident(connection, main.incident_id))
    incidents.mirror(connection, main.incident_id, status=main_status)
    for of_case, units in link.before["copies"].items():
        incidents.copy_no_more(connection, of_case, units)
    tell_of_undo(connection, actor, side, main, kept_going, reason.strip(), now_ms)
    detail = {"from": main.number}  # the reason is in the story: words may name a child
    audit.append(connection, now_ms, actor.actor_id, "incident.unmerge", side.number, detail)


def _without(connection: Connection, main: Incident, link: Link) -> Playbook:
    """Give the other case's playbook as if this one had never been merged into it."""
    base = Playbook.model_validate(link.before["playbook"])
    for later in linking.to_case(connection, main.incident_id, "merged"):
        if later.at < link.at or (later.at == link.at and later.link_id < link.link_id):
            continue
        before = later.before | {"playbook": base.model_dump(mode="json")}
        linking.remember_before(connection, later.link_id, before)
        member = incidents.read(connection, later.incident_id)
        base = (member and grafted(base, member.playbook)) or base
    return base


def _brought_back(
    connection: Connection, side: Incident, main: Incident, link: Link, playbook: Playbook
) -> list[Task]:
    """Put every task where it belongs; give those that people have gone on with since."""
    now = {one.task_id: one for one in tasks.of_incident(connection, main.incident_id)}
    went_on = [one for kept in link.before["joined"]
               if (one := _part(connection, kept, now)) is not None]  # fmt: skip
    for row in link.before["moved"]:
        task, before = now.get(row["task_id"]), task_of_row(row)
        if task is None:
            continue
        _give_back(connection, task, side, before.part)
        if _progress(task) != _progress(before):
            went_on.append(task)
    duties = {duty.duty_zh for duty in playbook.tasks}
    moved = {row["task_id"] for row in link.before["moved"]}
    for task in now.values():  # what this case's own tasks have called for since
        if task.duty_zh not in duties and task.task_id not in moved:
            _give_back(connection, task, side, task.part)
            went_on.append(task)
    return went_on


def _part(connection: Connection, kept: dict[str, Any], now: dict[str, Task]) -> Task | None:
    """Give both of two joined tasks their own state again; the one that went on keeps its own."""
    task = task_of_row(kept["task"])
    put_waits(connection, task, kept["waits"])
    same = now.get(kept["same"]["task_id"])
    if same is None:
        return None
    if task_row(same) != kept["same_after"]:
        return same
    before = task_of_row(kept["same"])
    if task_row(before) != task_row(same):
        values = {name: getattr(before, name) for name in Task.__slots__ if name != "task_id"}
        tasks.change(connection, same.task_id, **values)
        put_waits(connection, before, kept["same_waits"])
    return None


def _give_back(connection: Connection, task: Task, side: Incident, part: str) -> None:
    waits = waits_of(connection, task.task_id)
    tasks.change(connection, task.task_id, incident_id=side.incident_id, part=part)
    for one in tasks.of_incident(connection, side.incident_id):
        if one.task_id == task.task_id:
            put_waits(connection, one, waits)
    notifications.hand_over(connection, task.task_id, side.incident_id)


def _stand(
    connection: Connection, side: Incident, main: Incident, playbook: Playbook, now_ms: int
) -> list[tuple[Incident, dict[str, Any]]]:
    """Give where both cases stand now."""
    own = {"playbook": playbook.model_dump(mode="json")}
    again: dict[str, Any] = {"merged_into": None}
    found = []
    for case, changes in ((side, again), (main, own)):
        status = roll_up(one.status for one in tasks.of_incident(connection, case.incident_id))
        stands: dict[str, Any]
        if status is Status.CLOSED:
            stands = {"closed_at": case.closed_at or now_ms}
        else:
            stands = {"closed_at": None, "is_false_alarm": False, "false_alarm_label": None}
        found.append((case, {"status": status, **stands, **changes}))
    return found


def _progress(task: Task) -> tuple[Any, ...]:
    return task.unit_code, task.status, task.since_at, task.acknowledged_at, task.closed_at
