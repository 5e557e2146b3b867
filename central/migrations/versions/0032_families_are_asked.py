"""Families are asked for their consent by a paper with a code."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "consent_ask",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("pupil_id", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(length=100), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["pupil_id"], ["pupil.pupil_id"], name=op.f("fk_consent_ask_pupil_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_consent_ask")),
    )
    op.create_index("ix_consent_ask_pupil_id", "consent_ask", ["pupil_id"])
