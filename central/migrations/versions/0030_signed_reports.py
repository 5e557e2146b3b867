"""The page of a commissioning report that the school has signed, beside it."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("commissioning") as table:
        table.add_column(sa.Column("scan_sha256", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("scan_at", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("scan_by", sa.String(length=128), nullable=True))
