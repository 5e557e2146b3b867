"""The tables, the same on SQLite and PostgreSQL; `central/migrations` makes them.

Every `_at` is an integer: ms since 1970, UTC. Keys that people see are UUIDv7, others integers.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_KEY = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts only INTEGER keys by itself


_OPEN, _IN = text("status <> 'closed'"), text("merged_into IS NOT NULL")


def _counted() -> Column[int]:
    return Column("id", _KEY, primary_key=True, autoincrement=True)


ORG_UNIT = Table(
    "org_unit",
    METADATA,
    Column("code", String(64), primary_key=True),  # edu, police, town:yuelin, school:shiyan
    Column("kind", String(32), nullable=False),  # department | station | town | school
    Column("name_zh", String(100), nullable=False),
    Column("name_en", String(100), nullable=False, default=""),
    Column("parent_code", String(64), ForeignKey("org_unit.code")),
)

SITE = Table(
    "site",
    METADATA,
    Column("site_id", String(64), primary_key=True),
    Column("kind", String(32), nullable=False),  # gate | water | venue
    Column("name_zh", String(100), nullable=False),
    Column("name_en", String(100), nullable=False, default=""),
    Column("relations", JSON, nullable=False),  # {"town": "town:yuelin", "school": ...}
    Column("created_at", BigInteger, nullable=False),
)

DEVICE = Table(
    "device",
    METADATA,
    Column("device_id", String(63), primary_key=True),
    Column("site_id", String(64), ForeignKey("site.site_id"), nullable=False, index=True),
    Column("profile", String(16), nullable=False),  # gate | water | venue
    Column("created_at", BigInteger, nullable=False),
    Column("certificate_serial", String(64)),
    Column("certificate_expires_at", BigInteger),
    Column("is_revoked", Boolean, nullable=False, default=False),
    Column("is_online", Boolean, nullable=False, default=False),
    Column("boot_id", String(64)),
    Column("availability_at", BigInteger),
    Column("heartbeat", JSON),  # the last Heartbeat, as it came
    Column("heartbeat_at", BigInteger),
    Column("reported", JSON),  # the last Reported, as it came
    Column("gallery_revision", BigInteger, nullable=False, server_default="0"),  # last planned
    Column("gallery_key", String(64)),  # the sealing key that it was told under, base64
    Column("gallery_at", BigInteger, nullable=False, server_default="0"),  # last planned when
    Column("gallery_tries", Integer, nullable=False, server_default="0"),  # begun anew in vain
)

ACCOUNT = Table(
    "account",
    METADATA,
    Column("username", String(64), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("role", String(32), nullable=False),
    Column("unit_code", String(64), ForeignKey("org_unit.code"), nullable=False),
    Column("email", String(200)),
    Column("phone", String(32)),
    Column("zwdd_id", String(64)),  # what 浙政钉 calls the person
    Column("locale", String(16), nullable=False, default="zh_Hans_CN"),
    Column("is_active", Boolean, nullable=False, default=True),
    Column("created_at", BigInteger, nullable=False),
)

SIGN_IN = Table(
    "sign_in",
    METADATA,
    Column("sign_in_id", String(64), primary_key=True),  # sha256 of the cookie's secret
    Column("username", String(64), ForeignKey("account.username"), nullable=False, index=True),
    Column("created_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("user_agent", String(200), nullable=False, default=""),
    Column("address", String(64), nullable=False, default=""),
    Column("how", String(32), nullable=False, server_default="password"),  # password+code, ...
    Column("proved_at", BigInteger, nullable=False, server_default="0"),  # proved anew who it is
    Column("proved_twice_at", BigInteger, nullable=False, server_default="0"),  # by two factors
)

SIGN_IN_FAILURE = Table(
    "sign_in_failure",
    METADATA,
    _counted(),
    Column("username", String(64), nullable=False, index=True),
    Column("address", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
)

API_TOKEN = Table(
    "api_token",
    METADATA,
    Column("token_hash", String(64), primary_key=True),  # sha256; the token itself is shown once
    Column("name", String(100), nullable=False),
    Column("role", String(32), nullable=False),
    Column("unit_code", String(64), ForeignKey("org_unit.code"), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("is_revoked", Boolean, nullable=False, default=False),
    Column("scopes", Text, nullable=False, server_default="all"),  # apart by blanks
    Column("used_at", BigInteger),
)

# --- whom devices may match: never a photo, the likeness only under its person's key -------------

ENROLMENT = Table(
    "enrolment",
    METADATA,
    Column("entry_id", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),  # pupil | watchlist
    Column("purpose", String(32), nullable=False),
    Column("unit_code", String(64), ForeignKey("org_unit.code"), nullable=False),
    Column("authority", String(200), nullable=False),
    Column("consent", String(200), nullable=False, default=""),
    Column("guardian_consent", Boolean, nullable=False),
    Column("may_be_named", Boolean, nullable=False),
    Column("birth_year", Integer),
    Column("disposition", JSON),
    Column("likeness", LargeBinary),  # locked; none once withdrawn
    Column("key_digest", String(64), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", String(128), nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("withdrawn_at", BigInteger),
    Column("withdrawn_by", String(128)),
    Column("key_destroyed_at", BigInteger),
    Index("ix_enrolment_unit", "unit_code", "purpose"),
    Index("ix_enrolment_alive", "withdrawn_at", "expires_at"),
)

ENROLMENT_SITE = Table(
    "enrolment_site",
    METADATA,
    Column("entry_id", String(64), ForeignKey("enrolment.entry_id"), primary_key=True),
    Column("site_id", String(64), ForeignKey("site.site_id"), primary_key=True, index=True),
)

# --- what devices say ----------------------------------------------------------------------------

ALERT = Table(
    "alert",
    METADATA,
    _counted(),
    Column("device_id", String(63), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("alert_id", String(64), nullable=False, index=True),
    Column("phase", String(16), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("occurred_at", BigInteger, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("is_late", Boolean, nullable=False),
    Column("incident_id", String(64), ForeignKey("incident.incident_id"), index=True),
    Column("body", JSON, nullable=False),
    UniqueConstraint("device_id", "seq", name="uq_alert_device_seq"),
)

QUARANTINE = Table(
    "quarantine",
    METADATA,
    _counted(),
    Column("received_at", BigInteger, nullable=False, index=True),
    Column("topic", String(300), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("detail", String(500), nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("head", LargeBinary, nullable=False),  # the first 4 KiB, for a person to look at
)

EVIDENCE = Table(
    "evidence",
    METADATA,
    Column("sha256", String(64), primary_key=True),
    Column("media_type", String(32), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("device_id", String(63), nullable=False),
    Column("received_at", BigInteger),  # null: announced by an alert, not yet here
    Column("deleted_at", BigInteger),  # its time was over; what remains says so
    Index("ix_evidence_kept", "deleted_at", "received_at"),
)

INCIDENT_EVIDENCE = Table(
    "incident_evidence",
    METADATA,
    Column("incident_id", String(64), ForeignKey("incident.incident_id"), primary_key=True),
    Column("sha256", String(64), ForeignKey("evidence.sha256"), primary_key=True),
    Column("added_at", BigInteger, nullable=False),
)

# --- the case and its loop -----------------------------------------------------------------------

_USUAL = "when_critical"  # as the playbook says whose letters go before all others

INCIDENT = Table(
    "incident",
    METADATA,
    Column("incident_id", String(64), primary_key=True),
    Column("number", String(32), nullable=False, unique=True),  # for people: HX20261123-0001
    Column("scenario", String(32), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("status", String(16), nullable=False),  # the roll-up of its tasks
    Column("site_id", String(64), ForeignKey("site.site_id"), nullable=False, index=True),
    Column("device_id", String(63), index=True),
    Column("camera_id", String(64)),
    Column("zone_id", String(64)),
    Column("occurred_at", BigInteger, nullable=False),  # by the device's clock
    Column("opened_at", BigInteger, nullable=False),
    Column("last_alert_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
    Column("alert_count", Integer, nullable=False, default=1),
    Column("is_late", Boolean, nullable=False, default=False),
    Column("is_false_alarm", Boolean, nullable=False, default=False),
    Column("false_alarm_label", String(32)),  # what it was, once people have said so
    Column("is_drill", Boolean, nullable=False, server_default=false(), default=False),
    Column("instruction", String(200)),  # what a disposition asks for, in the police's words
    Column("disposition_id", String(64)),
    Column("drill_tells", String(16), nullable=False, server_default="nobody", default="nobody"),
    Column("drill_waits", Boolean, nullable=False, server_default=false(), default=False),
    Column("merged_into", String(64), ForeignKey("incident.incident_id")),  # 并案
    Column("playbook", JSON, nullable=False),  # frozen when the incident opened
    Column("life_safety", String(16), nullable=False, server_default=_USUAL, default=_USUAL),
    Column("version", Integer, nullable=False, default=1),  # counts every change
    Index("ix_incident_board", "status", "opened_at"),
    Index("ix_incident_open", "opened_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("ix_incident_merged_into", "merged_into", sqlite_where=_IN, postgresql_where=_IN),
    Index("ix_incident_opened", "opened_at", "incident_id"),
    Index("ix_incident_closed", "closed_at"),
    Index("ix_incident_scenario", "scenario", "opened_at"),
    Index("ix_incident_open_at_zone", "device_id", "zone_id", "status"),
)

TASK = Table(
    "task",
    METADATA,
    Column("task_id", String(64), primary_key=True),
    Column("incident_id", String(64), ForeignKey("incident.incident_id"), nullable=False),
    Column("unit_code", String(64), ForeignKey("org_unit.code"), nullable=False),
    Column("part", String(16), nullable=False),  # lead | joint
    Column("duty_zh", String(200), nullable=False),
    Column("duty_en", String(200), nullable=False),
    Column("status", String(16), nullable=False),
    Column("since_at", BigInteger, nullable=False),  # when it got this status
    Column("opened_at", BigInteger, nullable=False),
    Column("acknowledged_at", BigInteger),
    Column("acknowledged_by", String(100)),
    Column("closed_at", BigInteger),
    Index("ix_task_incident", "incident_id"),
    Index("ix_task_unit", "unit_code", "status"),
    Index("ix_task_open", "status", "since_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
)

INCIDENT_COPY = Table(
    "incident_copy",
    METADATA,  # 抄送: a unit that may read the incident and has no duty in it
    Column("incident_id", String(64), ForeignKey("incident.incident_id"), primary_key=True),
    Column("unit_code", String(64), ForeignKey("org_unit.code"), primary_key=True, index=True),
    Column("copied_at", BigInteger, nullable=False),
    Column("read_at", BigInteger),
    Column("read_by", String(100)),
)

INCIDENT_COUNTER = Table(
    "incident_counter",
    METADATA,  # the last number given on a day, so that two ingests never give the same one
    Column("day", String(8), primary_key=True),  # 20261123, in the district's own time
    Column("last", Integer, nullable=False),
)

TIMELINE = Table(
    "timeline",
    METADATA,
    _counted(),  # also the id of the server-sent event
    Column("incident_id", String(64), ForeignKey("incident.incident_id"), nullable=False),
    Column("task_id", String(64), ForeignKey("task.task_id")),
    Column("at", BigInteger, nullable=False),
    Column("event", String(32), nullable=False),  # a Step, or alert, evidence, notified, escalated
    Column("actor", String(100), nullable=False),  # account:wang | device:water-001 | central
    Column("actor_name", String(100), nullable=False, default=""),
    Column("note", Text, nullable=False, default=""),
    Column("detail", JSON, nullable=False),
    Index("ix_timeline_incident", "incident_id", "id"),
)

_RUNS = text("next_due_at IS NOT NULL")
DEADLINE = Table(
    "deadline",
    METADATA,
    _counted(),
    Column("incident_id", String(64), ForeignKey("incident.incident_id"), nullable=False),
    Column("task_id", String(64), ForeignKey("task.task_id"), nullable=False),
    Column("waits_for", String(16), nullable=False),  # acknowledge | report_back | close
    Column("level", Integer, nullable=False, default=0),  # escalation levels already fired
    Column("since_at", BigInteger, nullable=False),
    Column("next_due_at", BigInteger, index=True),  # null: met, or its last level fired
    UniqueConstraint("task_id", "waits_for", name="uq_deadline_task_waits_for"),
    Index("ix_deadline_running", "incident_id", sqlite_where=_RUNS, postgresql_where=_RUNS),
)

NOTIFICATION = Table(
    "notification",
    METADATA,
    Column("notification_id", String(64), primary_key=True),
    Column("incident_id", String(64), ForeignKey("incident.incident_id"), nullable=False),
    Column("task_id", String(64), ForeignKey("task.task_id")),
    Column("audience", String(32), nullable=False),  # decides what the text may say
    Column("moment", String(16), nullable=False),  # why now: dispatched, copied, overdue, over, ...
    Column("recipient", String(100), nullable=False),  # account:wang, or the webhook's name
    Column("channel", String(32), nullable=False),  # email | webhook
    Column("address", String(300), nullable=False),
    Column("subject", String(300), nullable=False),
    Column("text", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("created_at", BigInteger, nullable=False),
    Column("next_try_at", BigInteger),  # null: in a final state
    Column("claimed_until_at", BigInteger),
    Column("sent_at", BigInteger),
    Column("answer", Text, nullable=False, default=""),  # the provider's own words, as evidence
    Column("failure", String(32)),  # the kind of the last trouble
    Column("provider_id", String(128), index=True),  # the provider's name for it, for receipts
    Column("delivered_at", BigInteger),
    Column("read_at", BigInteger),
    Column("data", Text, nullable=False, server_default="{}", default="{}"),  # facts, as JSON
    Column("serial", Integer, nullable=False, server_default="1", default=1),
    Column("is_life_safety", Boolean, nullable=False, server_default=false(), default=False),
    Column("bundle_id", String(64), index=True),  # the letter within which it went out
    Column("round_id", String(64), index=True),  # the occasion on which it was written
    Column("held_for", String(16)),  # quiet_hours | quota: why it waits though nothing went wrong
    Column("broken_off", Integer, nullable=False, server_default="0", default=0),
    Column("receipt_at", BigInteger, index=True),  # when its provider is asked what became of it
    Index("ix_notification_due", "state", "next_try_at"),
    Index("ix_notification_incident", "incident_id"),
)

DOWN_MESSAGE = Table(
    "down_message",
    METADATA,
    _counted(),
    Column("device_id", String(63), nullable=False),
    Column("leaf", String(16), nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("published_at", BigInteger, index=True),
)

AUDIT = Table(
    "audit",
    METADATA,
    _counted(),
    Column("at", BigInteger, nullable=False),
    Column("actor", String(100), nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("detail", JSON, nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_audit_subject", "subject", "id"),
    Index("ix_audit_action", "action", "id"),
    Index("ix_audit_at", "at"),
)
