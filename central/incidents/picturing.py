"""A person brings a photograph to a case."""

import hashlib

from sqlalchemy import Connection

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.photographs import MEDIA_TYPE, PhotoError, made_anew
from central.adapters.store import audit, incidents, reports, tasks, timeline
from central.adapters.store.timeline import Entry
from central.core import access
from central.core.people import ON_THE_SPOT, Actor
from central.core.refusals import (
    NotAllowedError,
    TooEarlyError,
    UnknownTaskError,
    UnusablePhotoError,
)
from central.core.workflow import Status

MOST_IN_A_CASE = 60


def bring_photo(
    connection: Connection,
    files: EvidenceFiles,
    actor: Actor,
    incident_id: str,
    content: bytes,
    now_ms: int,
) -> str:
    """Keep a photograph of somebody who acts in the case; give its name (SHA-256).

    Raises:
        UnknownTaskError, NotAllowedError, TooEarlyError, UnusablePhotoError: nothing was kept.
    """
    incident = incidents.hold(connection, incident_id)
    if incident is None:
        zh, en = "没有这起事件", "there is no such incident"
        raise UnknownTaskError(zh, en)
    units = {task.unit_code for task in tasks.of_incident(connection, incident_id)}
    acts = access.acts(actor, incident.scenario) and actor.unit_code in units
    if not (acts or access.holds_office(actor, incident.scenario)):
        zh, en = "您的单位不办理这起事件", "your unit has no task in this incident"
        raise NotAllowedError(zh, en)
    if incident.scenario in access.HEALTH:
        zh, en = "心灵关爱事项不收照片", "a mind care matter takes no photos"
        raise UnusablePhotoError(zh, en)
    if incident.status is Status.CLOSED:
        zh, en = "事件已办结，不能再添加照片", "the incident is closed: no more photos"
        raise TooEarlyError(zh, en)
    if incidents.count_pictures(connection, incident_id) >= MOST_IN_A_CASE:
        zh = f"一起事件最多 {MOST_IN_A_CASE} 个照片和录像"
        raise UnusablePhotoError(zh, f"{MOST_IN_A_CASE} files in an incident at most")
    sha256, size_bytes = keep_photo(files, content)
    file = {"sha256": sha256, "media_type": MEDIA_TYPE, "size_bytes": size_bytes,
            "device_id": actor.actor_id[:63]}  # fmt: skip
    if incidents.keep_picture(connection, incident_id, file, now_ms):
        entry = Entry(event="evidence", actor=actor.actor_id, actor_name=actor.name,
                      note="", detail={"sha256": sha256, "unit": actor.unit_code})  # fmt: skip
        timeline.tell(connection, incident_id, now_ms, entry)
        subject = f"{incident_id}/{sha256[:12]}"
        audit.append(connection, now_ms, actor.actor_id, "evidence.brought", subject)
    return sha256


def bring_for_report(
    connection: Connection, files: EvidenceFiles, actor: Actor, content: bytes, now_ms: int
) -> str:
    """Keep a photograph for a report that is about to be made; give its name (SHA-256).

    One that no report names ends by age, like all others.

    Raises:
        NotAllowedError, UnusablePhotoError: nothing was kept.
    """
    if actor.role not in ON_THE_SPOT:
        zh, en = "您的角色不能上报", "your role makes no reports"
        raise NotAllowedError(zh, en)
    sha256, size_bytes = keep_photo(files, content)
    file = {"sha256": sha256, "media_type": MEDIA_TYPE, "size_bytes": size_bytes,
            "device_id": actor.actor_id[:63]}  # fmt: skip
    reports.keep_file(connection, file, now_ms)
    audit.append(connection, now_ms, actor.actor_id, "evidence.brought", sha256[:12])
    return sha256


def keep_photo(files: EvidenceFiles, content: bytes) -> tuple[str, int]:
    """Make a photograph anew and keep the file; give its name and size in bytes.

    Raises:
        UnusablePhotoError: it is none.
    """
    try:
        clean = made_anew(content)
    except PhotoError as error:
        raise UnusablePhotoError(error.message_zh, error.message_en) from None
    sha256 = hashlib.sha256(clean).hexdigest()
    files.put(sha256, clean)
    return sha256, len(clean)
