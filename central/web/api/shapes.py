"""What goes in and out of the API. Times are RFC 3339 in UTC."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from central.core.kinds import AnyKind
from central.core.labels import Label
from central.core.report_back import MOST_PHOTOS, NOTHING_MORE, Report, Sha256
from central.core.unusual import LEAST_REASON, MOST_HOURS, MOST_REASON, USUAL_HOURS
from central.core.workflow import Status, Step
from contract.scenarios import Scenario

MOST_ID = 2**53 - 1  # what JSON carries without loss, and every database keeps


class Shape(BaseModel):
    """What all have in common: an unknown key is an error, and said."""

    model_config = ConfigDict(extra="forbid")


Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
"""A time that is asked for, in RFC 3339."""


class IncidentsAsked(Shape):
    """Filters of the list. `before` is the `next` of the page before."""

    status: Status | None = None
    scenario: Scenario | None = None
    site_id: str | None = None
    device_id: str | None = None
    since: Moment | None = None
    before: str | None = None
    limit: int = Field(default=50, ge=1, le=200)


class StepWanted(Shape):
    """A step on one task; without `task_id`, on the only task that allows it."""

    step: Step
    task_id: str | None = None
    note: str = Field(default="", max_length=2000)
    to_unit: str | None = None
    label: Label | None = None
    report: Report = NOTHING_MORE


class StepUndoWanted(Shape):
    """On which task the last step is taken back."""

    task_id: str


class PhotoOut(Shape):
    """A photograph that was kept."""

    sha256: str


class ReportWanted(Shape):
    """An incident that a person saw. The same `idempotency_key` again opens no second one."""

    site_id: str
    scenario: Scenario
    kind: AnyKind
    note: str = Field(default="", max_length=2000)
    occurred_at: Moment | None = Field(default=None, description="without it: now")
    photos: tuple[Sha256, ...] = Field(
        default=(), max_length=MOST_PHOTOS, description="brought by POST /api/v1/reports/photos"
    )
    idempotency_key: str = Field(default="", max_length=64, pattern=r"^[A-Za-z0-9._:-]*$")


class IncidentOut(Shape):
    """An incident in a list."""

    incident_id: str
    number: str
    scenario: str
    kind: str
    severity: str
    status: str
    site_id: str
    site_name: str
    device_id: str | None
    camera_id: str | None
    zone_id: str | None
    occurred_at: str
    opened_at: str
    last_alert_at: str
    closed_at: str | None
    alert_count: int
    is_late: bool
    is_false_alarm: bool
    false_alarm_label: str | None = None
    is_drill: bool = False
    merged_into: str | None = None
    is_overdue: bool
    instruction: str | None = None
    version: int


class AlertOut(Shape):
    """One message of a device."""

    alert_id: str
    device_id: str
    seq: int
    phase: str
    kind: str
    camera_id: str | None
    zone_id: str | None
    track_id: int | None
    dwell_s: float | None
    people: int | None
    occurred_at: str
    received_at: str
    is_late: bool


class TaskOut(Shape):
    """One unit's part; `steps` are those that the caller may take now."""

    task_id: str
    unit_code: str
    unit_name: str
    part: str
    duty: str
    status: str
    since_at: str
    opened_at: str
    acknowledged_at: str | None
    acknowledged_by: str | None
    closed_at: str | None
    steps: list[str]


class EntryOut(Shape):
    """One line of the story."""

    id: int
    at: str
    event: str
    actor: str
    actor_name: str
    task_id: str | None
    note: str
    detail: dict[str, Any]
    is_withheld: bool = Field(
        default=False, description="somebody wrote something that is not the caller's to read"
    )


class EvidenceOut(Shape):
    """A picture or clip; `received_at` is null until it has come, `deleted_at` until its end."""

    sha256: str
    media_type: str
    size_bytes: int
    device_id: str
    received_at: str | None
    deleted_at: str | None = None
    url: str


class CopyOut(Shape):
    """A unit that reads along."""

    unit_code: str
    unit_name: str
    copied_at: str
    read_at: str | None
    read_by: str | None


class CaseOut(IncidentOut):
    """One incident with everything that belongs to it."""

    alerts: list[AlertOut]
    tasks: list[TaskOut]
    copies: list[CopyOut]
    timeline: list[EntryOut]
    evidence: list[EvidenceOut]


