"""Claims, every certificate of a device, who has tried, and challenges for renewal."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the change; what devices hold already is kept as their certificates."""
    op.create_table(
        "device_claim",
        sa.Column("claim_id", sa.String(length=16), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("device_id", sa.String(length=63), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(length=128), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("spki", sa.String(length=64), nullable=True),
        sa.Column("serial", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.device_id"], name=op.f("fk_device_claim_device_id")
        ),
        sa.PrimaryKeyConstraint("claim_id", name=op.f("pk_device_claim")),
    )
    op.create_index(op.f("ix_device_claim_device_id"), "device_claim", ["device_id"])
    op.create_table(
        "device_certificate",
        sa.Column("serial", sa.String(length=64), nullable=False),
        sa.Column("device_id", sa.String(length=63), nullable=False),
        sa.Column("spki", sa.String(length=64), nullable=False),
        sa.Column("issuer", sa.String(length=64), nullable=False),
        sa.Column("pem", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=32), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.device_id"], name=op.f("fk_device_certificate_device_id")
        ),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_device_certificate")),
    )
    op.create_index("ix_device_certificate_device", "device_certificate", ["device_id", "spki"])
    op.create_index(op.f("ix_device_certificate_revoked_at"), "device_certificate", ["revoked_at"])
    op.execute(
        "INSERT INTO device_certificate"
        " (serial, device_id, spki, issuer, pem, issued_at, expires_at, revoked_at, reason)"
        " SELECT certificate_serial, device_id, '', '', '', created_at,"
        " coalesce(certificate_expires_at, created_at),"
        " CASE WHEN is_revoked THEN created_at END, CASE WHEN is_revoked THEN 'lost' ELSE '' END"
        " FROM device WHERE certificate_serial IS NOT NULL"
    )
    op.create_table(
        "device_attempt",
        sa.Column("id", _KEY, autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("claim_id", sa.String(length=16), server_default="", nullable=False),
        sa.Column("device_id", sa.String(length=63), server_default="", nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=32), server_default="", nullable=False),
        sa.Column("hardware", sa.String(length=200), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_attempt")),
    )
    op.create_index(op.f("ix_device_attempt_at"), "device_attempt", ["at"])
    op.create_index(op.f("ix_device_attempt_device_id"), "device_attempt", ["device_id"])
    op.create_table(
        "device_challenge",
        sa.Column("nonce_hash", sa.String(length=64), nullable=False),
        sa.Column("serial", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("nonce_hash", name=op.f("pk_device_challenge")),
    )
    op.create_index(op.f("ix_device_challenge_expires_at"), "device_challenge", ["expires_at"])
