"""One incident: what was seen, who has to do what, the steps one may take, and the story."""

from http import HTTPStatus

from flask import Blueprint, jsonify, redirect, render_template, request
from pydantic import ValidationError
from sqlalchemy import Connection
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from central.adapters.store import undos
from central.core.labels import Label
from central.core.report_back import Report
from central.core.workflow import STEP_WORDS, Step
from central.incidents import CaseError, take_step, undo
from central.incidents.picturing import bring_photo
from central.web import here, looking, pictures, uploads
from central.web.case_shown import seen
from central.web.languages import say
from central.web.languages import text as _
from central.web.problems import status_of
from central.web.saying import say_done, say_error, say_undoable

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
            can_undo = undos.read(connection, task_id) is not None
    except CaseError as error:
        refused = {"task_id": task_id, "said": say((error.message_zh, error.message_en)),
                   "note": form.get("note", ""), "outcome": form.get("outcome", ""),
                   "step": wanted, "label": form.get("label", ""),
                   "to_unit": form.get("to_unit", "")}  # fmt: skip
        page = render_template("incident.html", **seen(incident_id) | {"refused": refused})
        return page, status_of(error)
    if can_undo:
        words = _("%(step)s：已完成", step=say(STEP_WORDS[wanted]))
        say_undoable(words, f"/incidents/{incident_id}/tasks/{task_id}/undo")
    return redirect(f"/incidents/{incident_id}#task-{task_id}")


@pages.post("/incidents/<incident_id>/tasks/<task_id>/undo")
def take_back(incident_id: str, task_id: str) -> Response:
    """Take the last step on a task back, or say on the page why not."""
    try:
        with here.store().transaction() as connection:
            looking.case(connection, incident_id)
            step_undone = undo(connection, here.actor(), incident_id, task_id, here.now_ms())
        say_done(_("已撤销：%(step)s", step=say(STEP_WORDS[step_undone])))
    except CaseError as error:
        say_error(say((error.message_zh, error.message_en)))
    return redirect(f"/incidents/{incident_id}#task-{task_id}")


@pages.get("/incidents/<incident_id>/evidence/<sha256>")
def evidence(incident_id: str, sha256: str) -> Response:
    """Show a picture or clip."""
    return pictures.answer(incident_id, sha256)


@pages.post("/incidents/<incident_id>/photos")
def photo(incident_id: str) -> tuple[Response, int]:
    """Keep one photograph ahead of the report that names it; answer with its name in JSON."""
    content = next(iter(uploads.photos("photo")), b"")
    try:
        with here.store().transaction() as connection:
            looking.case(connection, incident_id)
            sha256 = bring_photo(connection, here.settings().evidence, here.actor(), incident_id,
                                 content, here.now_ms())  # fmt: skip
    except CaseError as error:
        return jsonify({"said": say((error.message_zh, error.message_en))}), status_of(error)
    return jsonify({"sha256": sha256}), HTTPStatus.CREATED


def _report(connection: Connection, incident_id: str) -> Report:
    """Read the outcome and the place of the form, and keep its photographs."""
    form, lat, lon = request.form, request.form.get("lat"), request.form.get("lon")
    brought = [
        bring_photo(connection, here.settings().evidence, here.actor(), incident_id, content,
                    here.now_ms())
        for content in uploads.photos("photos")
    ]  # fmt: skip
    photos = dict.fromkeys([*form.getlist("photo"), *brought])  # those sent ahead come first
    place = {"lat": lat, "lon": lon} if lat and lon else None
    try:
        return Report.model_validate(
            {
                "photos": tuple(photos),
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
