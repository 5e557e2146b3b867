"""One incident: what was seen, who has to do what, the steps one may take, and the story."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from pydantic import ValidationError
from sqlalchemy import Connection
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from central.adapters.store import board, reach
from central.adapters.store import seen as seen_lines
from central.core.fates import remarks
from central.core.labels import Label
from central.core.people import Role
from central.core.permissions import steps_for
from central.core.report_back import Report
from central.core.subjects import Finding
from central.core.workflow import Status, Step
from central.incidents import CaseError, take_step
from central.incidents.picturing import bring_photo
from central.web import here, looking, merge_pages, pictures, subjects_shown, uploads
from central.web.languages import say
from central.web.languages import text as _
from central.web.problems import status_of
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

pages = Blueprint("incidents", __name__)


@pages.get("/incidents/<incident_id>")
def incident(incident_id: str) -> str:
    """Show an incident as a whole page."""
    return render_template("incident.html", **seen(incident_id))


@pages.get("/incidents/<incident_id>/part")
def part(incident_id: str) -> str:
    """Show what changes about it, for the page to take in."""
    return render_template("incident_part.html", **seen(incident_id))


@pages.post("/incidents/<incident_id>/tasks/<task_id>/steps")
def step(incident_id: str, task_id: str) -> Response | tuple[str, int]:
    """Take a step, and show the incident as it is then; a refusal is said where it was asked."""
    form = request.form
    try:
        wanted = Step(form.get("step", ""))
    except ValueError:
        raise BadRequest from None
    try:
        with here.store().transaction() as connection:
            looking.case(connection, incident_id)
            take_step(
                connection, here.actor(), incident_id, task_id, wanted, here.now_ms(),
                note=form.get("note", ""), to_unit=form.get("to_unit") or None,
                label=_label(form.get("label", "")), report=_report(connection, incident_id),
            )  # fmt: skip
    except CaseError as error:
        refused = {"task_id": task_id, "said": say((error.message_zh, error.message_en)),
                   "note": form.get("note", ""), "outcome": form.get("outcome", "")}  # fmt: skip
        page = render_template("incident.html", **seen(incident_id) | {"refused": refused})
        return page, status_of(error)
    return redirect(f"/incidents/{incident_id}#task-{task_id}")


@pages.get("/incidents/<incident_id>/evidence/<sha256>")
def evidence(incident_id: str, sha256: str) -> Response:
    """Show a picture or clip."""
    return pictures.answer(incident_id, sha256)


def _report(connection: Connection, incident_id: str) -> Report:
    """Read the outcome and the place of the form, and keep its photographs."""
    form, lat, lon = request.form, request.form.get("lat"), request.form.get("lon")
    photos = tuple(
        bring_photo(connection, here.settings().evidence, here.actor(), incident_id, content,
                    here.now_ms())
        for content in uploads.photos("photos")
    )  # fmt: skip
    place = {"lat": lat, "lon": lon} if lat and lon else None
    try:
        return Report.model_validate(
            {
                "photos": photos,
                "place": place,
                "outcome": form.get("outcome") or None,
                "public_result": form.get("public_result") or None,
                "attended": form.get("attended") or None,
            }
        )
    except ValidationError:
        raise BadRequest from None


def _label(code: str) -> Label | None:
    """Read what a false alarm was; an empty choice says nothing."""
    try:
        return Label(code) if code else None
    except ValueError:
        raise BadRequest from None


def seen(incident_id: str) -> dict[str, Any]:
    """Give what the page of an incident shows to whoever asks."""
    row, parts = looking.look(incident_id)
    _has_read(incident_id, parts["timeline"])
    with here.store().reading() as connection:
        told = board.notifications(connection, here.actor(), incident_id)
        waits = board.waits(connection, here.actor(), incident_id)
        units = board.units(connection)
        names = board.names(connection, {one["recipient"] for one in told})
        knows = reach.parts(connection, here.actor(), incident_id)
    parts["tasks"].sort(key=lambda task: task["unit_code"] != here.actor().unit_code)
    return {
        "incident": row,
        "knows": {part.value for part in knows},
        **parts,
        "steps": {task["task_id"]: _NO_STEPS if row["merged_into"] else _steps(task)
                  for task in parts["tasks"]},
        "waits": {wait["task_id"]: wait for wait in reversed(waits)},
        "notifications": told,
        "units": [unit for unit in units if unit["kind"] != "guardian"],
        "unit_names": {unit["code"]: (unit["name_zh"], unit["name_en"] or unit["name_zh"])
                       for unit in units},
        "note_on": row["playbook"].get("note_on", []),
        "demands": {one["duty_zh"]: one.get("report", {}) for one in row["playbook"]["tasks"]},
        "recipients": {one["recipient"]: _called(one["recipient"], names) for one in told},
        "told": {one["notification_id"]: one for one in told},
        "remarks": {one["notification_id"]: remarks(one) for one in told},
        "labels": list(Label),
        "outcomes": _outcomes(row["playbook"]),
        "refused": None,
        "together": merge_pages.together(row),
        "subjects": subjects_shown.of_incident(incident_id),
        "findings": [one.value for one in Finding],
        "refused_subject": None,
        "may_name": here.actor().role in NAMES_PUPILS and row["status"] != Status.CLOSED,
    }  # fmt: skip


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
