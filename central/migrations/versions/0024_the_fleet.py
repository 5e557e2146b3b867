"""Devices that fell silent, what central draws for them, and the pictures it is drawn on."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "device_silence",
        sa.Column("device_id", sa.String(63), nullable=False),
        sa.Column("heard_at", sa.BigInteger(), nullable=False),
        sa.Column("raised_at", sa.BigInteger(), nullable=False),
        sa.Column("incident_id", sa.String(64)),
        sa.PrimaryKeyConstraint("device_id", name="pk_device_silence"),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.device_id"], name="fk_device_silence_device_id"
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.incident_id"], name="fk_device_silence_incident_id"
        ),
    )
    op.create_table(
        "device_drawing",
        sa.Column("device_id", sa.String(63), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("camera_id", sa.String(64), nullable=False),
        sa.Column("drawn_over", sa.String(64), nullable=False),
        sa.Column("drawing", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(128), nullable=False),
        sa.Column("undoes", sa.Integer()),
        sa.Column("taken_at", sa.BigInteger()),
        sa.Column("refused", sa.String(300), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("device_id", "revision", name="pk_device_drawing"),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.device_id"], name="fk_device_drawing_device_id"
        ),
    )
    op.create_table(
        "device_picture",
        sa.Column("command_id", sa.String(64), nullable=False),
        sa.Column("device_id", sa.String(63), nullable=False),
        sa.Column("camera_id", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("asked_by", sa.String(128), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", sa.BigInteger()),
        sa.Column("refused", sa.String(300), nullable=False, server_default=""),
        sa.Column("drawing", sa.JSON()),
        sa.Column("revision", sa.String(64)),
        sa.Column("picture", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("command_id", name="pk_device_picture"),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.device_id"], name="fk_device_picture_device_id"
        ),
    )
    op.create_index("ix_device_picture_device", "device_picture", ["device_id", "asked_at"])
    op.create_index("ix_device_picture_asked", "device_picture", ["asked_at"])
