"""A device that is not heard of is a case of its own; it closes by itself once it is back."""

from sqlalchemy import Connection

from central.adapters.store import incidents, silences, timeline
from central.adapters.store.silences import Heard
from central.adapters.store.timeline import spoken
from central.core.fleet import SCENARIO_OF
from central.core.local_time import clock_of
from central.core.naming import Words
from central.core.playbook import Playbook
from central.core.workflow import Status
from central.incidents.ending import end_early
from central.incidents.opening import Sighting, open_case
from central.incidents.taking import playbook_for
from central.incidents.telling import Case
from contract.scenarios import Kind, Severity

MINUTE_MS = 60_000


def fell_silent(
    connection: Connection,
    device: Heard,
    playbooks: tuple[Playbook, ...] | None,
    now_ms: int,
    *,
    together: int = 0,
) -> str | None:
    """Open the case of a silent device; None where another worker has done so.

    `together`: so many fell silent at once, which points to the broker rather than to them.
    """
    if not silences.claim(connection, device.device_id, device.heard_at, now_ms):
        return None
    place = incidents.place(connection, device.site_id)
    if place is None:
        return None
    incidents.queue_up(connection)
    scenario = SCENARIO_OF[device.profile]
    seen = Sighting(scenario, Kind.DEVICE_FAULT, Severity.WARNING, device.heard_at,
                    device.device_id)  # fmt: skip
    zh, en = _words(device, now_ms, together)
    playbook = playbook_for(playbooks, scenario, Kind.DEVICE_FAULT)
    incident = open_case(connection, place, playbook, seen, now_ms, (zh, en)).incident
    timeline.tell(connection, incident.incident_id, now_ms, spoken("silent", zh, en))
    silences.put_case(connection, device.device_id, incident.incident_id)
    return incident.incident_id


def heard_again(
    connection: Connection, device_id: str, incident_id: str | None, now_ms: int
) -> bool:
    """Close the case of a device that is back; give whether it was still open.

    A case that people have closed stays closed; one that was merged away ends with the other.
    """
    if not silences.drop(connection, device_id) or incident_id is None:
        return False
    incident = incidents.hold(connection, incident_id)
    place = incidents.place(connection, incident.site_id) if incident else None
    if incident is None or place is None or incident.merged_into is not None:
        return False
    if incident.status is Status.CLOSED:
        return False
    away_min = (now_ms - incident.occurred_at) // MINUTE_MS
    zh = f"设备 {device_id} 已恢复，失联约 {away_min} 分钟，自动办结"
    en = f"device {device_id} is back after about {away_min} min: closed by itself"
    timeline.tell(connection, incident_id, now_ms, spoken("heard_again", zh, en))
    end_early(connection, Case(incident, place, (zh, en)), now_ms)
    return True


def _words(device: Heard, now_ms: int, together: int) -> Words:
    minutes, clock = (now_ms - device.heard_at) // MINUTE_MS, clock_of(device.heard_at)
    if together:
        zh = f"{together} 台设备同时失联（最后一次 {clock}）：先检查消息服务器和平台网络"
        en = (f"{together} devices fell silent together (last heard {clock}): check the broker "
              "and the network of the platform first")  # fmt: skip
        return zh, en
    zh = (
        f"设备 {device.device_id} 已 {minutes} 分钟没有消息（最后一次 {clock}）：检查现场电源和网络"
    )
    en = (f"device {device.device_id} has not been heard of for {minutes} min (last {clock}): "
          "check power and network there")  # fmt: skip
    return zh, en
