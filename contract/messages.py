"""Messages on the wire, version 1.

Tolerant: a reader ignores fields it does not know, so either side may be updated first.
All times are RFC 3339 in UTC; all durations are seconds.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from contract.scenarios import Clock, Kind, Phase, Scenario, Severity
from contract.topics import DEVICE_ID_PATTERN, SHA256_PATTERN

WIRE_VERSION = 1
MAX_ALERT_BYTES = 4096
MAX_STATE_BYTES = 16 * 1024
MAX_EVIDENCE_BYTES = 256 * 1024

MAX_SEQ = 2**53 - 1  # what a JSON number carries without loss


def _whole_utc(at: datetime) -> datetime:
    if at.utcoffset():
        msg = "expected a time in UTC (ending in Z)"
        raise ValueError(msg)
    return at


Utc = Annotated[AwareDatetime, AfterValidator(_whole_utc)]
DeviceId = Annotated[str, Field(pattern=DEVICE_ID_PATTERN)]
Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$")]
Sha256 = Annotated[str, Field(pattern=SHA256_PATTERN)]
Seq = Annotated[int, Field(ge=1, le=MAX_SEQ)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Seconds = Annotated[float, Field(ge=0.0, le=1e9)]


class Message(BaseModel):
    """What all messages share: frozen, and deaf to fields of a later version."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class Match(Message):
    """A hint, never a verdict: an entry of the gallery that a face resembles."""

    entry_id: Name
    similarity: Share
    votes: int = Field(ge=1)
    frames: int = Field(ge=1)


class Announcement(Message):
    """What was said aloud on the spot, by the phrase's name; and whether it named a person.

    `state` is how it went: an alert begins while the voice does; its later phases know more.
    """

    phrase_id: Name
    named: bool = False
    state: Literal["started", "spoken", "failed"] = "started"


class EvidenceRef(Message):
    """A picture or clip that travels apart, found by its content."""

    sha256: Sha256
    media_type: Literal["image/jpeg", "video/mp4"]
    size_bytes: int = Field(ge=1, le=1024 * 1024 * 1024)


class AlertBody(Message):
    """One thing a device asks people to look at, before the outbox has numbered it.

    `faults`: words of `Fault`, where a device reports itself. `is_drill`: a test; nobody is to be
    woken. `box` (left, top, right, bottom, in fractions of the frame) and `score` say what the
    detector saw, so that a false alarm can come back as a mask or a threshold.
    """

    v: Literal[1] = 1
    alert_id: Name
    device_id: DeviceId
    boot_id: Name
    scenario: Scenario
    kind: Kind
    severity: Severity
    phase: Phase = Phase.START
    occurred_at: Utc
    clock: Clock = Clock.SYNCED
    camera_id: Name | None = None
    zone_id: Name | None = None
    track_id: int | None = Field(default=None, ge=0, le=MAX_SEQ)
    dwell_s: Seconds | None = None
    people: int | None = Field(default=None, ge=0, le=10_000)
    matches: tuple[Match, ...] = Field(default=(), max_length=8)
    announcement: Announcement | None = None
    evidence: tuple[EvidenceRef, ...] = Field(default=(), max_length=4)
    faults: tuple[Name, ...] = Field(default=(), max_length=16)
    is_drill: bool = False
    box: tuple[Share, Share, Share, Share] | None = None
    score: Share | None = None


class Alert(AlertBody):
    """At most 4 KiB, no pixels, no names; `(device_id, seq)` is unique for ever."""

    seq: Seq
    is_late: bool = False


class Availability(Message):
    """Retained and last will: whether a device is there, and in which boot it was."""

    online: bool
    boot_id: Name
    at: Utc


class CameraHealth(Message):
    """How one camera does. `last_frame_age_s` is None before its first frame.

    `fps` come, `taken_fps` are looked at; `longest_wait_s` is how old the oldest of them was then.
    """

    camera_id: Name
    state: Literal["starting", "running", "stalled", "failed", "ended"]
    fps: float = Field(ge=0.0, le=1000.0)
    last_frame_age_s: Seconds | None = None
    detail: str = Field(default="", max_length=200)
    faults: tuple[Name, ...] = Field(default=(), max_length=16)
    blind_zones: tuple[Name, ...] = Field(default=(), max_length=256)
    taken_fps: float | None = Field(default=None, ge=0.0, le=1000.0)
    longest_wait_s: Seconds | None = None


