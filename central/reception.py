"""What becomes of one message from a device, in the caller's transaction."""

import hashlib
import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping

from central.adapters.certificates import is_issued
from central.adapters.evidence_files import MOST_PARTS, EvidenceFiles
from central.adapters.store import (
    alerts,
    audit,
    commissioning,
    directory,
    drawings,
    duties,
    incidents,
    quarantine,
    releases,
    retention,
)
from central.adapters.store.boarding import Origin
from central.core.local_time import to_ms
from central.core.playbook import Playbook
from central.incidents import take_alert
from central.incidents.concerning import has_ended
from central.incidents.dormitory import FutureError, take_passage
from contract.commissioning import MAX_REPORT_BYTES, CommissioningReport, signer_of
from contract.doors import MAX_DOOR_BYTES, DoorEvent, Passage
from contract.drawing import MAX_PICTURE_BYTES, Picture
from contract.messages import MAX_EVIDENCE_BYTES, Availability, Heartbeat, Reported
from contract.reading import MessageError, Reason, read, read_alert
from contract.topics import SHA256_PATTERN, TopicError, Up, UpTopic, parse_up

_SHA256 = re.compile(SHA256_PATTERN)
_PART = re.compile(r"(\d{1,4})/(\d{1,4})")


JPEG = b"\xff\xd8"
NOT_ASIDE = (Up.DOOR, Up.PICTURE)
"""What is not kept aside even where it cannot be taken: whereabouts, pictures."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the device may be told: which thing of its is settled, and whether it was kept."""

    device_id: str = ""
    seq: int | None = None
    sha256: str | None = None
    report: str | None = None
    event: str | None = None
    refused: str = ""
    alert_id: str | None = None
    incident_id: str | None = None


NOTHING_TO_SAY = Verdict()


Playbooks = tuple[Playbook, ...] | Callable[[], tuple[Playbook, ...]] | None
"""Those in force, or what tells which are; none: the shipped ones."""


