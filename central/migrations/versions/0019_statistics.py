"""Figures, kept as they change; what is there already is counted by the worker."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

MEASURES = (
    "tasks", "acknowledged", "acknowledge_judged", "acknowledged_in_time", "disposed",
    "reported", "report_judged", "reported_in_time", "overdue", "returned", "urged",
    "supervised", "a00", "a01", "a02", "a03", "a04", "a05", "a06", "a07", "a08", "a09", "a10",
    "a11", "a12", "a13", "a14", "a15", "a16", "a17", "a18", "a19", "a20", "a21", "a22", "a23",
    "a24", "a25", "a26", "a27", "a28", "a29", "a30", "a31", "a32", "a33", "d00", "d01", "d02",
    "d03", "d04", "d05", "d06", "d07", "d08", "d09", "d10", "d11", "d12", "d13", "d14", "d15",
    "d16", "d17", "d18", "d19", "d20", "d21", "d22", "d23", "d24", "d25", "d26", "d27", "d28",
    "d29", "d30", "d31", "d32", "d33",
)  # fmt: skip


def upgrade() -> None:
    """Make the change."""
    fresh = sa.text("part > 0")
    op.create_table(
        "statistics_kind",
        sa.Column("seen_by", sa.String(length=64), nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("scenario", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("part", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "seen_by", "month", "scenario", "kind", "state", "part", name=op.f("pk_statistics_kind")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_statistics_kind_fresh"),
        "statistics_kind",
        ["part"],
        sqlite_where=fresh,
        postgresql_where=fresh,
    )
    op.create_table(
        "statistics_hour",
        sa.Column("seen_by", sa.String(length=64), nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("scenario", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("hour", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("part", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "seen_by", "month", "scenario", "state", "hour", "part", name=op.f("pk_statistics_hour")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_statistics_hour_fresh"),
        "statistics_hour",
        ["part"],
        sqlite_where=fresh,
        postgresql_where=fresh,
    )
    op.create_table(
        "statistics_place",
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("scenario", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("seen_id", sa.String(length=32), nullable=False),
        sa.Column("part", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "month",
            "site_id",
            "scenario",
            "kind",
            "state",
            "seen_id",
            "part",
            name=op.f("pk_statistics_place"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_statistics_place_fresh"),
        "statistics_place",
        ["part"],
        sqlite_where=fresh,
        postgresql_where=fresh,
    )
    op.create_table(
        "statistics_place_hour",
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("scenario", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("hour", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("seen_id", sa.String(length=32), nullable=False),
        sa.Column("part", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "site_id",
            "month",
            "scenario",
            "state",
            "hour",
            "seen_id",
            "part",
            name=op.f("pk_statistics_place_hour"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_statistics_place_hour_fresh"),
        "statistics_place_hour",
        ["part"],
        sqlite_where=fresh,
        postgresql_where=fresh,
    )
    op.create_table(
        "statistics_unit",
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_code", sa.String(length=64), nullable=False),
        sa.Column("scenario", sa.String(length=32), nullable=False),
        sa.Column("part", sa.BigInteger(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False, server_default="0") for name in MEASURES),
        sa.PrimaryKeyConstraint(
            "month", "unit_code", "scenario", "part", name=op.f("pk_statistics_unit")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_statistics_unit_fresh"),
        "statistics_unit",
        ["part"],
        sqlite_where=fresh,
        postgresql_where=fresh,
    )
    op.create_table(
        "statistics_seen",
        sa.Column("seen_id", sa.String(length=32), nullable=False),
        sa.Column("unit_code", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seen_id", "unit_code", name=op.f("pk_statistics_seen")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_statistics_seen_unit_code"), "statistics_seen", ["unit_code"])
    op.create_table(
        "statistics_case",
        sa.Column("incident_id", sa.String(length=64), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_statistics_case")),
    )
    op.create_index(op.f("ix_statistics_case_month"), "statistics_case", ["month"])
    op.create_table(
        "statistics_closing",
        sa.Column("incident_id", sa.String(length=64), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=False),
        sa.Column("handled_s", sa.Integer(), nullable=True),
        sa.Column("note_chars", sa.Integer(), nullable=True),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_statistics_closing")),
    )
    op.create_index(op.f("ix_statistics_closing_closed_at"), "statistics_closing", ["closed_at"])
    op.create_table(
        "statistics_state",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_statistics_state")),
    )
    op.execute(
        "INSERT INTO statistics_state (name, at)"
        " SELECT 'again', 0 WHERE EXISTS (SELECT 1 FROM incident)"
    )
