"""Indexes of what is open, of what is merged, which are few rows among years of cases."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    is_open, merged = sa.text("status <> 'closed'"), sa.text("merged_into IS NOT NULL")
    op.drop_index("ix_task_status", "task")
    op.drop_index("ix_incident_merged_into", "incident")
    op.create_index(
        "ix_incident_open", "incident", ["opened_at"], sqlite_where=is_open,
        postgresql_where=is_open,
    )  # fmt: skip
    op.create_index(
        "ix_incident_merged_into", "incident", ["merged_into"], sqlite_where=merged,
        postgresql_where=merged,
    )  # fmt: skip
    op.create_index(
        "ix_task_open", "task", ["status", "since_at"], sqlite_where=is_open,
        postgresql_where=is_open,
    )  # fmt: skip
