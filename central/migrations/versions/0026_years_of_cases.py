"""Indexes for boards, maps and lists over years of cases."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    runs = sa.text("next_due_at IS NOT NULL")
    op.create_index("ix_incident_opened", "incident", ["opened_at", "incident_id"])
    op.create_index("ix_incident_closed", "incident", ["closed_at"])
    op.create_index("ix_incident_scenario", "incident", ["scenario", "opened_at"])
    op.create_index("ix_task_status", "task", ["status", "since_at"])
    op.create_index(
        "ix_deadline_running", "deadline", ["incident_id"],
        sqlite_where=runs, postgresql_where=runs,
    )  # fmt: skip
