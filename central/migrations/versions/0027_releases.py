"""Releases of the devices' software, and how far each has gone out."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "release",
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("machine", sa.String(length=16), nullable=False),
        sa.Column("python", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("added_by", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_release")),
        sa.UniqueConstraint("seq", name=op.f("uq_release_seq")),
    )
    op.create_table(
        "rollout",
        sa.Column("rollout_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("most_failures", sa.Integer(), nullable=False),
        sa.Column("soak_ms", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("started_by", sa.String(length=128), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["version"], ["release.version"], name=op.f("fk_rollout_version")),
        sa.PrimaryKeyConstraint("rollout_id", name=op.f("pk_rollout")),
    )
    op.create_index(op.f("ix_rollout_state"), "rollout", ["state"])
    op.create_table(
        "rollout_device",
        sa.Column("rollout_id", sa.String(length=64), nullable=False),
        sa.Column("device_id", sa.String(length=63), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("phase", sa.String(length=16), nullable=False),
        sa.Column("order_no", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("code", sa.String(length=40), server_default="", nullable=False),
        sa.Column("reason", sa.String(length=300), server_default="", nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("is_forgiven", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.device_id"], name=op.f("fk_rollout_device_device_id")
        ),
        sa.ForeignKeyConstraint(
            ["rollout_id"], ["rollout.rollout_id"], name=op.f("fk_rollout_device_rollout_id")
        ),
        sa.PrimaryKeyConstraint("rollout_id", "device_id", name=op.f("pk_rollout_device")),
    )
    op.create_index("ix_rollout_device_order", "rollout_device", ["device_id", "order_no"])
