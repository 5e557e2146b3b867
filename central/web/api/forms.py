"""From the store's rows to what the API says."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from central.core.fates import may_be_twice, remarks
from central.core.late_names import masked
from central.core.people import Actor
from central.core.permissions import steps_for
from central.core.workflow import Status
from central.web.api import shapes
from central.web.showing import rfc3339
from contract.scenarios import Scenario

Row = Mapping[str, Any]


def shaped(shape: type[BaseModel], row: Row, **more: Any) -> dict[str, Any]:
    """Take the fields of a shape out of a row, its times as RFC 3339."""
    given = {name: row[name] for name in shape.model_fields if name in row} | more
    return {
        name: rfc3339(value) if name.endswith("_at") and isinstance(value, int) else value
        for name, value in given.items()
    }


def incident(row: Row) -> dict[str, Any]:
    """Give an incident as in the list."""
    return shaped(shapes.IncidentOut, row, site_name=row["site_zh"])


def alert(row: Row) -> dict[str, Any]:
    """Give an alert, without what only the matching needs."""
    of_body = ("camera_id", "zone_id", "track_id", "dwell_s", "people")
    return shaped(shapes.AlertOut, row, **{name: row["body"].get(name) for name in of_body})


def task(row: Row, actor: Actor) -> dict[str, Any]:
    """Give a task with the steps that the caller may take."""
    status, scenario = Status(row["status"]), Scenario(row["scenario"])
    steps = steps_for(actor, row["unit_code"], status, scenario)
    return shaped(
        shapes.TaskOut, row, unit_name=row["unit_zh"], duty=row["duty_zh"],
        steps=[step.value for step in steps],
    )  # fmt: skip


def entry(row: Row) -> dict[str, Any]:
    """Give a line of the story."""
    return {**shaped(shapes.EntryOut, row), "at": rfc3339(row["at"])}


def evidence(row: Row, incident_id: str) -> dict[str, Any]:
    """Give a picture's facts and where to fetch it."""
    url = f"/api/v1/incidents/{incident_id}/evidence/{row['sha256']}"
    return shaped(shapes.EvidenceOut, row, url=url)


def copy(row: Row) -> dict[str, Any]:
    """Give a unit that reads along."""
    return shaped(shapes.CopyOut, row, unit_name=row["unit_zh"])


NO_STEPS: dict[str, Any] = {"steps": []}
"""A case that was merged into another takes none."""


def notification(row: Row) -> dict[str, Any]:
    """Give a letter with what there is to say of it; where it names a child it says only that."""
    said = [{"zh": zh, "en": en} for zh, en in remarks(row)]
    return shaped(
        shapes.NotificationOut, row, text=masked(row["text"]),
        may_have_arrived_twice=may_be_twice(row), remarks=said,
    )  # fmt: skip


def case(row: Row, parts: Mapping[str, Iterable[Row]], actor: Actor) -> dict[str, Any]:
    """Give one incident with everything."""
    incident_id = row["incident_id"]
    return incident(row) | {
        "alerts": [alert(one) for one in parts["alerts"]],
        "tasks": [
            task(one, actor) | (NO_STEPS if row["merged_into"] else {}) for one in parts["tasks"]
        ],
        "copies": [copy(one) for one in parts["copies"]],
        "timeline": [entry(one) for one in parts["timeline"]],
        "evidence": [evidence(one, incident_id) for one in parts["evidence"]],
    }
