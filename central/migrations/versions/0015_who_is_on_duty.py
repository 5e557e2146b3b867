"""Rosters, absences, hand-overs, gaps, what reaches nobody, and letters about them."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "shift",
        sa.Column("shift_id", sa.String(64), nullable=False),
        sa.Column("unit_code", sa.String(64), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("username", sa.String(64), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("to_at", sa.BigInteger(), nullable=True),
        sa.Column("pattern", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(128), nullable=False),
        sa.ForeignKeyConstraint(["unit_code"], ["org_unit.code"], name="fk_shift_unit_code"),
        sa.ForeignKeyConstraint(["username"], ["account.username"], name="fk_shift_username"),
        sa.PrimaryKeyConstraint("shift_id", name="pk_shift"),
    )
    op.create_index("ix_shift_unit", "shift", ["unit_code", "role"])
    op.create_index("ix_shift_username", "shift", ["username"])
    op.create_table(
        "absence",
        sa.Column("absence_id", sa.String(64), nullable=False),
        sa.Column("username", sa.String(64), nullable=False),
        sa.Column("stand_in", sa.String(64), nullable=True),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("to_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(128), nullable=False),
        sa.ForeignKeyConstraint(["username"], ["account.username"], name="fk_absence_username"),
        sa.ForeignKeyConstraint(["stand_in"], ["account.username"], name="fk_absence_stand_in"),
        sa.PrimaryKeyConstraint("absence_id", name="pk_absence"),
    )
    op.create_index("ix_absence_username", "absence", ["username"])
    op.create_table(
        "handover",
        sa.Column("handover_id", sa.String(64), nullable=False),
        sa.Column("unit_code", sa.String(64), nullable=False),
        sa.Column("from_actor", sa.String(100), nullable=False),
        sa.Column("from_name", sa.String(100), nullable=False),
        sa.Column("to_username", sa.String(64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("tasks", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("acknowledged_at", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_by", sa.String(100), nullable=True),
        sa.ForeignKeyConstraint(["unit_code"], ["org_unit.code"], name="fk_handover_unit_code"),
        sa.ForeignKeyConstraint(
            ["to_username"], ["account.username"], name="fk_handover_to_username"
        ),
        sa.PrimaryKeyConstraint("handover_id", name="pk_handover"),
    )
    op.create_index("ix_handover_unit_code", "handover", ["unit_code"])
    op.create_table(
        "duty_gap",
        sa.Column("gap_id", sa.String(64), nullable=False),
        sa.Column("unit_code", sa.String(64), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("to_at", sa.BigInteger(), nullable=False),
        sa.Column("found_at", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("gone_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["unit_code"], ["org_unit.code"], name="fk_duty_gap_unit_code"),
        sa.PrimaryKeyConstraint("gap_id", name="pk_duty_gap"),
    )
    op.create_index("ix_duty_gap_unit", "duty_gap", ["unit_code", "gone_at"])
    op.create_table(
        "reach_gap",
        sa.Column("gap_id", sa.String(64), nullable=False),
        sa.Column("playbook", sa.String(32), nullable=False),
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("unit_code", sa.String(64), nullable=True),
        sa.Column("what_zh", sa.Text(), nullable=False),
        sa.Column("what_en", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.site_id"], name="fk_reach_gap_site_id"),
        sa.PrimaryKeyConstraint("gap_id", name="pk_reach_gap"),
    )
    op.create_index("ix_reach_gap_open", "reach_gap", ["until", "playbook"])
    op.create_table(
        "bulletin",
        sa.Column("bulletin_id", sa.String(64), nullable=False),
        sa.Column("moment", sa.String(16), nullable=False),
        sa.Column("recipient", sa.String(100), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("address", sa.String(300), nullable=False),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("next_try_at", sa.BigInteger(), nullable=True),
        sa.Column("claimed_until_at", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bulletin_id", name="pk_bulletin"),
    )
    op.create_index("ix_bulletin_recipient", "bulletin", ["recipient", "created_at"])
    op.create_index("ix_bulletin_next_try_at", "bulletin", ["next_try_at"])
    op.create_table(
        "checked",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_checked"),
    )
