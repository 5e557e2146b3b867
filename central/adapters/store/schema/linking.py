"""What belongs together: cases, cameras, and whom cases may be about."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
)

from central.adapters.store.tables import METADATA

INCIDENT_LINK = Table(
    "incident_link",
    METADATA,
    Column("link_id", String(64), primary_key=True),
    Column("incident_id", String(64), ForeignKey("incident.incident_id"), nullable=False),
    Column("other_id", String(64), ForeignKey("incident.incident_id"), nullable=False),
    Column("kind", String(16), nullable=False),  # refers | suggested | merged
    Column("rule", String(32), nullable=False, default=""),
    Column("reason_zh", Text, nullable=False),
    Column("reason_en", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", String(100), nullable=False),
    Column("ended_at", BigInteger),  # undone, taken up or dismissed
    Column("ended_by", String(100)),
    Column("before", JSON, nullable=False),  # of a merge: what an undo puts back
    Index("ix_incident_link_of", "incident_id", "kind"),
    Index("ix_incident_link_to", "other_id", "kind"),
)

INCIDENT_ENTRY = Table(
    "incident_entry",
    METADATA,  # opaque ids of those whom an alert's matches may mean: a hint, never a verdict
    Column("incident_id", String(64), ForeignKey("incident.incident_id"), primary_key=True),
    Column("entry_id", String(64), primary_key=True, index=True),
)

NEIGHBOUR = Table(
    "neighbour",
    METADATA,  # two cameras that see the same ground; kept once for each direction
    Column("device_id", String(63), ForeignKey("device.device_id"), primary_key=True),
    Column("camera_id", String(64), primary_key=True),
    Column("other_device_id", String(63), ForeignKey("device.device_id"), primary_key=True),
    Column("other_camera_id", String(64), primary_key=True),
)
