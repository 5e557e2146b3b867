"""A case says itself whether its letters go before all others: no board reads playbooks for it."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

USUAL = "when_critical"


def upgrade() -> None:
    """Make the change; a case has what its own playbook says."""
    column = sa.Column("life_safety", sa.String(16), nullable=False, server_default=USUAL)
    op.add_column("incident", column)
    incident = sa.table("incident", sa.column("life_safety"), sa.column("playbook", sa.JSON))
    said = incident.c.playbook["life_safety"].as_string()
    op.execute(sa.update(incident).where(said != USUAL).values(life_safety=said))
