"""What becomes of letters: receipts, kinds of failure, bundles.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_PLAIN = (
    ("failure", sa.String(32)),
    ("provider_id", sa.String(128)),
    ("delivered_at", sa.BigInteger()),
    ("read_at", sa.BigInteger()),
    ("bundle_id", sa.String(64)),
)


def upgrade() -> None:
    """Add the columns."""
    with op.batch_alter_table("notification") as batch:
        for name, kind in _PLAIN:
            batch.add_column(sa.Column(name, kind))
        batch.add_column(sa.Column("data", sa.Text(), nullable=False, server_default="{}"))
        batch.add_column(sa.Column("serial", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(
            sa.Column("is_life_safety", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.create_index("ix_notification_provider_id", "notification", ["provider_id"])
    op.create_index("ix_notification_bundle_id", "notification", ["bundle_id"])
