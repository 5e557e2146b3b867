"""A press that is sent until it arrives: acknowledging from a phone on a bad connection."""

import re
from http import HTTPStatus

from flask import Blueprint, jsonify, redirect, request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from central.adapters.store import presses
from central.core.local_time import clock_of
from central.core.workflow import Step
from central.incidents import CaseError, take_step
from central.web import here, looking
from central.web.languages import say
from central.web.languages import text as _
from central.web.problems import status_of

PRESS_ID = re.compile(r"[A-Za-z0-9-]{16,64}")
LATE_MS, OLDEST_MS = 60 * 1000, 24 * 3600 * 1000

pages = Blueprint("presses", __name__)


@pages.post("/incidents/<incident_id>/tasks/<task_id>/acknowledge")
def acknowledge(incident_id: str, task_id: str) -> Response | tuple[Response, int]:
    """Acknowledge a task; the same press again is answered as before and changes nothing.

    A browser with a script asks for JSON, and reads `said`; one without is led to the case.
    """
    press_id = request.form.get("press_id", "")
    if press_id and not PRESS_ID.fullmatch(press_id):
        raise BadRequest
    now_ms, actor = here.now_ms(), here.actor()
    try:
        with here.store().transaction() as connection:
            looking.case(connection, incident_id)
            wanted = (actor.actor_id, press_id, task_id, Step.ACKNOWLEDGE.value, now_ms)
            if not press_id or presses.is_new(connection, *wanted):
                take_step(connection, actor, incident_id, task_id, Step.ACKNOWLEDGE, now_ms,
                          note=_late(now_ms))  # fmt: skip
    except CaseError as error:
        return _answer(say((error.message_zh, error.message_en)), status_of(error), incident_id)
    return _answer(_("已签收"), HTTPStatus.OK, incident_id)


def _answer(said: str, status: int, incident_id: str) -> Response | tuple[Response, int]:
    if request.accept_mimetypes.best == "application/json":
        return jsonify({"said": said}), status
    if status >= HTTPStatus.BAD_REQUEST:
        return Response(said, status, mimetype="text/plain"), status
    return redirect(f"/incidents/{incident_id}")


def _late(now_ms: int) -> str:
    """Say when it was pressed, where it took long to arrive; the phone's clock says so."""
    said = request.form.get("pressed_at", "")
    pressed_ms = int(said) if re.fullmatch(r"\d{13}", said) else now_ms
    if not LATE_MS < now_ms - pressed_ms < OLDEST_MS:
        return ""
    at = clock_of(pressed_ms)[11:16]
    return f"{at} 在手机上按下，网络恢复后送达 / pressed at {at}, sent once the network was back"