@dataclass(frozen=True, slots=True)
class Reception:
    """Takes messages in. `files` keeps what evidence brings."""

    files: EvidenceFiles
    playbooks: Playbooks = None  # the shipped ones unless the district has its own
    authority: bytes = b""  # the certificate that devices' certificates are signed with, PEM

    def take(self, connection: Connection, topic: str, payload: bytes, now_ms: int) -> Verdict:
        """Keep one message, or put it aside with the reason; never raises for what it says."""
        try:
            where = _parsed(topic)
            device = _known(connection, where.device_id)
            return _TAKERS[where.leaf](self, connection, device, (where, payload, now_ms))
        except MessageError as error:
            kept = b"" if any(f"/up/{leaf}" in topic for leaf in NOT_ASIDE) else payload
            quarantine.put_aside(connection, topic, kept, error.reason, str(error), now_ms)
            return _refusal(topic, payload, error)

    def _alert(self, connection: Connection, device: RowMapping, came: "_Came") -> Verdict:
        _, payload, now_ms = came
        device_id = str(device["device_id"])
        alert = read_alert(payload, device_id)
        known = alerts.alert_id_of(connection, device_id, alert.seq)
        if known not in {None, alert.alert_id}:
            msg = f"seq {alert.seq} 已属于另一条预警 belongs to another alert: {known}"
            raise MessageError(Reason.SEQ_CONFLICT, msg, alert.seq)
        if has_ended(connection, alert, now_ms):
            msg = "所依据的处置要求已到期或撤销，不予立案 its disposition is over"
            raise MessageError(Reason.NO_BASIS, msg, alert.seq)
        taken = take_alert(connection, alert, now_ms, playbooks=self._in_force())
        return Verdict(device_id, alert.seq, alert_id=alert.alert_id, incident_id=taken.incident_id)

    def _in_force(self) -> tuple[Playbook, ...] | None:
        found = self.playbooks
        return found if found is None or isinstance(found, tuple) else found()

    def _evidence(self, connection: Connection, device: RowMapping, came: "_Came") -> Verdict:
        where, payload, now_ms = came
        device_id = str(device["device_id"])
        sha256, part, parts = _evidence_place(where.rest)
        if not 0 < len(payload) <= MAX_EVIDENCE_BYTES:
            msg = f"{len(payload)} bytes, expected 1 to {MAX_EVIDENCE_BYTES}"
            raise MessageError(Reason.OVERSIZED, msg)
        if not alerts.is_announced(connection, sha256, device_id):
            msg = "no alert of this device has announced this file"
            raise MessageError(Reason.UNANNOUNCED, msg)
        if retention.is_deleted(connection, sha256):
            return Verdict(device_id, sha256=sha256)
        if parts == 1:
            whole: bool | None = self.files.put(sha256, payload)
        else:
            whole = self.files.put_part(sha256, part, parts, payload)
        if whole is None:
            return NOTHING_TO_SAY
        if not whole:
            msg = "the bytes do not have the sha256 in the topic"
            raise MessageError(Reason.WRONG_HASH, msg)
        alerts.evidence_arrived(connection, sha256, device_id, now_ms)
        return Verdict(device_id, sha256=sha256)

    def _availability(self, connection: Connection, device: RowMapping, came: "_Came") -> Verdict:
        _, payload, now_ms = came
        said = read(Availability, payload)
        late_death = not said.online and device["boot_id"] not in {None, said.boot_id}
        if not late_death:
            directory.change_device(
                connection, device["device_id"],
                is_online=said.online, boot_id=said.boot_id, availability_at=now_ms,
            )  # fmt: skip
        return NOTHING_TO_SAY

    def _heartbeat(self, connection: Connection, device: RowMapping, came: "_Came") -> Verdict:
        _, payload, now_ms = came
        device_id = str(device["device_id"])
        said = read(Heartbeat, payload, device_id)
        body = said.model_dump(mode="json")
        directory.change_device(connection, device_id, heartbeat=body, heartbeat_at=now_ms)
        if said.update is not None and releases.heard(connection, device_id, said.update, now_ms):
            detail, who = said.update.model_dump(mode="json"), f"device:{device_id}"
            audit.append(connection, now_ms, who, "device.update", who, detail)
        duties.keep(connection, device_id, min(to_ms(said.at), now_ms), said.duties)
        return NOTHING_TO_SAY

    def _reported(self, connection: Connection, device: RowMapping, came: "_Came") -> Verdict:
        _, payload, now_ms = came
        device_id = str(device["device_id"])
        said = read(Reported, payload, device_id)
        directory.change_device(connection, device_id, reported=said.model_dump(mode="json"))
        drawings.settle(connection, said, now_ms)
        return NOTHING_TO_SAY

    def _picture(self, connection: Connection, device: RowMapping, came: "_Came") -> Verdict:
        _, payload, now_ms = came
        device_id = str(device["device_id"])
        said = read(Picture, payload, device_id, MAX_PICTURE_BYTES)
        if drawings.asked(connection, device_id, said.command_id) is None:
            msg = "nobody has asked for this picture"
            raise MessageError(Reason.UNANNOUNCED, msg)
        drawing = said.drawing.model_dump(mode="json") if said.drawing else None
        jpeg = _jpeg(said.jpeg)
        drawings.keep_answer(
            connection, said.command_id, answered_at=now_ms, refused=said.refused, drawing=drawing,
            revision=said.digest if jpeg else None, picture=jpeg,
        )  # fmt: skip
        return NOTHING_TO_SAY

    def _commissioning(self, connection: Connection, device: RowMapping, came: "_Came") -> Verdict:
        _, payload, now_ms = came
        device_id = str(device["device_id"])
        said = read(CommissioningReport, payload, device_id, MAX_REPORT_BYTES)
        signer, sha256 = signer_of(payload), hashlib.sha256(payload).hexdigest()
        row = {
            "sha256": sha256,
            "device_id": device_id,
            "at": to_ms(said.at),
            "received_at": now_ms,
            "passed": said.passed,
            "is_trusted": signer is not None and is_issued(self.authority, signer, device_id),
            "body": payload.decode(),
        }
        if commissioning.keep(connection, row):
            detail = {"sha256": sha256, "passed": said.passed}
            actor = f"device:{device_id}"
            audit.append(connection, now_ms, actor, "device.commissioned", actor, detail)
        return Verdict(device_id, report=sha256)

    def _door(self, connection: Connection, device: RowMapping, came: "_Came") -> Verdict:
        _, payload, now_ms = came
        device_id = str(device["device_id"])
        said = read(DoorEvent, payload, device_id, MAX_DOOR_BYTES)
        place = incidents.place(connection, str(device["site_id"]))
        unit_code = place.relations.get("school") if place else None
        if unit_code is None:
            msg = "the gateway's place has no relation school: register it (site add --relation)"
            raise MessageError(Reason.NO_SCHOOL, msg)
        try:
            take_passage(connection, Origin(device_id, unit_code, "door"), said, now_ms)
        except FutureError as error:
            raise MessageError(Reason.FUTURE, str(error)) from None
        return Verdict(device_id, event=said.event_id)


