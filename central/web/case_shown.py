"""All that the page of a case shows to whoever asks, and what its printed file holds."""

from typing import Any

from sqlalchemy import Connection

from central.adapters.store import board, case_log, geography, mapping, reach, undos
from central.adapters.store import seen as seen_lines
from central.core.access import sees_looks
from central.core.fates import remarks
from central.core.labels import Label
from central.core.people import Role
from central.core.permissions import steps_for
from central.core.story import Line, Names, told
from central.core.subjects import Finding
from central.core.undo import UNDO_WITHIN_MS, may_undo
from central.core.workflow import STEP_WORDS, Status, Step
from central.incidents.undoing import is_as_left
from central.web import here, looking, merge_pages, subjects_shown
from central.web.languages import text as _
from contract.scenarios import Scenario

LOOP = (
    Step.ACKNOWLEDGE,
    Step.DISPOSE,
    Step.REPORT_BACK,
    Step.VERIFY,
    Step.CLOSE,
    Step.DISPATCH,
    Step.REOPEN,
)
"""The way on; everything else is a side move."""

NAMES_PUPILS = frozenset({Role.SCHOOL_SAFETY_LEAD, Role.CLASS_TEACHER})
PLATFORM = "webhook:"
FAMILY = "guardian:"


def seen(incident_id: str) -> dict[str, Any]:
    """Give what the page of an incident shows to whoever asks."""
    row, parts = looking.look(incident_id)
    _has_read(incident_id, parts["timeline"])
    scenario = Scenario(row["scenario"])
    with here.store().reading() as connection:
        letters = board.notifications(connection, here.actor(), incident_id)
        waits = board.waits(connection, here.actor(), incident_id)
        units = board.units(connection)
        knows = reach.parts(connection, here.actor(), incident_id)
        undoable = undos.of_incident(connection, here.actor(), incident_id)
        looks = _looks(connection, incident_id, scenario)
        point = geography.point_of(connection, row["site_id"])
        people = {one["acknowledged_by"] for one in parts["tasks"] if one["acknowledged_by"]}
        people |= {one["recipient"] for one in letters} | {one["actor"] for one in looks}
        names = board.names(connection, people)
    unit_names = {unit["code"]: (unit["name_zh"], unit["name_en"] or unit["name_zh"])
                  for unit in units}  # fmt: skip
    parts["tasks"].sort(key=lambda task: task["unit_code"] != here.actor().unit_code)
    return {
        "incident": row,
        "knows": {part.value for part in knows},
        **parts,
        "steps": {task["task_id"]: _NO_STEPS if row["merged_into"] else _steps(task)
                  for task in parts["tasks"]},
        "waits": {wait["task_id"]: wait for wait in reversed(waits)},
        "notifications": letters,
        "point": None if scenario in mapping.NEVER else point,
        "has_map": scenario not in mapping.NEVER,
        "story": _story(parts["timeline"], unit_names),
        "people": names,
        "looks": looks,
        "sees_looks": sees_looks(here.actor(), scenario),
        "undoable": _undoable(undoable, parts["tasks"], scenario),
        "units": [unit for unit in units if unit["kind"] != "guardian"],
        "unit_names": unit_names,
        "note_on": row["playbook"].get("note_on", []),
        "demands": {one["duty_zh"]: one.get("report", {}) for one in row["playbook"]["tasks"]},
        "recipients": {one["recipient"]: _called(one["recipient"], names) for one in letters},
        "told": {one["notification_id"]: one for one in letters},
        "remarks": {one["notification_id"]: remarks(one) for one in letters},
        "labels": list(Label),
        "outcomes": _outcomes(row["playbook"]),
        "refused": None,
        "together": merge_pages.together(row),
        "subjects": subjects_shown.of_incident(incident_id),
        "findings": [one.value for one in Finding],
        "refused_subject": None,
        "may_name": here.actor().role in NAMES_PUPILS and row["status"] != Status.CLOSED,
    }  # fmt: skip


def _story(entries: board.Rows, units: dict[str, tuple[str, str]]) -> list[Line]:
    """Tell the story, the newest first."""
    steps = {step.value: words for step, words in STEP_WORDS.items()}
    return told(entries, Names(units, steps))[::-1]


def _looks(connection: Connection, incident_id: str, scenario: Scenario) -> board.Rows:
    """List who has looked, to those who may read that."""
    if not sees_looks(here.actor(), scenario):
        return []
    entries = case_log.of_case(connection, here.actor(), incident_id)
    return [one for one in entries if one["action"] in case_log.LOOKS]


def _undoable(
    kept: list[undos.Kept], tasks: board.Rows, scenario: Scenario
) -> dict[str, dict[str, Any]]:
    """Give the steps that whoever asks may take back now, by their task, and until when."""
    now_ms, who = here.now_ms(), here.actor()
    return {
        one.task_id: {"step": one.step.value, "until_at": one.at + UNDO_WITHIN_MS}
        for one in kept
        if may_undo(who, one.by, one.step, one.at, now_ms, scenario) and is_as_left(one, tasks)
    }


def _has_read(incident_id: str, story: board.Rows) -> None:
    """Keep how far whoever looks has read, where it goes on."""
    line = max((entry["id"] for entry in story), default=0)
    with here.store().reading() as connection:
        is_news = seen_lines.is_news(connection, here.actor(), incident_id, line)
    if is_news:
        with here.store().transaction() as connection:
            seen_lines.opened(connection, here.actor(), incident_id, line)


def _outcomes(playbook: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Give the words of every outcome that the playbook knows."""
    return {
        code: (words["zh"], words["en"])
        for duty in playbook["tasks"]
        for code, words in duty.get("report", {}).get("outcomes", {}).items()
    }


def _called(recipient: str, names: dict[str, str]) -> str:
    if recipient == f"{PLATFORM}*":
        return _("全部对接平台")
    if recipient == "guardian":
        return _("家长")
    if recipient.startswith(PLATFORM):
        return _("对接平台 %(name)s", name=recipient.removeprefix(PLATFORM))
    if recipient.startswith(FAMILY):
        return _("家长")
    return names.get(recipient, recipient)


_NO_STEPS: dict[str, list[str]] = {"on": [], "aside": []}
"""What one may do in a case that goes on in another."""


def _steps(task: dict[str, Any]) -> dict[str, list[str]]:
    status, scenario = Status(task["status"]), Scenario(task["scenario"])
    able = steps_for(here.actor(), task["unit_code"], status, scenario)
    return {
        "on": [one.value for one in able if one in LOOP],
        "aside": [one.value for one in able if one not in LOOP],
    }
