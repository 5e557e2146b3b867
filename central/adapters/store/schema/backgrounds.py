"""Background checks: outcome codes under a unit's own pseudonym. A reason has no column."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table

from central.adapters.store.tables import METADATA

BACKGROUND_CHECK = Table(
    "background_check",
    METADATA,
    Column("unit_code", String(64), ForeignKey("org_unit.code"), primary_key=True),
    Column("person", String(40), primary_key=True),  # a code that the unit made
    Column("category", String(16), nullable=False),  # staff | temporary | builder
    Column("outcome", String(16), nullable=False),  # clear | needs_action | pending
    Column("checked_on", String(10)),
    Column("employed_until", String(10)),
    Column("changed_at", BigInteger, nullable=False),
    Column("incident_id", String(64), ForeignKey("incident.incident_id")),  # opened last for it
    Index("ix_background_check_until", "employed_until"),
)
