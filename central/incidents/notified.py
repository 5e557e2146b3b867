"""A hit that the police's own platform reports (GA/T 1400): a case at the school, as from a device.

Only on a disposition that is here and holds, at a camera that the district knows, in the ring.
"""

from collections.abc import Mapping

from sqlalchemy import Connection

from central.adapters.store import audit, dispositions, geography, incidents, timeline, viid
from central.adapters.store.incidents import Place
from central.adapters.store.timeline import spoken
from central.core.dispositions import MOST_AHEAD_MS
from central.core.geometry import RING_M, Ring
from central.core.local_time import clock_of
from central.core.playbook import Playbook
from central.core.refusals import CaseError
from central.core.viid import Hit
from central.incidents.concerning import note_ring, of_asked
from central.incidents.opening import Sighting, open_case
from central.incidents.taking import playbook_for
from contract.scenarios import Kind, Scenario

SCENARIO, KIND = Scenario.PERSON_OF_CONCERN, Kind.PERSON_OF_CONCERN_MATCH


class HitRefusedError(CaseError):
    """A hit that no case may stand on; the text says why and what to do."""


def take_hit(
    connection: Connection,
    hit: Hit,
    cameras: Mapping[str, str],
    playbooks: tuple[Playbook, ...] | None,
    now_ms: int,
) -> str:
    """Open a case for a hit, or add it to the one under way; give its id. Twice changes nothing.

    Raises:
        HitRefusedError: nothing was kept.
    """
    incidents.queue_up(connection)
    if known := viid.taken(connection, hit.notification_id):
        return known
    asked = dispositions.alive(connection, hit.disposition_id, now_ms)
    if asked is None:
        zh = "处置要求不存在或已到期，不予接收；请先经 /api/v1/dispositions 移交"
        raise HitRefusedError(zh, "no such disposition, or it is over: hand it over first")
    if hit.at > now_ms + MOST_AHEAD_MS:
        zh = "TriggerTime 晚于当前时间，请校时（/VIID/System/Time）"
        raise HitRefusedError(zh, "TriggerTime is in the future: set the clock")
    place = _place(connection, hit, cameras, asked.schools)
    order = of_asked([asked])
    if order is None:  # for the type checker: one was asked
        raise LookupError(hit.disposition_id)
    playbook = playbook_for(playbooks, SCENARIO, KIND)
    since = now_ms - playbook.correlate_within_s * 1000
    incident_id = viid.open_case(connection, hit.disposition_id, place.site_id, since)
    if incident_id is not None:
        _add(connection, incident_id, hit, now_ms)
    else:
        stale = now_ms - hit.at > playbook.stale_after_s * 1000
        seen = Sighting(
            SCENARIO, KIND, order.severity, min(hit.at, now_ms), is_stale=stale,
            instruction=order.instruction, disposition_id=order.disposition_id,
        )  # fmt: skip
        incident_id = open_case(connection, place, playbook, seen, now_ms).incident.incident_id
        note_ring(connection, incident_id, place, now_ms)
    viid.keep(connection, hit.notification_id, hit.disposition_id, incident_id, now_ms)
    audit.append(
        connection, now_ms, "viid", "viid.hit", f"notification:{hit.notification_id}",
        {"incident_id": incident_id},
    )  # fmt: skip
    return incident_id


def _add(connection: Connection, incident_id: str, hit: Hit, now_ms: int) -> None:
    held = incidents.hold(connection, incident_id)
    if held is None:
        raise LookupError(incident_id)
    clock = clock_of(hit.at)
    entry = spoken("alert", f"{clock} 公安平台再次比中，并入本事件",
                   f"{clock}: the police's platform reports another match: joined")  # fmt: skip
    timeline.tell(connection, incident_id, now_ms, entry)
    incidents.change(
        connection, incident_id, alert_count=held.alert_count + 1,
        last_alert_at=max(held.last_alert_at, min(hit.at, now_ms)),
    )  # fmt: skip


def _place(
    connection: Connection, hit: Hit, cameras: Mapping[str, str], schools: tuple[str, ...]
) -> Place:
    site_id = cameras.get(hit.camera_id)
    place = incidents.place(connection, site_id) if site_id else None
    if place is None:
        zh = "摄像机未登记到场所，请在 central.toml [viid] cameras 补上"
        raise HitRefusedError(zh, "this camera stands for no place: add it to [viid] cameras")
    if place.relations.get("school") not in schools:
        zh = "处置要求不涉及该摄像机所在的学校"
        raise HitRefusedError(zh, "the disposition does not concern this camera's school")
    if geography.ring(connection, place).ring is Ring.OUTSIDE:
        zh = f"摄像机不在学校 {RING_M:.0f} 米范围内，不予接收"
        raise HitRefusedError(zh, f"the camera is more than {RING_M:.0f} m from the school")
    return place
