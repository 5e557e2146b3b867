"""Dormitories: their rules, cards, last signs, leaves, nights and the missing."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the change."""
    _house()
    _signs()
    _leaves()
    _nights()


def _house() -> None:
    op.create_table(
        "boarding_house",
        sa.Column("unit_code", sa.String(length=64), nullable=False),
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.site_id"], name=op.f("fk_boarding_house_site_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_code"], ["org_unit.code"], name=op.f("fk_boarding_house_unit_code")
        ),
        sa.PrimaryKeyConstraint("unit_code", name=op.f("pk_boarding_house")),
    )
    op.create_table(
        "door_card",
        sa.Column("card", sa.String(length=64), nullable=False),
        sa.Column("pupil_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["pupil_id"], ["pupil.pupil_id"], name=op.f("fk_door_card_pupil_id")
        ),
        sa.PrimaryKeyConstraint("card", name=op.f("pk_door_card")),
    )
    op.create_index(op.f("ix_door_card_pupil_id"), "door_card", ["pupil_id"], unique=False)


def _signs() -> None:
    op.create_table(
        "boarding_sign",
        sa.Column("id", _KEY, autoincrement=True, nullable=False),
        sa.Column("origin", sa.String(length=130), nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("unit_code", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("pupil_id", sa.String(length=64), nullable=True),
        sa.Column("named", sa.String(length=80), nullable=True),
        sa.Column("door_id", sa.String(length=64), nullable=False),
        sa.Column("is_in", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pupil_id"], ["pupil.pupil_id"], name=op.f("fk_boarding_sign_pupil_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boarding_sign")),
        sa.UniqueConstraint("origin", "event_id", name="uq_boarding_sign_event"),
    )
    with op.batch_alter_table("boarding_sign", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_boarding_sign_received_at"), ["received_at"], unique=False)
        batch_op.create_index("ix_boarding_sign_pupil", ["pupil_id", "at"], unique=False)
        batch_op.create_index("ix_boarding_sign_unit", ["unit_code", "source", "at"], unique=False)


def _leaves() -> None:
    op.create_table(
        "boarding_leave",
        sa.Column("leave_id", sa.String(length=64), nullable=False),
        sa.Column("unit_code", sa.String(length=64), nullable=False),
        sa.Column("pupil_id", sa.String(length=64), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("to_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.String(length=16), nullable=False),
        sa.Column("approved_by", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(
            ["pupil_id"], ["pupil.pupil_id"], name=op.f("fk_boarding_leave_pupil_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_code"], ["org_unit.code"], name=op.f("fk_boarding_leave_unit_code")
        ),
        sa.PrimaryKeyConstraint("leave_id", name=op.f("pk_boarding_leave")),
    )
    with op.batch_alter_table("boarding_leave", schema=None) as batch_op:
        batch_op.create_index("ix_boarding_leave_unit", ["unit_code", "to_at"], unique=False)
        batch_op.create_index("ix_boarding_leave_pupil", ["pupil_id"], unique=False)


def _nights() -> None:
    op.create_table(
        "boarding_night",
        sa.Column("unit_code", sa.String(length=64), nullable=False),
        sa.Column("night", sa.String(length=10), nullable=False),
        sa.Column("curfew_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("checked_at", sa.BigInteger(), nullable=True),
        sa.Column("absent", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.incident_id"], name=op.f("fk_boarding_night_incident_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_code"], ["org_unit.code"], name=op.f("fk_boarding_night_unit_code")
        ),
        sa.PrimaryKeyConstraint("unit_code", "night", name=op.f("pk_boarding_night")),
    )
    with op.batch_alter_table("boarding_night", schema=None) as batch_op:
        batch_op.create_index("ix_boarding_night_due", ["state", "due_at"], unique=False)
    op.create_table(
        "boarding_missing",
        sa.Column("pupil_id", sa.String(length=64), nullable=False),
        sa.Column("night", sa.String(length=10), nullable=False),
        sa.Column("unit_code", sa.String(length=64), nullable=False),
        sa.Column("incident_id", sa.String(length=64), nullable=False),
        sa.Column("returned_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.incident_id"], name=op.f("fk_boarding_missing_incident_id")
        ),
        sa.ForeignKeyConstraint(
            ["pupil_id"], ["pupil.pupil_id"], name=op.f("fk_boarding_missing_pupil_id")
        ),
        sa.PrimaryKeyConstraint("pupil_id", "night", name=op.f("pk_boarding_missing")),
    )