class DutyShare(Message):
    """How far one of a gate's duties was met on one day of the site: `numerator` of `denominator`.

    Counted from the day's start, or from when the device first could; a later share replaces an
    earlier one of the same duty and day.
    """

    duty: Name
    day: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    numerator: float = Field(ge=0.0, le=1e9)
    denominator: float = Field(ge=0.0, le=1e9)
    unit: Literal["s", "times"]


UpdatePhase = Literal[
    "waiting", "fetching", "installing", "trial", "confirmed", "refused", "failed", "rolled_back",
    "returned", "dropped",
]  # fmt: skip


class UpdateReport(Message):
    """How far a device has come with an order to install a release, 0: one that somebody brought.

    Over with `confirmed`, `refused`, `failed`, `rolled_back`, `returned`, `dropped`; `code` and
    `reason` say why it is not installed, or what it waits for.
    """

    order: int = Field(default=0, ge=0)
    version: Name
    phase: UpdatePhase
    code: Annotated[str, Field(max_length=40)] = ""
    reason: Annotated[str, Field(max_length=300)] = ""


class Heartbeat(Message):
    """A device's health, about once a minute."""

    v: Literal[1] = 1
    device_id: DeviceId
    boot_id: Name
    at: Utc
    clock: Clock = Clock.SYNCED
    uptime_s: Seconds
    cameras: tuple[CameraHealth, ...] = Field(default=(), max_length=32)
    temperature_c: float | None = Field(default=None, ge=-60.0, le=200.0)
    disk_free_bytes: int | None = Field(default=None, ge=0)
    outbox_depth: int = Field(ge=0)
    memory_bytes: int | None = Field(default=None, ge=0)
    faults: tuple[Name, ...] = Field(default=(), max_length=16)
    duties: tuple[DutyShare, ...] = Field(default=(), max_length=64)
    versions: dict[str, str] = Field(default_factory=dict)
    update: UpdateReport | None = None


class Reported(Message):
    """Retained: what a device really runs.

    `sealing_key`: the public half of the key that the device made itself, for sealed letters.
    `config_revision`: the last of central's drawings that is in force; `config_seen` the last that
    came, and `config_refused` why it was not taken. `config_digest` names the config's content.
    """

    v: Literal[1] = 1
    device_id: DeviceId
    boot_id: Name
    at: Utc
    config_revision: int = Field(default=0, ge=0)
    config_seen: int = Field(default=0, ge=0)
    config_refused: str = Field(default="", max_length=300)
    config_digest: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")] | None = None
    gallery_revision: int = Field(default=0, ge=0)
    release: str = Field(max_length=64)
    models: dict[str, Sha256] = Field(default_factory=dict)
    cameras: tuple[Name, ...] = Field(default=(), max_length=32)
    capabilities: tuple[Name, ...] = Field(default=(), max_length=32)
    sealing_key: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{43}=$")] | None = None
    clock: Clock = Clock.SYNCED


class Receipt(Message):
    """Central's word that it has what a device sent, or what people have done about it since.

    `seqs` are the alerts and `evidence` the files that the device may now forget. `stored`: they
    are kept. `refused`: they never can be (see `reason`), so sending them again is pointless.
    `acknowledged` and `closed` carry no new `seqs`: a person has taken the incident, or ended it.
    `reports` are commissioning reports, by the sha256 of their bytes; `events` are those of doors.
    """

    v: Literal[1] = 1
    seqs: tuple[Seq, ...] = ()
    evidence: tuple[Sha256, ...] = ()
    reports: tuple[Sha256, ...] = ()
    events: tuple[Name, ...] = ()
    alert_id: Name | None = None
    incident_id: Name | None = None
    stored_at: Utc
    status: Literal["stored", "refused", "acknowledged", "closed"]
    reason: str = Field(default="", max_length=200)


class Suggestion(Message):
    """What a false alarm taught, for the installer to accept or not: nothing changes by itself.

    `mask`: a place of the camera's picture in which nobody can stand. `min_score`: a threshold
    above what the detector took for a person. `because` is the label that people gave.
    """

    v: Literal[1] = 1
    suggestion_id: Name
    device_id: DeviceId
    camera_id: Name
    remedy: Literal["mask", "min_score"]
    mask: tuple[tuple[Share, Share], ...] = Field(default=(), max_length=64)
    min_score: Share | None = None
    because: Name
    incident_number: Name
    at: Utc
