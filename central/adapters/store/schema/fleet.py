"""Devices that fell silent, what central wants them to watch, and the pictures it is drawn on."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
)

from central.adapters.store.tables import METADATA

DEVICE_SILENCE = Table(
    "device_silence",
    METADATA,  # one row while a device is silent, and the case that was opened for it
    Column("device_id", String(63), ForeignKey("device.device_id"), primary_key=True),
    Column("heard_at", BigInteger, nullable=False),  # last heard of
    Column("raised_at", BigInteger, nullable=False),
    Column("incident_id", String(64), ForeignKey("incident.incident_id")),
)

DEVICE_DRAWING = Table(
    "device_drawing",
    METADATA,  # what was drawn in the district for a camera; every revision stays
    Column("device_id", String(63), ForeignKey("device.device_id"), primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("camera_id", String(64), nullable=False),
    Column("drawn_over", String(64), nullable=False),  # the device's own revision that was seen
    Column("drawing", JSON, nullable=False),
    Column("before", JSON, nullable=False),  # what the picture showed: undo goes back to it
    Column("made_at", BigInteger, nullable=False),
    Column("made_by", String(128), nullable=False),
    Column("undoes", Integer),
    Column("taken_at", BigInteger),  # the device has said that it is in force
    Column("refused", String(300), nullable=False, default="", server_default=""),
)

DEVICE_PICTURE = Table(
    "device_picture",
    METADATA,  # a picture that somebody asked for, to draw on; gone after a day
    Column("command_id", String(64), primary_key=True),
    Column("device_id", String(63), ForeignKey("device.device_id"), nullable=False),
    Column("camera_id", String(64), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("asked_by", String(128), nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("answered_at", BigInteger),
    Column("refused", String(300), nullable=False, default="", server_default=""),
    Column("drawing", JSON),
    Column("revision", String(64)),  # the device's own, of the drawing
    Column("picture", LargeBinary),  # heads are hidden before it leaves the device
    Index("ix_device_picture_device", "device_id", "asked_at"),
    Index("ix_device_picture_asked", "asked_at"),
)
