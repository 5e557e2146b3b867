"""What people report by hand or by a place's QR code, and how often from where."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from central.adapters.store.tables import METADATA

REPORT = Table(
    "report",
    METADATA,
    Column("report_id", String(64), primary_key=True),
    Column("source", String(16), nullable=False),  # public | staff
    Column("form_id", String(200), nullable=False, unique=True),  # the same form counts once
    Column("digest", String(64), nullable=False),  # of what was sent, to tell a repeat from another
    Column("receipt", String(16), unique=True),  # opens where it stands, in words
    Column("site_id", String(64), ForeignKey("site.site_id"), nullable=False),
    Column("scenario", String(32), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("state", String(16), nullable=False),  # taken | joined | held | declined
    Column("why", String(200), nullable=False, default=""),  # it was held or declined
    Column("words", Text, nullable=False),
    Column("photos", JSON, nullable=False),  # names of files
    Column("lat", Float),
    Column("lon", Float),
    Column("incident_id", String(64), ForeignKey("incident.incident_id"), index=True),
    Column("received_at", BigInteger, nullable=False),
    Column("occurred_at", BigInteger, nullable=False),
    Column("address_mark", String(64), nullable=False, default=""),  # not the address
    Column("reply", LargeBinary),  # a number to answer to, locked under the report's own key
    Column("reply_used_at", BigInteger),
    Column("reply_used_by", String(100)),
    Column("reply_erased_at", BigInteger),
    Column("decided_at", BigInteger),
    Column("decided_by", String(100)),
    Index("ix_report_state", "state", "received_at"),
    Index("ix_report_site", "site_id", "kind", "received_at"),
)

REPORT_COUNT = Table(
    "report_count",
    METADATA,
    Column("scope", String(16), primary_key=True),
    Column("mark", String(64), primary_key=True),
    Column("begins_at", BigInteger, primary_key=True),  # its beginning, ms UTC
    Column("times", Integer, nullable=False),
)

SCHOOL_PLAN = Table(
    "school_plan",
    METADATA,  # 一校一策: every version stays
    Column("unit_code", String(64), ForeignKey("org_unit.code"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("body", JSON, nullable=False),
    Column("note", String(500), nullable=False, default=""),  # what has changed
    Column("incident_id", String(64), ForeignKey("incident.incident_id")),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", String(100), nullable=False),
    Column("created_by_name", String(100), nullable=False, default=""),
)
