"""Consents with their forms, cameras with their signs, of how many persons faces are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    _consents()
    _cameras()
    op.create_table(
        "holding",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_holding")),
    )
    op.create_table(
        "filing",
        sa.Column("filing_id", sa.String(length=64), nullable=False),
        sa.Column("filed_on", sa.String(length=10), nullable=False),
        sa.Column("authority", sa.String(length=100), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("filing_id", name=op.f("pk_filing")),
    )


def _consents() -> None:
    op.create_table(
        "consent",
        sa.Column("consent_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("pupil_id", sa.String(length=64), nullable=False),
        sa.Column("unit_code", sa.String(length=64), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("given_by", sa.String(length=16), nullable=False),
        sa.Column("form", sa.String(length=64), nullable=False),
        sa.Column("given_on", sa.String(length=10), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", sa.String(length=100), nullable=False),
        sa.Column("picture_sha256", sa.String(length=64), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.String(length=100), nullable=True),
        sa.Column("end_reason", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.pupil_id"], name=op.f("fk_consent_pupil_id")),
        sa.ForeignKeyConstraint(
            ["unit_code"], ["org_unit.code"], name=op.f("fk_consent_unit_code")
        ),
        sa.PrimaryKeyConstraint("consent_id", name=op.f("pk_consent")),
        sa.UniqueConstraint("number", name=op.f("uq_consent_number")),
    )
    op.create_index("ix_consent_pupil_id", "consent", ["pupil_id"])
    op.create_index("ix_consent_living", "consent", ["ended_at", "expires_at"])
    op.create_index("ix_consent_unit", "consent", ["unit_code", "what"])


def _cameras() -> None:
    op.create_table(
        "camera",
        sa.Column("camera_key", sa.String(length=64), nullable=False),
        sa.Column("lens", sa.String(length=130), nullable=False),
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("spot", sa.String(length=32), nullable=False),
        sa.Column("spot_text", sa.String(length=100), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("matches_faces", sa.Boolean(), nullable=False),
        sa.Column("sign_text", sa.String(length=200), nullable=False),
        sa.Column("sign_sha256", sa.String(length=64), nullable=False),
        sa.Column("registered_at", sa.BigInteger(), nullable=False),
        sa.Column("registered_by", sa.String(length=100), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.Column("removed_by", sa.String(length=100), nullable=True),
        sa.Column("remove_reason", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.site_id"], name=op.f("fk_camera_site_id")),
        sa.PrimaryKeyConstraint("camera_key", name=op.f("pk_camera")),
    )
    op.create_index("ix_camera_site_id", "camera", ["site_id"])
