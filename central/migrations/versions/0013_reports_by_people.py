"""What people report by hand or by QR code, and each school's own plan."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "report",
        sa.Column("report_id", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("form_id", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("receipt", sa.String(length=16), nullable=True),
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("scenario", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("photos", sa.JSON(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("incident_id", sa.String(length=64), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("address_mark", sa.String(length=64), nullable=False),
        sa.Column("reply", sa.LargeBinary(), nullable=True),
        sa.Column("reply_used_at", sa.BigInteger(), nullable=True),
        sa.Column("reply_used_by", sa.String(length=100), nullable=True),
        sa.Column("reply_erased_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.incident_id"], name=op.f("fk_report_incident_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.site_id"], name=op.f("fk_report_site_id")),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_report")),
        sa.UniqueConstraint("form_id", name=op.f("uq_report_form_id")),
        sa.UniqueConstraint("receipt", name=op.f("uq_report_receipt")),
    )
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_incident_id"), ["incident_id"], unique=False)
        batch_op.create_index("ix_report_site", ["site_id", "kind", "received_at"], unique=False)
        batch_op.create_index("ix_report_state", ["state", "received_at"], unique=False)
    op.create_table(
        "report_count",
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("begins_at", sa.BigInteger(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "mark", "begins_at", name=op.f("pk_report_count")),
    )
    op.create_table(
        "school_plan",
        sa.Column("unit_code", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("incident_id", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(length=100), nullable=False),
        sa.Column("created_by_name", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.incident_id"], name=op.f("fk_school_plan_incident_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_code"], ["org_unit.code"], name=op.f("fk_school_plan_unit_code")
        ),
        sa.PrimaryKeyConstraint("unit_code", "version", name=op.f("pk_school_plan")),
    )
