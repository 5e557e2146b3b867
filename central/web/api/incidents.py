"""Incidents: list, read, report, step."""

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Response

from central.adapters.store import board
from central.core.local_time import to_ms
from central.incidents import Beside, UnknownTaskError, report_by_hand, take_step, undo
from central.web import here, looking, pictures
from central.web.api import forms, shapes

api = APIBlueprint("api_incidents", __name__, url_prefix="/api/v1", tag="incidents")


@api.get("/incidents")
@api.input(shapes.IncidentsAsked, location="query")
@api.output(shapes.IncidentsOut)
def list_incidents(query_data: shapes.IncidentsAsked) -> dict[str, Any]:
    """List the incidents that the caller may see, the newest first."""
    asked = query_data
    wanted = board.Wanted(
        status=asked.status,
        scenario=asked.scenario,
        site_id=asked.site_id,
        device_id=asked.device_id,
        since=moment(asked.since) if asked.since is not None else None,
        before=_cursor(asked.before) if asked.before else None,
        limit=asked.limit + 1,
    )
    with here.store().reading() as connection:
        rows = board.incidents(connection, here.actor(), wanted, here.now_ms())
    page = rows[: asked.limit]
    more = len(rows) > asked.limit
    after = f"{page[-1]['opened_at']}_{page[-1]['incident_id']}" if more else None
    return {"items": [forms.incident(row) for row in page], "next": after}


@api.get("/incidents/<incident_id>")
@api.output(shapes.CaseOut)
def get_incident(incident_id: str) -> dict[str, Any]:
    """Read one incident with its alerts, tasks, timeline and evidence."""
    return whole_case(incident_id)


@api.post("/incidents")
@api.input(shapes.ReportWanted)
@api.output(shapes.ReportedOut, status_code=201)
def report_incident(json_data: shapes.ReportWanted) -> dict[str, Any]:
    """Report something that a person saw."""
    asked = json_data
    said = asked.occurred_at
    occurred_at = moment(said, "occurred_at") if said is not None else None
    beside = Beside(occurred_at, asked.photos, asked.idempotency_key)
    with here.store().transaction() as connection:
        incident_id = report_by_hand(
            connection, here.actor(), asked.site_id, asked.scenario, asked.kind, asked.note,
            here.now_ms(), beside=beside, playbooks=here.settings().playbooks,
        )  # fmt: skip
    return {"incident_id": incident_id}


@api.post("/incidents/<incident_id>/steps")
@api.input(shapes.StepWanted)
@api.output(shapes.CaseOut)
def post_step(incident_id: str, json_data: shapes.StepWanted) -> dict[str, Any]:
    """Take a step on one task; the answer is the incident as it is then."""
    asked, who = json_data, here.actor()
    with here.store().transaction() as connection:
        _row, parts = looking.case(connection, incident_id)
        task_id = asked.task_id or _only_task(parts["tasks"], asked.step)
        take_step(
            connection, who, incident_id, task_id, asked.step, here.now_ms(),
            note=asked.note, to_unit=asked.to_unit, label=asked.label, report=asked.report,
        )  # fmt: skip
    return whole_case(incident_id)


@api.post("/incidents/<incident_id>/undo")
@api.input(shapes.StepUndoWanted)
@api.output(shapes.CaseOut)
def post_undo(incident_id: str, json_data: shapes.StepUndoWanted) -> dict[str, Any]:
    """Take the last step on a task back, within ten minutes; the answer is the incident as before.

    Only an acknowledgement, a disposal, a verification, a closing or a false alarm, by whoever took
    it (the last three: by their office), while the task has not gone on; else 409.
    """
    with here.store().transaction() as connection:
        looking.case(connection, incident_id)
        undo(connection, here.actor(), incident_id, json_data.task_id, here.now_ms())
    return whole_case(incident_id)


@api.get("/incidents/<incident_id>/evidence/<sha256>")
@api.doc(responses={200: "the picture or clip"})
def get_evidence(incident_id: str, sha256: str) -> Response:
    """Fetch a picture or clip."""
    return pictures.answer(incident_id, sha256)


def moment(text: str, name: str = "since") -> int:
    """Read an RFC 3339 time into ms UTC, within 1970 and 9999, or answer 400."""
    wrong = BadRequest(f"{name}: {NOT_A_TIME}")
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise wrong from None
    if at.tzinfo is None:
        raise wrong
    return max(0, min(to_ms(at), LATEST))


LATEST = 253_370_764_800_000  # the year 9999, wherever the clock stands
LONGEST_MS = 15
"""Digits of a time in ms: no database keeps a longer number."""

NOT_A_TIME = "需要 RFC 3339 时间，如 / an RFC 3339 time is wanted, e.g. 2026-11-23T06:00:00Z"


def _cursor(text: str) -> tuple[int, str]:
    at, _, incident_id = text.partition("_")
    if not (at.isascii() and at.isdecimal() and len(at) <= LONGEST_MS) or not incident_id:
        raise NotFound
    return int(at), incident_id


def whole_case(incident_id: str) -> dict[str, Any]:
    """Give one incident with everything, as the caller may see it."""
    row, parts = looking.look(incident_id)
    return forms.case(row, parts, here.actor())


def _only_task(rows: board.Rows, step: str) -> str:
    able = [row for row in rows if step in forms.task(row, here.actor())["steps"]]
    if len(able) != 1:
        zh = f"请指明任务 task_id：可{'办' if able else '无可办'}任务 {len(able)} 项"
        raise UnknownTaskError(zh, f"say which task: {len(able)} allow this step")
    return str(able[0]["task_id"])
