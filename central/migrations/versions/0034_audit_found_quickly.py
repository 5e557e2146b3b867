"""The audit log is searched by action and by time."""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_index("ix_audit_action", "audit", ["action", "id"])
    op.create_index("ix_audit_at", "audit", ["at"])
