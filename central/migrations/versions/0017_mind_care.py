"""Which case belongs to which referral of mind care: two opaque ids, nothing else."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "care_case",
        sa.Column("referral_id", sa.String(length=64), nullable=False),
        sa.Column("incident_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.incident_id"], name=op.f("fk_care_case_incident_id")
        ),
        sa.PrimaryKeyConstraint("referral_id", name=op.f("pk_care_case")),
        sa.UniqueConstraint("incident_id", name=op.f("uq_care_case_incident_id")),
    )
