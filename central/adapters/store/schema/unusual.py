"""Unusual access: who asked to see which case, why, who let them, until when."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from central.adapters.store.tables import METADATA

UNUSUAL_ACCESS = Table(
    "unusual_access",
    METADATA,
    Column("access_id", String(64), primary_key=True),
    Column("incident_id", String(64), ForeignKey("incident.incident_id"), nullable=False),
    Column("asked_by", String(100), nullable=False),  # account:wang | token:...
    Column("asked_name", String(100), nullable=False),
    Column("role", String(32), nullable=False),
    Column("unit_code", String(64), ForeignKey("org_unit.code"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("hours", Integer, nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("is_granted", Boolean),  # null: nobody has decided
    Column("decided_by", String(100)),
    Column("decided_name", String(100)),
    Column("decided_at", BigInteger),
    Column("until_at", BigInteger),
    Column("ended_at", BigInteger),
    Index("ix_unusual_access_open", "asked_by", "until_at"),
    Index("ix_unusual_access_asked", "asked_at"),
)
