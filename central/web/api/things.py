"""What stands around the incidents: sites, devices, notifications, figures, the audit log."""

from typing import Any

from apiflask import APIBlueprint
from werkzeug.exceptions import Forbidden

from central.adapters.store import audit, board, figures
from central.core.access import SEES_AUDIT, SEES_DEVICES
from central.web import here
from central.web.api import forms, shapes
from central.web.api.incidents import moment
from central.web.showing import rfc3339

DAY_MS = 24 * 3600 * 1000

api = APIBlueprint("api_things", __name__, url_prefix="/api/v1", tag="around")


@api.get("/sites")
@api.output(shapes.Items)
def list_sites() -> dict[str, Any]:
    """List the places that the caller may know."""
    with here.store().reading() as connection:
        rows = figures.sites(connection, here.actor())
    return {"items": [_timed(row) for row in rows]}


@api.get("/devices")
@api.output(shapes.Items)
def list_devices() -> dict[str, Any]:
    """List the devices with their last heartbeat."""
    if here.actor().role not in SEES_DEVICES:
        raise Forbidden
    with here.store().reading() as connection:
        rows = figures.devices(connection)
    return {"items": [_timed(row) for row in rows]}


@api.get("/notifications")
@api.input(shapes.NotificationsAsked, location="query")
@api.output(shapes.NotificationsOut)
def list_notifications(query_data: shapes.NotificationsAsked) -> dict[str, Any]:
    """List who was told, by which channel, and what the provider answered; that look is kept."""
    asked, who = query_data, here.actor()
    subject = f"notifications/{asked.incident_id or '*'}"[:200]
    with here.store().transaction() as connection:
        rows = board.notifications(connection, who, asked.incident_id, asked.limit)
        audit.append(connection, here.now_ms(), who.actor_id, "look", subject)
    return {"items": [forms.notification(row) for row in rows]}


@api.get("/statistics")
@api.input(shapes.StatisticsAsked, location="query")
@api.output(shapes.StatisticsOut)
def get_statistics(query_data: shapes.StatisticsAsked) -> dict[str, Any]:
    """Count the incidents that the caller may see."""
    asked = query_data.since
    since = moment(asked) if asked is not None else here.now_ms() - 30 * DAY_MS
    with here.store().reading() as connection:
        found = figures.statistics(connection, here.actor(), since)
        of_health = figures.of_health(connection, here.actor(), since, here.now_ms())
    return {"since": rfc3339(since), **found, "health_by_month": of_health}


@api.get("/audit")
@api.input(shapes.AuditAsked, location="query")
@api.output(shapes.Items)
def list_audit(query_data: shapes.AuditAsked) -> dict[str, Any]:
    """List the audit log, for auditor and data protection officer; that look is kept too."""
    who = here.actor()
    if who.role not in SEES_AUDIT:
        raise Forbidden
    asked = query_data
    with here.store().transaction() as connection:
        audit.append(connection, here.now_ms(), who.actor_id, "look", "audit")
        rows = figures.audit_entries(connection, asked.before, asked.limit)
    return {"items": [row | {"at": rfc3339(row["at"])} for row in rows]}


def _timed(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: rfc3339(value) if name.endswith("_at") and isinstance(value, int) else value
        for name, value in row.items()
    }
