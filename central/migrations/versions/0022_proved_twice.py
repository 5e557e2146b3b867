"""When somebody last proved twice who they are: what administrators change asks for that."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("sign_in") as table:
        table.add_column(
            sa.Column("proved_twice_at", sa.BigInteger(), server_default="0", nullable=False)
        )
