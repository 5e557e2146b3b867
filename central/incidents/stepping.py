"""A person takes a step: the table, the permissions, the playbook, and what follows."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from central.adapters.store import audit, incidents, plans, tasks, timeline
from central.adapters.store.incidents import Incident
from central.adapters.store.tasks import Task
from central.adapters.store.timeline import Entry
from central.core.access import HEALTH
from central.core.labels import Label
from central.core.people import Actor
from central.core.permissions import may
from central.core.playbook import WaitsFor
from central.core.refusals import (
    IncompleteReportError,
    MergeRefusedError,
    MissingNoteError,
    NotAllowedError,
    TooEarlyError,
    UnknownTaskError,
    UnknownUnitError,
)
from central.core.report_back import NOTHING_MORE, Report, missing
from central.core.workflow import STEP_WORDS, Status, Step, after, has_come, roll_up
from central.incidents import following, undoing
from central.incidents.opening import call_for
from central.incidents.telling import Case
from central.incidents.verifying import find_by_report, undecided_by_report
from central.incidents.waiting import EVERY_WAIT, demand_of, duty_of, wait_on


@dataclass(frozen=True, slots=True)
class _Move:
    """One step on one task, as it is asked for."""

    actor: Actor
    incident: Incident
    task: Task
    others: tuple[Task, ...]
    step: Step
    now_ms: int
    note: str
    to_unit: str | None
    label: Label | None
    report: Report


KEPT_ELSEWHERE = "见心灵关爱记录 / see the care record"
"""Whatever people write on a case about health: its words stand in the care store, or nowhere."""


def _is_sealed(move: "_Move") -> bool:
    """Tell whether the words of a step are not to be kept with the case."""
    return move.incident.scenario in HEALTH


def take_step(  # noqa: PLR0913, PLR0917 - a step is said in one sentence
    connection: Connection,
    actor: Actor,
    incident_id: str,
    task_id: str,
    step: Step,
    now_ms: int,
    note: str = "",
    to_unit: str | None = None,
    label: Label | None = None,
    report: Report = NOTHING_MORE,
) -> None:
    """Move one task, in the caller's transaction; `label` says what a false alarm was.

    Raises:
        UnknownTaskError, NotAllowedError, StepRefusedError, MissingNoteError, UnknownUnitError,
        TooEarlyError, IncompleteReportError: nothing was changed.
    """
    incident = incidents.hold(connection, incident_id)
    all_tasks = tasks.of_incident(connection, incident_id)
    task = next((one for one in all_tasks if one.task_id == task_id), None)
    if incident is None or task is None:
        zh, en = "没有这项任务", "there is no such task"
        raise UnknownTaskError(zh, en)
    others = tuple(one for one in all_tasks if one is not task)
    move = _Move(actor, incident, task, others, step, now_ms, note.strip(), to_unit, label, report)
    status = _permitted(connection, move)
    moved = _moved(move, status)
    changed = [moved, *_swept_along(move)]
    were = {one.task_id for one in changed}
    before = undoing.snapshot(connection, [one for one in all_tasks if one.task_id in were])
    for one in changed:
        _keep(connection, one)
        leave_out: frozenset[WaitsFor] = frozenset() if incident.has_clocks else EVERY_WAIT
        wait_on(connection, incident.playbook, one, step, now_ms, leave_out=leave_out)
    timeline.tell(connection, incident_id, now_ms, _entry(move, status))
    if step is Step.REPORT_BACK:
        find_by_report(connection, actor, _case(connection, incident), report, now_ms)
    called = _called_for(connection, move)
    rolled = roll_up(one.status for one in [moved, *(changed[1:] or others), *called])
    now_case = _rolled_up(connection, move, rolled)
    audit.append(
        connection, now_ms, actor.actor_id, f"step.{step}", incident.number,
        {"task_id": task_id, "unit": task.unit_code, "from": task.status, "to": status},
    )  # fmt: skip
    following.follow(
        connection, now_case, following.Taken(move.task, moved, step, others, report), now_ms
    )
    undoing.remember(connection, actor, incident, moved, step, before, now_ms)


def _permitted(connection: Connection, move: _Move) -> Status:
    """Give the status that follows, or raise: who, then whether, then how."""
    _must_stand_alone(connection, move.incident)
    words = STEP_WORDS[move.step]
    if not may(move.actor, move.step, move.task.unit_code, move.incident.scenario):
        zh = f"您的角色或单位不能对这项任务进行{words[0]}"
        raise NotAllowedError(zh, f"your role or unit may not {words[1]} this task")
    status = after(move.task.status, move.step)
    if move.step in move.incident.playbook.note_on and not move.note:
        zh, en = f"{words[0]}时请填写说明", f"to {words[1]}, please write a note"
        raise MissingNoteError(zh, en)
    if move.step is Step.REPORT_BACK:
        _must_be_complete(connection, move)
    if move.step is Step.VERIFY:
        _must_be_a_second_look(connection, move)
    if move.step is Step.TRANSFER:
        _must_lead_elsewhere(connection, move)
    if move.step is Step.CLOSE and move.incident.playbook.closes_when == "all_tasks_verified":
        _must_all_be_verified(move)
    return status


def _must_stand_alone(connection: Connection, incident: Incident) -> None:
    if incident.merged_into is None:
        return
    main = incidents.read(connection, incident.merged_into)
    number = main.number if main else incident.merged_into
    zh = f"本事件已并入 {number}，请到那里办理"
    raise MergeRefusedError(zh, f"this case is merged into {number}: go on there")


def _must_be_complete(connection: Connection, move: _Move) -> None:
    lacks = missing(demand_of(move.incident.playbook, move.task), move.note, move.report)
    have = incidents.pictures(connection, move.incident.incident_id, move.report.photos)
    demand = demand_of(move.incident.playbook, move.task)
    if demand.plan and not plans.is_renewed(connection, move.incident):
        lacks.append(
            ("本校“一校一策”（立案后的新版本）", "the school's plan, a version made since")
        )
    lacks += [
        (f"照片 {sha256[:12]}… 尚未上传到本事件", f"photo {sha256[:12]}… is not in this incident")
        for sha256 in sorted(set(move.report.photos) - have)
    ]
    lacks += undecided_by_report(connection, move.actor, move.incident, move.report)
    if lacks:
        zh = f"反馈还缺：{'；'.join(words[0] for words in lacks)}"
        raise IncompleteReportError(zh, f"still missing: {'; '.join(words[1] for words in lacks)}")


def _must_be_a_second_look(connection: Connection, move: _Move) -> None:
    """What guardians will be told, somebody else has looked at before."""
    if not demand_of(move.incident.playbook, move.task).public_result:
        return
    last = timeline.last_report(connection, move.task.task_id)
    if last and last.actor == move.actor.actor_id:
        zh = "处置结果核查后即公布给家长，请由填报人以外的另一人核查"
        en = "verified, the result goes to the guardians: another person must look at it"
        raise NotAllowedError(zh, en)


def _called_for(connection: Connection, move: _Move) -> list[Task]:
    """Dispatch what the report-back calls for, before the incident is rolled up."""
    if move.step is not Step.REPORT_BACK:
        return []
    playbook = move.incident.playbook
    duties = playbook.opened_by(duty_of(playbook, move.task), move.report.outcome)
    return call_for(connection, _case(connection, move.incident), duties, move.now_ms)


def _must_lead_elsewhere(connection: Connection, move: _Move) -> None:
    if not move.to_unit or tasks.unit(connection, move.to_unit) is None:
        zh, en = f"没有单位 {move.to_unit!r}", f"there is no unit {move.to_unit!r}"
        raise UnknownUnitError(zh, en)
    if move.to_unit == move.task.unit_code:
        zh, en = "任务已在该单位", "the task is with that unit already"
        raise UnknownUnitError(zh, en)


def _must_all_be_verified(move: _Move) -> None:
    if not all(has_come(one.status, Status.VERIFIED) for one in move.others):
        zh = "还有单位的任务未核查，暂不能办结"
        raise TooEarlyError(zh, "another unit's task is not verified yet: cannot close")


def _moved(move: _Move, status: Status) -> Task:
    """Give the task as it is after the step."""
    changes: dict[str, Any] = {"status": status, **_MARKS.get(move.step, _no_mark)(move)}
    if status is not move.task.status or move.step is Step.TRANSFER:
        changes["since_at"] = move.now_ms
    return replace(move.task, **changes)


def _no_mark(_: _Move) -> dict[str, Any]:
    return {}


def _begun_anew(_: _Move) -> dict[str, Any]:
    return {"acknowledged_at": None, "acknowledged_by": None, "closed_at": None}


_MARKS: dict[Step, Callable[[_Move], dict[str, Any]]] = {
    Step.ACKNOWLEDGE: lambda m: {
        "acknowledged_at": m.now_ms,
        "acknowledged_by": m.actor.actor_id,
    },
    Step.TRANSFER: lambda m: {**_begun_anew(m), "unit_code": m.to_unit},
    Step.REOPEN: _begun_anew,
    Step.CLOSE: lambda m: {"closed_at": m.now_ms},
    Step.FALSE_ALARM: lambda m: {"closed_at": m.now_ms},
}
"""What a step leaves on its task, beside the status."""


def _swept_along(move: _Move) -> list[Task]:
    """Give the other tasks as a false alarm leaves them: it ends the incident, not one task."""
    if move.step is not Step.FALSE_ALARM:
        return []
    ended: dict[str, Any] = {
        "status": Status.CLOSED,
        "since_at": move.now_ms,
        "closed_at": move.now_ms,
    }
    return [one if one.status is Status.CLOSED else replace(one, **ended) for one in move.others]


def _keep(connection: Connection, task: Task) -> None:
    names = ("unit_code", "status", "since_at", "acknowledged_at", "acknowledged_by", "closed_at")
    tasks.change(connection, task.task_id, **{name: getattr(task, name) for name in names})


def _rolled_up(connection: Connection, move: _Move, status: Status) -> Case:
    is_closed = status is Status.CLOSED
    changes: dict[str, Any] = {
        "status": status,
        "closed_at": (move.incident.closed_at or move.now_ms) if is_closed else None,
        "is_false_alarm": is_closed
        and (move.step is Step.FALSE_ALARM or move.incident.is_false_alarm),
        "false_alarm_label": _label(move) if is_closed else None,
    }
    incidents.change(connection, move.incident.incident_id, **changes)
    incidents.mirror(connection, move.incident.incident_id, **changes)
    return _case(connection, replace(move.incident, **changes))


def _case(connection: Connection, incident: Incident) -> Case:
    place = incidents.place(connection, incident.site_id)
    if place is None:
        msg = f"site {incident.site_id} has gone"
        raise LookupError(msg)
    return Case(incident, place)


def _label(move: _Move) -> str | None:
    if move.step is Step.FALSE_ALARM and move.label is not None:
        return move.label.value
    return move.incident.false_alarm_label


def _entry(move: _Move, status: Status) -> Entry:
    detail: dict[str, Any] = {
        "unit": move.task.unit_code,
        "from": move.task.status,
        "to": status,
    }
    if move.step is Step.REPORT_BACK and move.report != NOTHING_MORE:
        detail["report"] = move.report.model_dump(mode="json", exclude_defaults=True)
    if move.to_unit and move.step is Step.TRANSFER:
        detail["to_unit"] = move.to_unit
    if move.label and move.step is Step.FALSE_ALARM:
        detail["label"] = move.label
    return Entry(
        event=move.step,
        actor=move.actor.actor_id,
        actor_name=move.actor.name,
        note=KEPT_ELSEWHERE if move.note and _is_sealed(move) else move.note,
        task_id=move.task.task_id,
        detail=detail,
    )
