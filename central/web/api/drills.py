"""Drills 演练: any scenario, played through and marked everywhere."""

from typing import Any

from apiflask import APIBlueprint
from pydantic import Field

from central.core.drills import DrillTells
from central.core.kinds import AnyKind
from central.incidents import start_drill
from central.web import here
from central.web.api import shapes
from contract.scenarios import Scenario

api = APIBlueprint("api_drills", __name__, url_prefix="/api/v1", tag="drills")


class DrillWanted(shapes.Shape):
    """What is played, where, who is told, and whether the clocks run."""

    site_id: str
    scenario: Scenario
    kind: AnyKind
    note: str = Field(default="", max_length=500)
    tell: DrillTells = Field(
        default="nobody", description="nobody; page: on the page only; everybody: marked letters"
    )
    deadlines: bool = Field(default=False, description="whether its deadlines run and escalate")


@api.post("/drills")
@api.input(DrillWanted)
@api.output(shapes.ReportedOut, status_code=201)
def post_drill(json_data: DrillWanted) -> dict[str, Any]:
    """Start a drill; its case is marked, and is in no figure."""
    asked = json_data
    with here.store().transaction() as connection:
        incident_id = start_drill(
            connection, here.actor(), asked.site_id, asked.scenario, asked.kind, asked.note,
            here.now_ms(), tells=asked.tell, waits=asked.deadlines,
            playbooks=here.settings().playbooks,
        )  # fmt: skip
    return {"incident_id": incident_id}
