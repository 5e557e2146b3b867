"""Enrolments, and how far each device's gallery is."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "enrolment",
        sa.Column("entry_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("unit_code", sa.String(length=64), nullable=False),
        sa.Column("authority", sa.String(length=200), nullable=False),
        sa.Column("consent", sa.String(length=200), nullable=False),
        sa.Column("guardian_consent", sa.Boolean(), nullable=False),
        sa.Column("may_be_named", sa.Boolean(), nullable=False),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("disposition", sa.JSON(), nullable=True),
        sa.Column("likeness", sa.LargeBinary(), nullable=True),
        sa.Column("key_digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(length=128), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=128), nullable=True),
        sa.Column("key_destroyed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["unit_code"], ["org_unit.code"], name=op.f("fk_enrolment_unit_code")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_enrolment")),
    )
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.create_index("ix_enrolment_unit", ["unit_code", "purpose"], unique=False)
        batch_op.create_index("ix_enrolment_alive", ["withdrawn_at", "expires_at"], unique=False)
    op.create_table(
        "enrolment_site",
        sa.Column("entry_id", sa.String(length=64), nullable=False),
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["enrolment.entry_id"], name=op.f("fk_enrolment_site_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.site_id"], name=op.f("fk_enrolment_site_site_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", "site_id", name=op.f("pk_enrolment_site")),
    )
    with op.batch_alter_table("enrolment_site", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enrolment_site_site_id"), ["site_id"], unique=False)
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("gallery_revision", sa.BigInteger(), server_default="0", nullable=False)
        )
        batch_op.add_column(sa.Column("gallery_key", sa.String(length=64), nullable=True))
        batch_op.add_column(
            sa.Column("gallery_at", sa.BigInteger(), server_default="0", nullable=False)
        )
        batch_op.add_column(
            sa.Column("gallery_tries", sa.Integer(), server_default="0", nullable=False)
        )
