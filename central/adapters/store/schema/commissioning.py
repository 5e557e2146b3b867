"""Commissioning: what an installer and the school confirmed on the spot."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, String, Table, Text

from central.adapters.store.tables import METADATA

COMMISSIONING = Table(
    "commissioning",
    METADATA,
    Column("sha256", String(64), primary_key=True),  # of the report as it came
    Column("device_id", String(63), ForeignKey("device.device_id"), nullable=False),
    Column("at", BigInteger, nullable=False),  # by the device's clock
    Column("received_at", BigInteger, nullable=False),
    Column("passed", Boolean, nullable=False),
    Column("is_trusted", Boolean, nullable=False),  # signed by the certificate we gave it
    Column("body", Text, nullable=False),
    Column("scan_sha256", String(64)),  # of the page that the school has signed
    Column("scan_at", BigInteger),
    Column("scan_by", String(128)),
    Index("ix_commissioning_device", "device_id", "at"),
)
