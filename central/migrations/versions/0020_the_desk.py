"""How far somebody has read, which presses have arrived, and the audit log by its subject."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "board_seen",
        sa.Column("actor_id", sa.String(length=100), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("actor_id", name=op.f("pk_board_seen")),
    )
    op.create_table(
        "incident_seen",
        sa.Column("actor_id", sa.String(length=100), nullable=False),
        sa.Column("incident_id", sa.String(length=64), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.incident_id"], name=op.f("fk_incident_seen_incident_id")
        ),
        sa.PrimaryKeyConstraint("actor_id", "incident_id", name=op.f("pk_incident_seen")),
    )
    op.create_table(
        "press",
        sa.Column("actor_id", sa.String(length=100), nullable=False),
        sa.Column("press_id", sa.String(length=64), nullable=False),
        sa.Column("task_id", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["task.task_id"], name=op.f("fk_press_task_id")),
        sa.PrimaryKeyConstraint("actor_id", "press_id", name=op.f("pk_press")),
    )
    op.create_index("ix_press_at", "press", ["at"])
    op.create_index("ix_audit_subject", "audit", ["subject", "id"])
