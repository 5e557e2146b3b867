"""Dormitories: their rules, last signs of boarders, leaves, and what each night's check found.

Signs are whereabouts: they go after some days (`[boarding] keep_days`), and nothing lists them.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from central.adapters.store.tables import METADATA

_KEY = BigInteger().with_variant(Integer, "sqlite")

BOARDING_HOUSE = Table(
    "boarding_house",
    METADATA,
    Column("unit_code", String(64), ForeignKey("org_unit.code"), primary_key=True),
    Column("site_id", String(64), ForeignKey("site.site_id"), nullable=False),
    Column("rules", JSON, nullable=False),  # central.core.curfew.House
    Column("changed_at", BigInteger, nullable=False),
)

DOOR_CARD = Table(
    "door_card",
    METADATA,
    Column("card", String(64), primary_key=True),  # SHA-256 of the card's number
    Column("pupil_id", String(64), ForeignKey("pupil.pupil_id"), nullable=False, index=True),
)

BOARDING_SIGN = Table(
    "boarding_sign",
    METADATA,
    Column("id", _KEY, primary_key=True, autoincrement=True),
    Column("origin", String(130), nullable=False),  # the gateway, program or roll call
    Column("event_id", String(64), nullable=False),
    Column("unit_code", String(64), nullable=False),
    Column("source", String(16), nullable=False),  # door | roll_call
    Column("pupil_id", String(64), ForeignKey("pupil.pupil_id")),  # null: nobody of the roster
    Column("named", String(80)),  # by what an unknown one was named: no:... | card:...
    Column("door_id", String(64), nullable=False, default=""),
    Column("is_in", Boolean, nullable=False),
    Column("at", BigInteger, nullable=False),  # by whoever saw it
    Column("received_at", BigInteger, nullable=False, index=True),
    UniqueConstraint("origin", "event_id", name="uq_boarding_sign_event"),
    Index("ix_boarding_sign_pupil", "pupil_id", "at"),
    Index("ix_boarding_sign_unit", "unit_code", "source", "at"),
)

BOARDING_LEAVE = Table(
    "boarding_leave",
    METADATA,
    Column("leave_id", String(64), primary_key=True),
    Column("unit_code", String(64), ForeignKey("org_unit.code"), nullable=False),
    Column("pupil_id", String(64), ForeignKey("pupil.pupil_id"), nullable=False),
    Column("from_at", BigInteger, nullable=False),
    Column("to_at", BigInteger, nullable=False),
    Column("asked_by", String(16), nullable=False),  # guardian | pupil | teacher
    Column("approved_by", String(100), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("withdrawn_at", BigInteger),
    Column("withdrawn_by", String(100)),
    Index("ix_boarding_leave_unit", "unit_code", "to_at"),
    Index("ix_boarding_leave_pupil", "pupil_id"),
)

BOARDING_NIGHT = Table(
    "boarding_night",
    METADATA,
    Column("unit_code", String(64), ForeignKey("org_unit.code"), primary_key=True),
    Column("night", String(10), primary_key=True),  # 2026-11-23: the day on which it begins
    Column("curfew_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),  # waiting | done | silent | too_many | missed
    Column("checked_at", BigInteger),
    Column("absent", Integer, nullable=False, default=0),
    Column("expected", Integer, nullable=False, default=0),
    Column("incident_id", String(64), ForeignKey("incident.incident_id")),  # of a fault
    Index("ix_boarding_night_due", "state", "due_at"),
)

BOARDING_MISSING = Table(
    "boarding_missing",
    METADATA,  # one case for a pupil and night
    Column("pupil_id", String(64), ForeignKey("pupil.pupil_id"), primary_key=True),
    Column("night", String(10), primary_key=True),
    Column("unit_code", String(64), nullable=False),
    Column("incident_id", String(64), ForeignKey("incident.incident_id"), nullable=False),
    Column("returned_at", BigInteger),
)
