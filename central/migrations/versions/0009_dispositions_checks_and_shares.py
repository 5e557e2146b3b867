"""Dispositions and where schools are, background checks, the shares of four times 100 %."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.add_column(sa.Column("instruction", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("disposition_id", sa.String(length=64), nullable=True))
    _dispositions()
    _viid()
    _places()
    _checks()
    _duties()


def _dispositions() -> None:
    op.create_table(
        "disposition",
        sa.Column("disposition_id", sa.String(length=64), nullable=False),
        sa.Column("authority", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=200), nullable=False),
        sa.Column("urgency", sa.String(length=16), nullable=False),
        sa.Column("approver", sa.String(length=64), nullable=False),
        sa.Column("legal_basis", sa.String(length=200), nullable=False),
        sa.Column("category", sa.String(length=8), nullable=True),
        sa.Column("schools", sa.JSON(), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("disposition_id", name=op.f("pk_disposition")),
    )
    with op.batch_alter_table("disposition", schema=None) as batch_op:
        batch_op.create_index("ix_disposition_alive", ["ended_at", "expires_at"], unique=False)


def _viid() -> None:
    op.create_table(
        "viid_notification",
        sa.Column("notification_id", sa.String(length=64), nullable=False),
        sa.Column("disposition_id", sa.String(length=64), nullable=False),
        sa.Column("incident_id", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.incident_id"],
            name=op.f("fk_viid_notification_incident_id"),
        ),
        sa.PrimaryKeyConstraint("notification_id", name=op.f("pk_viid_notification")),
    )
    op.create_table(
        "viid_peer",
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("registered_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("is_registered", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_viid_peer")),
    )


def _places() -> None:
    op.create_table(
        "site_point",
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.site_id"], name=op.f("fk_site_point_site_id")),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_site_point")),
    )
    op.create_table(
        "school_boundary",
        sa.Column("unit_code", sa.String(length=64), nullable=False),
        sa.Column("polygon", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_code"], ["org_unit.code"], name=op.f("fk_school_boundary_unit_code")
        ),
        sa.PrimaryKeyConstraint("unit_code", name=op.f("pk_school_boundary")),
    )


def _checks() -> None:
    op.create_table(
        "background_check",
        sa.Column("unit_code", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("category", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("checked_on", sa.String(length=10), nullable=True),
        sa.Column("employed_until", sa.String(length=10), nullable=True),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("incident_id", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.incident_id"],
            name=op.f("fk_background_check_incident_id"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_code"], ["org_unit.code"], name=op.f("fk_background_check_unit_code")
        ),
        sa.PrimaryKeyConstraint("unit_code", "person", name=op.f("pk_background_check")),
    )
    with op.batch_alter_table("background_check", schema=None) as batch_op:
        batch_op.create_index("ix_background_check_until", ["employed_until"], unique=False)


def _duties() -> None:
    op.create_table(
        "duty_day",
        sa.Column("device_id", sa.String(length=63), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("duty", sa.String(length=64), nullable=False),
        sa.Column("school_code", sa.String(length=64), nullable=False),
        sa.Column("numerator", sa.Float(), nullable=False),
        sa.Column("denominator", sa.Float(), nullable=False),
        sa.Column("unit", sa.String(length=8), nullable=False),
        sa.Column("said_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.device_id"], name=op.f("fk_duty_day_device_id")
        ),
        sa.PrimaryKeyConstraint("device_id", "day", "duty", name=op.f("pk_duty_day")),
    )
    with op.batch_alter_table("duty_day", schema=None) as batch_op:
        batch_op.create_index("ix_duty_day_school", ["school_code", "day"], unique=False)
