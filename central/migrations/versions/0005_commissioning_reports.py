"""The reports that a device's commissioning ends in."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "commissioning",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("device_id", sa.String(length=63), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("is_trusted", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.device_id"], name=op.f("fk_commissioning_device_id")
        ),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_commissioning")),
    )
    with op.batch_alter_table("commissioning", schema=None) as batch_op:
        batch_op.create_index("ix_commissioning_device", ["device_id", "at"], unique=False)