class IncidentsOut(Shape):
    """A page of the list; `next` is null on the last one."""

    items: list[IncidentOut]
    next: str | None


class Remark(Shape):
    """What is to be said of a notification beside its state: why it waits, what to do."""

    zh: str
    en: str


class NotificationOut(Shape):
    """One message to one recipient, with the provider's own answer."""

    notification_id: str
    incident_id: str
    task_id: str | None
    audience: str
    moment: str
    channel: str
    recipient: str
    address: str
    subject: str
    text: str
    state: str
    attempts: int
    created_at: str
    sent_at: str | None
    next_try_at: str | None
    answer: str
    provider_id: str | None
    serial: int
    is_life_safety: bool
    failure: str | None
    held_for: str | None
    delivered_at: str | None
    read_at: str | None
    bundle_id: str | None
    bundle_state: str | None
    may_have_arrived_twice: bool
    remarks: list[Remark]


class NotificationsOut(Shape):
    """Notifications of one incident, or the newest of all."""

    items: list[NotificationOut]


class NotificationsAsked(Shape):
    """Which notifications."""

    incident_id: str | None = None
    limit: int = Field(default=200, ge=1, le=500)


class Items(Shape):
    """A plain list."""

    items: list[dict[str, Any]]


class StatisticsAsked(Shape):
    """Since when; without it, the last thirty days."""

    since: Moment | None = None


class StatisticsOut(Shape):
    """How many incidents, by what. Hours are those of Asia/Shanghai."""

    since: str
    by_scenario: dict[str, int]
    by_status: dict[str, int]
    by_kind: dict[str, int]
    by_site: dict[str, int]
    by_hour: dict[str, int]
    health_by_month: dict[str, str] = Field(
        default={}, description="whole months only; fewer than five are not told apart"
    )


class AuditAsked(Shape):
    """Entries before an id, the newest first."""

    before: int | None = Field(default=None, ge=0, le=MOST_ID)
    limit: int = Field(default=100, ge=1, le=500)


class ReportedOut(Shape):
    """What a report became."""

    incident_id: str


class EnrolmentsAsked(Shape):
    """Which enrolments; `after` is the `next` of the page before."""

    unit_code: str = ""
    after: str = ""
    limit: int = Field(default=100, ge=1, le=500)


class EnrolmentOut(Shape):
    """One enrolment, without name or likeness."""

    entry_id: str
    kind: str
    purpose: str
    unit_code: str
    authority: str
    consent: str
    guardian_consent: bool
    may_be_named: bool
    created_at: str
    created_by: str
    changed_at: str
    expires_at: str
    withdrawn_at: str | None
    withdrawn_by: str | None
    key_destroyed_at: str | None
    key_digest: str


class EnrolmentsOut(Shape):
    """A page of the list; `next` is null on the last one."""

    items: list[EnrolmentOut]
    next: str | None


class DeviceHeld(Shape):
    """Whether a device holds what it should, by its own word."""

    device_id: str
    is_confirmed: bool


class EnrolledOut(EnrolmentOut):
    """One enrolment with the devices that know it, or are to forget it."""

    site_ids: list[str]
    devices: list[DeviceHeld]


class WithdrawalWanted(Shape):
    """Why an enrolment ends; kept in the audit log."""

    reason: str = Field(default="", max_length=200)


class KeyOut(Shape):
    """A public key: 32 bytes as base64."""

    sealing_key: str


class AccessWanted(Shape):
    """Which case somebody asks to see, why, and for how long."""

    number: str = Field(min_length=1, max_length=32)
    reason: str = Field(min_length=LEAST_REASON, max_length=MOST_REASON)
    hours: int = Field(default=USUAL_HOURS, ge=1, le=MOST_HOURS)


class AccessAskedOut(Shape):
    """What a request became."""

    access_id: str


class AccessOut(Shape):
    """One unusual access; `reason` is empty for those who may not read it."""

    access_id: str
    number: str
    state: str
    asked_by: str
    asked_name: str
    role: str
    unit_code: str
    reason: str
    hours: int
    asked_at: str
    decided_by: str | None
    decided_at: str | None
    until_at: str | None
    ended_at: str | None


class AccessesOut(Shape):
    """Unusual accesses, the newest first."""

    items: list[AccessOut]
