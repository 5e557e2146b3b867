"""Reports: photographs for one's own; those from anybody that wait for a person."""

from typing import Any

from apiflask import APIBlueprint
from flask import request
from werkzeug.exceptions import NotFound

from central.adapters.store import audit
from central.adapters.store import reports as kept
from central.incidents.deciding import decide, must_be_of_the_district
from central.incidents.hearing import Desk
from central.incidents.picturing import bring_for_report
from central.incidents.replying import reveal
from central.web import here
from central.web.api import forms, report_shapes, shapes

api = APIBlueprint("api_reports", __name__, url_prefix="/api/v1", tag="incidents")


@api.post("/reports/photos")
@api.output(shapes.PhotoOut, status_code=201)
def post_photo() -> dict[str, Any]:
    """Bring a photograph (the request's body, 12 MB at most) for a report; it is made anew.

    The answer's `sha256` is what the report names in `photos`.
    """
    content = request.get_data()
    with here.store().transaction() as connection:
        sha256 = bring_for_report(
            connection, here.settings().evidence, here.actor(), content, here.now_ms()
        )
    return {"sha256": sha256}


@api.get("/reports")
@api.input(report_shapes.PublicReportsAsked, location="query")
@api.output(report_shapes.PublicReportsOut)
def list_reports(query_data: report_shapes.PublicReportsAsked) -> dict[str, Any]:
    """List what anybody reported by QR code: those held first to last, or those decided."""
    must_be_of_the_district(here.actor())
    with here.store().transaction() as connection:
        rows = kept.listed(connection, is_held=query_data.state == "held", limit=query_data.limit)
        audit.append(connection, here.now_ms(), here.actor().actor_id, "look", "reports")
    return {"items": [_shaped(row) for row in rows]}


@api.post("/reports/<report_id>/decision")
@api.input(report_shapes.DecisionWanted)
@api.output(shapes.ReportedOut)
def post_decision(report_id: str, json_data: report_shapes.DecisionWanted) -> dict[str, Any]:
    """Take a held report up, or decline it with a reason."""
    with here.store().transaction() as connection:
        desk = Desk(connection, here.now_ms(), here.settings().playbooks)
        incident_id = decide(
            desk, here.actor(), report_id, is_taken=json_data.is_taken, why=json_data.why
        )
    return {"incident_id": incident_id}


@api.post("/reports/<report_id>/reply")
@api.output(report_shapes.ReplyOut)
def post_reply(report_id: str) -> dict[str, Any]:
    """Show the number that an answer was wished to: once, and the look is kept."""
    keys = here.settings().replies
    if keys is None:
        raise NotFound
    with here.store().transaction() as connection:
        phone = reveal(Desk(connection, here.now_ms()), keys, here.actor(), report_id)
    return {"phone": phone}


def _shaped(row: dict[str, Any]) -> dict[str, Any]:
    wants = row["reply"] is not None and row["reply_used_at"] is None
    return forms.shaped(
        report_shapes.PublicReportOut, row, site_name=row["site_zh"], wants_reply=wants
    )
