"""Whom a case is about, and what a person found who verified it."""

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from central.adapters.store.tables import METADATA

INCIDENT_SUBJECT = Table(
    "incident_subject",
    METADATA,
    Column("subject_id", String(64), primary_key=True),
    Column("incident_id", String(64), ForeignKey("incident.incident_id"), nullable=False),
    Column("pupil_id", String(64), ForeignKey("pupil.pupil_id"), index=True),
    Column("entry_id", String(64), index=True),  # what the device matched
    Column("how", String(16), nullable=False),  # device_match | named_by_person
    Column("certainty", String(16), nullable=False),  # hint | confirmed | rejected
    Column("similarity", Float),  # of the best match
    Column("votes", Integer),
    Column("frames", Integer),
    Column("added_at", BigInteger, nullable=False),
    Column("added_by", String(100), nullable=False),
    Column("finding", String(16)),  # confirmed | not_the_person | left
    Column("found_by", String(100)),
    Column("found_at", BigInteger),
    Column("note", Text, nullable=False, default=""),
    Index("ix_incident_subject_incident", "incident_id", "subject_id"),
)
