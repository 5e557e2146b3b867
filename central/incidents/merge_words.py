"""What is said of a merge and of its undoing: on both stories, and to the units concerned."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from central.adapters.store import incidents, tasks, timeline
from central.adapters.store.incidents import Incident
from central.adapters.store.tasks import Task
from central.adapters.store.timeline import Entry
from central.core.letters import Moment
from central.core.naming import Words
from central.core.people import Actor
from central.core.playbook import Recipient
from central.core.workflow import STATUS_WORDS
from central.incidents.telling import Case, Round

_ITS_UNIT = (Recipient(of_task=True),)


def tell_of_merge(  # noqa: PLR0913, PLR0917 - who, which two, what became of the tasks, why, when
    connection: Connection,
    actor: Actor,
    side: Incident,
    main: Incident,
    before: dict[str, Any],
    reason: str,
    now_ms: int,
) -> None:
    """Say on both what went where, and tell the units whose tasks these were."""
    joined = _named(connection, [one["task"] for one in before["joined"]])
    moved = _named(connection, before["moved"])
    gone = [(f"并入同单位同一任务：{joined[0]}", f"joined: {joined[1]}")] if joined[0] else []
    gone += [(f"移入：{moved[0]}", f"moved: {moved[1]}")] if moved[0] else []
    zh, en = "；".join(one[0] for one in gone), "; ".join(one[1] for one in gone)
    _tell(connection, actor, side, now_ms, "merged_away", main, reason, (
        f"并入 {main.number}，理由：{reason}。本事件的时限停止，请到 {main.number} 办理",
        f"merged into {main.number}: {reason}. Its clocks stop, go on in {main.number}",
    ))  # fmt: skip
    _tell(connection, actor, main, now_ms, "merged_in", side, reason, (
        f"{side.number} 并入本事件，理由：{reason}。{zh}",
        f"{side.number} was merged into this case: {reason}. {en}",
    ))  # fmt: skip
    rows = [*(one["task"] for one in before["joined"]), *before["moved"]]
    words = (
        f"{side.number} 已并入 {main.number}，请在 {main.number} 中继续办理",
        f"{side.number} is merged into {main.number}: go on there",
    )
    units = {row["task_id"] for row in rows}
    there = [*tasks.of_incident(connection, main.incident_id),
             *tasks.of_incident(connection, side.incident_id)]  # fmt: skip
    told = [task for task in there if task.task_id in units]
    _letters(connection, side, told, Moment.MERGED, words, now_ms)


def tell_of_undo(  # noqa: PLR0913, PLR0917 - who, which two, what went on, why, when
    connection: Connection,
    actor: Actor,
    side: Incident,
    main: Incident,
    went_on: list[Task],
    reason: str,
    now_ms: int,
) -> None:
    """Say on both that they are two again, what people did meanwhile, and tell the units."""
    done = [(f"{task.unit_code}“{task.duty_zh}”{STATUS_WORDS[task.status][0]}",
             f"{task.unit_code} {task.duty_en}: {STATUS_WORDS[task.status][1]}")
            for task in went_on]  # fmt: skip
    since = ("", "")
    if done:
        since = (
            f"。并案期间的进展保留：{'；'.join(one[0] for one in done)}",
            f". What was done meanwhile stands: {'; '.join(one[1] for one in done)}",
        )
    _tell(connection, actor, side, now_ms, "unmerged", main, reason, (
        f"撤销并案，恢复为独立事件，理由：{reason}{since[0]}。并案期间的预警和经过见 {main.number}",
        f"the merge was undone: {reason}{since[1]}. What was seen meanwhile is in {main.number}",
    ))  # fmt: skip
    _tell(connection, actor, main, now_ms, "unmerged", side, reason, (
        f"{side.number} 不再并入本事件，理由：{reason}{since[0]}",
        f"{side.number} is no longer merged into this case: {reason}{since[1]}",
    ))  # fmt: skip
    words = (
        f"{side.number} 已从 {main.number} 分出，请在 {side.number} 中继续办理",
        f"{side.number} is a case of its own again: go on there",
    )
    back = tasks.of_incident(connection, side.incident_id)
    again = replace(side, merged_into=None)
    _letters(connection, again, back, Moment.UNMERGED, words, now_ms)


def _tell(  # noqa: PLR0913, PLR0917 - one line of a story
    connection: Connection,
    actor: Actor,
    case: Incident,
    now_ms: int,
    event: str,
    other: Incident,
    reason: str,
    words: Words,
) -> None:
    detail = {"note_en": words[1], "other_id": other.incident_id, "number": other.number,
              "reason": reason}  # fmt: skip
    entry = Entry(event, actor.actor_id, actor.name, words[0], detail=detail)
    timeline.tell(connection, case.incident_id, now_ms, entry)


def _named(connection: Connection, rows: Iterable[dict[str, Any]]) -> Words:
    zh, en = [], []
    for row in rows:
        unit = tasks.unit(connection, row["unit_code"])
        zh.append(f"{unit.name_zh if unit else row['unit_code']}“{row['duty_zh']}”")
        en.append(f"{unit.name_en if unit else row['unit_code']} ({row['duty_en']})")
    return "、".join(zh), ", ".join(en)


def _letters(
    connection: Connection,
    case: Incident,
    told: list[Task],
    moment: Moment,
    words: Words,
    now_ms: int,
) -> None:
    place = incidents.place(connection, case.site_id)
    if place is None:
        msg = f"site {case.site_id} has gone"
        raise LookupError(msg)
    telling = Round(connection, Case(case, place), now_ms)
    facts = Case(case, place).facts(moment)
    for task in told:
        said = replace(facts, words_zh=words[0], words_en=words[1])
        telling.tell(said, _ITS_UNIT, task)
    telling.end()