_Came = tuple[UpTopic, bytes, int]
_Taker = Callable[[Reception, Connection, RowMapping, _Came], Verdict]

_TAKERS: dict[Up, _Taker] = {
    Up.ALERT: Reception._alert,  # noqa: SLF001 - the table belongs to the class above
    Up.EVIDENCE: Reception._evidence,  # noqa: SLF001
    Up.AVAILABILITY: Reception._availability,  # noqa: SLF001
    Up.HEARTBEAT: Reception._heartbeat,  # noqa: SLF001
    Up.REPORTED: Reception._reported,  # noqa: SLF001
    Up.COMMISSIONING: Reception._commissioning,  # noqa: SLF001
    Up.DOOR: Reception._door,  # noqa: SLF001
    Up.PICTURE: Reception._picture,  # noqa: SLF001
}

_RESENT_IN_VAIN = frozenset(Reason) - {
    Reason.UNKNOWN_DEVICE,
    Reason.NOT_KEPT,
    Reason.NO_SCHOOL,
}
"""Reasons that sending again cannot cure; a device that is not known yet may be known later."""


def _refusal(topic: str, payload: bytes, error: MessageError) -> Verdict:
    """Tell the device that a thing is refused for good, where it can be named at all."""
    if error.reason not in _RESENT_IN_VAIN:
        return NOTHING_TO_SAY
    try:
        where = parse_up(topic)
    except TopicError:
        return NOTHING_TO_SAY
    sha256 = where.rest.partition("/")[0] if where.leaf is Up.EVIDENCE else ""
    return Verdict(
        where.device_id,
        error.seq if where.leaf is Up.ALERT else None,
        sha256 if _SHA256.fullmatch(sha256) else None,
        hashlib.sha256(payload).hexdigest() if where.leaf is Up.COMMISSIONING else None,
        _event_of(payload) if where.leaf is Up.DOOR else None,
        refused=f"{error.reason}: {error}"[:200],
    )


def _jpeg(text: str) -> bytes | None:
    """Give the picture that came; None where none did."""
    if not text:
        return None
    try:
        content = b64decode(text, validate=True)
    except ValueError:
        content = b""
    if not content.startswith(JPEG):
        msg = "not a JPEG in base64"
        raise MessageError(Reason.MALFORMED, msg)
    return content


def _event_of(payload: bytes) -> str | None:
    """Give which event a gateway may forget: what cannot be taken now never can."""
    try:
        return Passage.model_validate_json(payload).event_id
    except ValueError:
        return None


def _parsed(topic: str) -> UpTopic:
    try:
        where = parse_up(topic)
    except TopicError as error:
        raise MessageError(Reason.WRONG_TOPIC, str(error)) from None
    if where.rest and where.leaf is not Up.EVIDENCE:
        msg = f"nothing may follow {where.leaf}"
        raise MessageError(Reason.WRONG_TOPIC, msg)
    return where


def _known(connection: Connection, device_id: str) -> RowMapping:
    device = directory.device(connection, device_id)
    if device is None or device["is_revoked"]:
        msg = "no such device, or revoked: huxiao-central device add"
        raise MessageError(Reason.UNKNOWN_DEVICE, msg)
    return device


def _evidence_place(rest: str) -> tuple[str, int, int]:
    sha256, _, tail = rest.partition("/")
    found = _PART.fullmatch(tail) if tail else None
    if not _SHA256.fullmatch(sha256) or (tail and not found):
        msg = "expected evidence/<sha256> or evidence/<sha256>/<part>/<parts>"
        raise MessageError(Reason.WRONG_TOPIC, msg)
    part, parts = (int(found[1]), int(found[2])) if found else (1, 1)
    if not 1 <= part <= parts <= MOST_PARTS:
        msg = f"part {part} of {parts}: expected 1 to at most {MOST_PARTS}"
        raise MessageError(Reason.WRONG_TOPIC, msg)
    return sha256, part, parts
