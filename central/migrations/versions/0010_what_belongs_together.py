"""Cases that belong together, cameras that see the same ground, drills that tell."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("drill_tells", sa.String(16), server_default="nobody", nullable=False)
        )
        batch_op.add_column(
            sa.Column("drill_waits", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("merged_into", sa.String(64), nullable=True))
        batch_op.create_index("ix_incident_merged_into", ["merged_into"], unique=False)
        batch_op.create_foreign_key(
            "fk_incident_merged_into", "incident", ["merged_into"], ["incident_id"]
        )
    op.create_table(
        "incident_link",
        sa.Column("link_id", sa.String(64), nullable=False),
        sa.Column("incident_id", sa.String(64), nullable=False),
        sa.Column("other_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("rule", sa.String(32), nullable=False),
        sa.Column("reason_zh", sa.Text(), nullable=False),
        sa.Column("reason_en", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.String(100), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.incident_id"], name="fk_incident_link_incident_id"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["incident.incident_id"], name="fk_incident_link_other_id"
        ),
        sa.PrimaryKeyConstraint("link_id", name="pk_incident_link"),
    )
    op.create_index("ix_incident_link_of", "incident_link", ["incident_id", "kind"])
    op.create_index("ix_incident_link_to", "incident_link", ["other_id", "kind"])
    op.create_table(
        "incident_entry",
        sa.Column("incident_id", sa.String(64), nullable=False),
        sa.Column("entry_id", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.incident_id"], name="fk_incident_entry_incident_id"
        ),
        sa.PrimaryKeyConstraint("incident_id", "entry_id", name="pk_incident_entry"),
    )
    op.create_index("ix_incident_entry_entry_id", "incident_entry", ["entry_id"])
    op.create_table(
        "neighbour",
        sa.Column("device_id", sa.String(63), nullable=False),
        sa.Column("camera_id", sa.String(64), nullable=False),
        sa.Column("other_device_id", sa.String(63), nullable=False),
        sa.Column("other_camera_id", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.device_id"], name="fk_neighbour_device_id"),
        sa.ForeignKeyConstraint(
            ["other_device_id"], ["device.device_id"], name="fk_neighbour_other_device_id"
        ),
        sa.PrimaryKeyConstraint(
            "device_id", "camera_id", "other_device_id", "other_camera_id", name="pk_neighbour"
        ),
    )
