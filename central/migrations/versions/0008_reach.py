"""Units stand in a tree, and unusual access is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_BELOW = (("station", "police"), ("school", "edu"))


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "unusual_access",
        sa.Column("access_id", sa.String(64), nullable=False),
        sa.Column("incident_id", sa.String(64), nullable=False),
        sa.Column("asked_by", sa.String(100), nullable=False),
        sa.Column("asked_name", sa.String(100), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("unit_code", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("is_granted", sa.Boolean()),
        sa.Column("decided_by", sa.String(100)),
        sa.Column("decided_name", sa.String(100)),
        sa.Column("decided_at", sa.BigInteger()),
        sa.Column("until_at", sa.BigInteger()),
        sa.Column("ended_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("access_id", name="pk_unusual_access"),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.incident_id"], name="fk_unusual_access_incident_id"
        ),
        sa.ForeignKeyConstraint(
            ["unit_code"], ["org_unit.code"], name="fk_unusual_access_unit_code"
        ),
    )
    op.create_index("ix_unusual_access_open", "unusual_access", ["asked_by", "until_at"])
    op.create_index("ix_unusual_access_asked", "unusual_access", ["asked_at"])
    for kind, parent in _BELOW:
        op.execute(
            sa.text(
                "UPDATE org_unit SET parent_code = :parent WHERE kind = :kind"
                " AND parent_code IS NULL AND EXISTS"
                " (SELECT 1 FROM org_unit AS above WHERE above.code = :parent)"
            ).bindparams(parent=parent, kind=kind)
        )
