"""How much was put aside, by reason: counted on when the rows themselves are gone."""

from sqlalchemy import BigInteger, Column, String, Table

from central.adapters.store.tables import METADATA

QUARANTINE_COUNT = Table(
    "quarantine_count",
    METADATA,  # rows of quarantine are pruned, what was counted is not
    Column("reason", String(32), primary_key=True),
    Column("count", BigInteger, nullable=False),
)
