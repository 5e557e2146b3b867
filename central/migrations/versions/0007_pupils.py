"""Pupils, guardians, classes: what is personal lies locked under one key a child."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "school_class",
        sa.Column("unit_code", sa.String(64), nullable=False),
        sa.Column("class_code", sa.String(16), nullable=False),
        sa.Column("name", sa.String(50), nullable=False),
        sa.ForeignKeyConstraint(["unit_code"], ["org_unit.code"], name="fk_school_class_unit_code"),
        sa.PrimaryKeyConstraint("unit_code", "class_code", name="pk_school_class"),
    )
    op.create_table(
        "pupil",
        sa.Column("pupil_id", sa.String(64), nullable=False),
        sa.Column("unit_code", sa.String(64), nullable=False),
        sa.Column("class_code", sa.String(16)),
        sa.Column("school_no", sa.String(32)),
        sa.Column("birth_year", sa.Integer()),
        sa.Column("is_boarder", sa.Boolean(), nullable=False),
        sa.Column("dormitory_room", sa.String(32)),
        sa.Column("locked", sa.LargeBinary()),
        sa.Column("key_digest", sa.String(64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger()),
        sa.Column("withdrawn_by", sa.String(100)),
        sa.Column("key_destroyed_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["unit_code"], ["org_unit.code"], name="fk_pupil_unit_code"),
        sa.ForeignKeyConstraint(
            ["unit_code", "class_code"],
            ["school_class.unit_code", "school_class.class_code"],
            name="fk_pupil_class",
        ),
        sa.PrimaryKeyConstraint("pupil_id", name="pk_pupil"),
        sa.UniqueConstraint("unit_code", "school_no", name="uq_pupil_school_no"),
    )
    op.create_index("ix_pupil_class", "pupil", ["unit_code", "class_code", "pupil_id"])
    op.create_index("ix_pupil_withdrawn", "pupil", ["withdrawn_at", "key_destroyed_at"])
    op.create_table(
        "guardian",
        sa.Column("guardian_id", sa.String(64), nullable=False),
        sa.Column("pupil_id", sa.String(64), nullable=False),
        sa.Column("locked", sa.LargeBinary(), nullable=False),
        sa.Column("relation", sa.String(20), nullable=False),
        sa.Column("told_by_sms", sa.Boolean(), nullable=False),
        sa.Column("told_by_zlb", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.pupil_id"], name="fk_guardian_pupil_id"),
        sa.PrimaryKeyConstraint("guardian_id", name="pk_guardian"),
    )
    op.create_index("ix_guardian_pupil_id", "guardian", ["pupil_id"])
    op.create_table(
        "class_teacher",
        sa.Column("actor_id", sa.String(100), nullable=False),
        sa.Column("unit_code", sa.String(64), nullable=False),
        sa.Column("class_code", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_code", "class_code"],
            ["school_class.unit_code", "school_class.class_code"],
            name="fk_class_teacher_class",
        ),
        sa.PrimaryKeyConstraint("actor_id", "unit_code", "class_code", name="pk_class_teacher"),
    )
    op.create_index("ix_class_teacher_class", "class_teacher", ["unit_code", "class_code"])
    op.create_table(
        "pupil_entry",
        sa.Column("entry_id", sa.String(64), nullable=False),
        sa.Column("pupil_id", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.pupil_id"], name="fk_pupil_entry_pupil_id"),
        sa.PrimaryKeyConstraint("entry_id", name="pk_pupil_entry"),
    )
    op.create_index("ix_pupil_entry_pupil_id", "pupil_entry", ["pupil_id"])
    op.create_table(
        "incident_subject",
        sa.Column("subject_id", sa.String(64), nullable=False),
        sa.Column("incident_id", sa.String(64), nullable=False),
        sa.Column("pupil_id", sa.String(64)),
        sa.Column("entry_id", sa.String(64)),
        sa.Column("how", sa.String(16), nullable=False),
        sa.Column("certainty", sa.String(16), nullable=False),
        sa.Column("similarity", sa.Float()),
        sa.Column("votes", sa.Integer()),
        sa.Column("frames", sa.Integer()),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("added_by", sa.String(100), nullable=False),
        sa.Column("finding", sa.String(16)),
        sa.Column("found_by", sa.String(100)),
        sa.Column("found_at", sa.BigInteger()),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.incident_id"], name="fk_incident_subject_incident_id"
        ),
        sa.ForeignKeyConstraint(
            ["pupil_id"], ["pupil.pupil_id"], name="fk_incident_subject_pupil_id"
        ),
        sa.PrimaryKeyConstraint("subject_id", name="pk_incident_subject"),
    )
    op.create_index(
        "ix_incident_subject_incident", "incident_subject", ["incident_id", "subject_id"]
    )
    op.create_index("ix_incident_subject_pupil_id", "incident_subject", ["pupil_id"])
    op.create_index("ix_incident_subject_entry_id", "incident_subject", ["entry_id"])
