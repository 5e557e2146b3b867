"""Drills are marked, and false alarms say what they were."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.add_column(sa.Column("false_alarm_label", sa.String(length=32), nullable=True))
        batch_op.add_column(
            sa.Column("is_drill", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
