"""Releases, and how far each has gone out."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    false,
)

from central.adapters.store.tables import METADATA

RELEASE = Table(
    "release",
    METADATA,
    Column("version", String(64), primary_key=True),
    Column("seq", BigInteger, nullable=False, unique=True),
    Column("sha256", String(64), nullable=False),  # of the bundle
    Column("size_bytes", BigInteger, nullable=False),
    Column("machine", String(16), nullable=False),
    Column("python", String(64), nullable=False),
    Column("added_at", BigInteger, nullable=False),
    Column("added_by", String(128), nullable=False),
)

ROLLOUT = Table(
    "rollout",
    METADATA,
    Column("rollout_id", String(64), primary_key=True),
    Column("version", String(64), ForeignKey("release.version"), nullable=False),
    Column("state", String(16), nullable=False, index=True),  # of `central.core.rollouts.State`
    Column("why", Text, nullable=False, server_default=""),
    Column("most_failures", Integer, nullable=False),
    Column("soak_ms", BigInteger, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("started_by", String(128), nullable=False),
    Column("changed_at", BigInteger, nullable=False),
)

ROLLOUT_DEVICE = Table(
    "rollout_device",
    METADATA,
    Column("rollout_id", String(64), ForeignKey("rollout.rollout_id"), primary_key=True),
    Column("device_id", String(63), ForeignKey("device.device_id"), primary_key=True),
    Column("step", Integer, nullable=False),  # its group, from 0
    Column("phase", String(16), nullable=False),  # planned, ordered, then as the device says
    Column("order_no", BigInteger, nullable=False, server_default="0"),
    Column("code", String(40), nullable=False, server_default=""),
    Column("reason", String(300), nullable=False, server_default=""),
    Column("changed_at", BigInteger, nullable=False),
    Column("is_forgiven", Boolean, nullable=False, server_default=false(), default=False),
    Column("sent_at", BigInteger, nullable=False, server_default="0"),
    Index("ix_rollout_device_order", "device_id", "order_no"),
)
