"""Merging cases, undoing it, and what is suggested: 并案."""

from typing import Any

from apiflask import APIBlueprint
from pydantic import Field

from central.incidents import merge, unmerge
from central.incidents.suggesting import dismiss
from central.web import here, looking
from central.web.api import shapes
from central.web.api.incidents import whole_case

api = APIBlueprint("api_merging", __name__, url_prefix="/api/v1", tag="incidents")


class MergeWanted(shapes.Shape):
    """Into which case, and why: both stories keep the reason."""

    into: str = Field(description="the incident_id of the case that goes on")
    reason: str = Field(min_length=1, max_length=500)


class UndoWanted(shapes.Shape):
    """Why the merge was a mistake."""

    reason: str = Field(min_length=1, max_length=500)


class DismissalWanted(shapes.Shape):
    """Which suggestion is turned down."""

    other_id: str


@api.post("/incidents/<incident_id>/merge")
@api.input(MergeWanted)
@api.output(shapes.CaseOut)
def post_merge(incident_id: str, json_data: MergeWanted) -> dict[str, Any]:
    """Merge this case into another: its tasks go there; the answer is the case that goes on."""
    with here.store().transaction() as connection:
        looking.case(connection, incident_id)
        looking.case(connection, json_data.into)
        merge(connection, here.actor(), incident_id, json_data.into, json_data.reason,
              here.now_ms())  # fmt: skip
    return whole_case(json_data.into)


@api.post("/incidents/<incident_id>/unmerge")
@api.input(UndoWanted)
@api.output(shapes.CaseOut)
def post_unmerge(incident_id: str, json_data: UndoWanted) -> dict[str, Any]:
    """Undo the merge of this case; the answer is the case as it stands again."""
    with here.store().transaction() as connection:
        looking.case(connection, incident_id)
        unmerge(connection, here.actor(), incident_id, json_data.reason, here.now_ms())
    return whole_case(incident_id)


@api.post("/incidents/<incident_id>/dismiss")
@api.input(DismissalWanted)
@api.output(shapes.CaseOut)
def post_dismissal(incident_id: str, json_data: DismissalWanted) -> dict[str, Any]:
    """Turn a suggested merge down: it is shown no more."""
    with here.store().transaction() as connection:
        looking.case(connection, incident_id)
        looking.case(connection, json_data.other_id)
        dismiss(connection, here.actor(), incident_id, json_data.other_id, here.now_ms())
    return whole_case(incident_id)
