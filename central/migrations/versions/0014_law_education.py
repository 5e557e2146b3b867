"""Law education: the menu of courses, bookings and service points."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "course",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("title_zh", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("for_zh", sa.String(length=100), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_course")),
    )
    op.create_table(
        "service_point",
        sa.Column("point_id", sa.String(length=64), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("town_code", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["town_code"], ["org_unit.code"], name=op.f("fk_service_point_town_code")
        ),
        sa.PrimaryKeyConstraint("point_id", name=op.f("pk_service_point")),
    )
    with op.batch_alter_table("service_point", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_service_point_town_code"), ["town_code"], unique=False)
    op.create_table(
        "booking",
        sa.Column("booking_id", sa.String(length=64), nullable=False),
        sa.Column("incident_id", sa.String(length=64), nullable=False),
        sa.Column("unit_code", sa.String(length=64), nullable=False),
        sa.Column("course_code", sa.String(length=32), nullable=False),
        sa.Column("course_zh", sa.String(length=200), nullable=False),
        sa.Column("course_en", sa.String(length=200), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("class_name", sa.String(length=100), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("point_id", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attended", sa.Integer(), nullable=True),
        sa.Column("moved_times", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(length=100), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.incident_id"], name=op.f("fk_booking_incident_id")
        ),
        sa.ForeignKeyConstraint(
            ["point_id"], ["service_point.point_id"], name=op.f("fk_booking_point_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_code"], ["org_unit.code"], name=op.f("fk_booking_unit_code")
        ),
        sa.PrimaryKeyConstraint("booking_id", name=op.f("pk_booking")),
        sa.UniqueConstraint("incident_id", name=op.f("uq_booking_incident_id")),
    )
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.create_index("ix_booking_course", ["course_code", "starts_at"], unique=False)
        batch_op.create_index("ix_booking_unit", ["unit_code", "starts_at"], unique=False)
