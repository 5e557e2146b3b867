"""Which case belongs to which referral of mind care: two opaque ids, nothing else."""

from sqlalchemy import Column, ForeignKey, String, Table

from central.adapters.store.tables import METADATA

CARE_CASE = Table(
    "care_case",
    METADATA,
    Column("referral_id", String(64), primary_key=True),
    Column("incident_id", String(64), ForeignKey("incident.incident_id"), nullable=False,
           unique=True),
)  # fmt: skip
