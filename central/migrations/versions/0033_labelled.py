"""An index of the false alarms that people have labelled."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    said = sa.text("false_alarm_label IS NOT NULL")
    op.create_index(
        "ix_incident_labelled", "incident", ["opened_at", "device_id"], sqlite_where=said,
        postgresql_where=said,
    )  # fmt: skip
