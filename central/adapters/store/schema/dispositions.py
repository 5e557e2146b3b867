"""What the lawful authority asks of schools, and where schools are. Reasons have no column."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, Float, ForeignKey, Index, String, Table

from central.adapters.store.tables import METADATA

DISPOSITION = Table(
    "disposition",
    METADATA,
    Column("disposition_id", String(64), primary_key=True),
    Column("authority", String(64), nullable=False),
    Column("action", String(200), nullable=False),  # what the school is to do
    Column("urgency", String(16), nullable=False),
    Column("approver", String(64), nullable=False),
    Column("legal_basis", String(200), nullable=False),
    Column("category", String(8)),  # the authority's code; the police alone read it
    Column("schools", JSON, nullable=False),
    Column("issued_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Index("ix_disposition_alive", "ended_at", "expires_at"),
)

NOTIFIED = Table(
    "viid_notification",
    METADATA,  # GA/T 1400: each is taken once; neither picture nor title is kept
    Column("notification_id", String(64), primary_key=True),
    Column("disposition_id", String(64), nullable=False),
    Column("incident_id", String(64), ForeignKey("incident.incident_id"), nullable=False),
    Column("received_at", BigInteger, nullable=False),
)

VIID_PEER = Table(
    "viid_peer",
    METADATA,
    Column("device_id", String(64), primary_key=True),
    Column("registered_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("is_registered", Boolean, nullable=False),
)

SITE_POINT = Table(
    "site_point",
    METADATA,
    Column("site_id", String(64), ForeignKey("site.site_id"), primary_key=True),
    Column("lat", Float, nullable=False),  # WGS-84 degrees
    Column("lon", Float, nullable=False),
)

SCHOOL_BOUNDARY = Table(
    "school_boundary",
    METADATA,
    Column("unit_code", String(64), ForeignKey("org_unit.code"), primary_key=True),
    Column("polygon", JSON, nullable=False),  # [[lon, lat], ...] in WGS-84 degrees
    Column("changed_at", BigInteger, nullable=False),
)
