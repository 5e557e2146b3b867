"""How far each gate's duties were met, by device and day: the last word of a day stands."""

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, String, Table

from central.adapters.store.tables import METADATA

DUTY_DAY = Table(
    "duty_day",
    METADATA,
    Column("device_id", String(63), ForeignKey("device.device_id"), primary_key=True),
    Column("day", String(10), primary_key=True),  # 2026-11-23, the site's day
    Column("duty", String(64), primary_key=True),
    Column("school_code", String(64), nullable=False),
    Column("numerator", Float, nullable=False),
    Column("denominator", Float, nullable=False),
    Column("unit", String(8), nullable=False),  # s | times
    Column("said_at", BigInteger, nullable=False),  # by the device's clock
    Index("ix_duty_day_school", "school_code", "day"),
)
