"""The enrolment desk: files of rosters on their way in, consents, cameras, filings.

A roster's file lies sealed in parts, and goes when its import has ended.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from central.adapters.store.tables import METADATA

ROSTER_JOB = Table(
    "roster_job",
    METADATA,
    Column("job_id", String(64), primary_key=True),
    Column("file_name", String(200), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("by", String(100), nullable=False),
    Column("unit_code", String(64), ForeignKey("org_unit.code")),  # null: pupils of any school
    Column("state", String(16), nullable=False),
    Column("rows_total", Integer),
    Column("rows_done", Integer, nullable=False, default=0),
    Column("findings", JSON),  # what would change, and mistakes by row, column and reason
    Column("tally", JSON),  # what became of those that were taken
    Column("trouble", Text),  # why it failed
    Column("created_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("beat_at", BigInteger),  # a worker has it; long ago: the worker is gone
    Index("ix_roster_job_state", "state", "created_at"),
)

ROSTER_PART = Table(
    "roster_part",
    METADATA,
    Column("job_id", String(64), ForeignKey("roster_job.job_id"), primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)
