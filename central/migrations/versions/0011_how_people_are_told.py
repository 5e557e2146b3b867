"""How people are told: addresses by channel, each try, holds, receipts.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("account") as batch:
        batch.add_column(sa.Column("zwdd_id", sa.String(64)))
    with op.batch_alter_table("notification") as batch:
        batch.add_column(sa.Column("round_id", sa.String(64)))
        batch.add_column(sa.Column("held_for", sa.String(16)))
        batch.add_column(sa.Column("broken_off", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("receipt_at", sa.BigInteger()))
    op.create_index("ix_notification_round_id", "notification", ["round_id"])
    op.create_index("ix_notification_receipt_at", "notification", ["receipt_at"])
    op.create_table(
        "delivery",
        sa.Column("id", _KEY, autoincrement=True, nullable=False),
        sa.Column("notification_id", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("address", sa.String(300), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("is_life_safety", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("failure", sa.String(32)),
        sa.Column("again_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["notification_id"],
            ["notification.notification_id"],
            name=op.f("fk_delivery_notification_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    op.create_index("ix_delivery_notification_id", "delivery", ["notification_id"])
    op.create_index("ix_delivery_at", "delivery", ["at"])
    op.create_index("ix_delivery_rate", "delivery", ["channel", "at"])
    op.create_index("ix_delivery_rate_of_address", "delivery", ["channel", "address", "at"])
    op.create_table(
        "receipt_unknown",
        sa.Column("id", _KEY, autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("provider_id", sa.String(128), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("failure", sa.String(32)),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_unknown")),
    )
    op.create_index("ix_receipt_unknown_at", "receipt_unknown", ["at"])
    op.create_index("ix_receipt_unknown_id", "receipt_unknown", ["channel", "provider_id"])
