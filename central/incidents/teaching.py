"""A false alarm teaches its camera: what it was goes back to the device as a suggestion."""

from typing import Any

from sqlalchemy import Connection
from uuid_utils import uuid7

from central.adapters.store import down, incidents, timeline
from central.adapters.store.incidents import Incident
from central.adapters.store.timeline import spoken
from central.core.labels import Label, Mistaken, proposals
from central.core.local_time import from_ms
from contract.messages import Suggestion


def teach(connection: Connection, incident: Incident, label: Label, now_ms: int) -> None:
    """Send each camera of a false alarm what it could do, for the installer to accept."""
    if incident.device_id is None:
        return
    seen = [_mistaken(body) for body in incidents.bodies(connection, incident.incident_id)]
    for proposal in proposals(label, [one for one in seen if one is not None]):
        suggestion = Suggestion(
            suggestion_id=str(uuid7()),
            device_id=incident.device_id,
            camera_id=proposal.camera_id,
            remedy=proposal.remedy,
            mask=proposal.mask,
            min_score=proposal.min_score,
            because=label.value,
            incident_number=incident.number,
            at=from_ms(now_ms),
        )
        down.put_suggestion(connection, suggestion, now_ms)
        what = ("遮罩", "a mask") if proposal.remedy == "mask" else ("得分门槛", "a threshold")
        entry = spoken(
            "suggested",
            f"建议设备 {incident.device_id} 的 {proposal.camera_id} 加{what[0]}，由安装员确认",
            f"suggested {what[1]} to camera {proposal.camera_id} of {incident.device_id}",
            suggestion_id=suggestion.suggestion_id,
        )
        timeline.tell(connection, incident.incident_id, now_ms, entry)


def _mistaken(body: dict[str, Any]) -> Mistaken | None:
    if not body.get("box") or not body.get("camera_id"):
        return None
    left, top, right, bottom = body["box"]
    return Mistaken(body["camera_id"], (left, top, right, bottom), body.get("score"))
