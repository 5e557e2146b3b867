"""Figures, kept as they change: each table a sum of cells, in parts.

Whoever changes a case adds a part of its own (`part` is a number of that transaction), so that
nobody waits for a cell; the worker adds the parts up into part 0. A reader sums over all.
`month` is 202611, `hour` the hour of the week from Monday, 0 to 167.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, SmallInteger, String, Table, Text, text

from central.adapters.store.tables import INCIDENT, METADATA
from central.core.timeliness import MEASURES

_FRESH = text("part > 0")


def _part() -> Column[int]:
    return Column("part", BigInteger, primary_key=True, autoincrement=False)


def _text(name: str, length: int) -> Column[str]:
    return Column(name, String(length), primary_key=True)


def _month() -> Column[int]:
    return Column("month", Integer, primary_key=True, autoincrement=False)


def _hour() -> Column[int]:
    return Column("hour", SmallInteger, primary_key=True, autoincrement=False)


def _cases() -> Column[int]:
    return Column("cases", Integer, nullable=False)


def _fresh(table: str) -> Index:
    return Index(f"ix_{table}_fresh", "part", sqlite_where=_FRESH, postgresql_where=_FRESH)


STATISTICS_KIND = Table(
    "statistics_kind",
    METADATA,
    _text("seen_by", 64),  # a unit; empty: the district
    _month(),
    _text("scenario", 32),
    _text("kind", 32),
    _text("state", 16),  # counted | false_alarm | drill
    _part(),
    _cases(),
    _fresh("statistics_kind"),
    sqlite_with_rowid=False,
)

STATISTICS_HOUR = Table(
    "statistics_hour",
    METADATA,
    _text("seen_by", 64),
    _month(),
    _text("scenario", 32),
    _text("state", 16),
    _hour(),
    _part(),
    _cases(),
    _fresh("statistics_hour"),
    sqlite_with_rowid=False,
)

STATISTICS_PLACE = Table(
    "statistics_place",
    METADATA,
    _month(),
    _text("site_id", 64),
    _text("scenario", 32),
    _text("kind", 32),
    _text("state", 16),
    _text("seen_id", 32),
    _part(),
    _cases(),
    _fresh("statistics_place"),
    sqlite_with_rowid=False,
)

STATISTICS_PLACE_HOUR = Table(
    "statistics_place_hour",
    METADATA,
    _text("site_id", 64),
    _month(),
    _text("scenario", 32),
    _text("state", 16),
    _hour(),
    _text("seen_id", 32),
    _part(),
    _cases(),
    _fresh("statistics_place_hour"),
    sqlite_with_rowid=False,
)

STATISTICS_UNIT = Table(
    "statistics_unit",
    METADATA,
    _month(),
    _text("unit_code", 64),
    _text("scenario", 32),
    _part(),
    *(Column(name, Integer, nullable=False, server_default="0") for name in MEASURES),
    _fresh("statistics_unit"),
    sqlite_with_rowid=False,
)

STATISTICS_SEEN = Table(
    "statistics_seen",
    METADATA,  # a set of units that see a case, by the digest of what is in it
    Column("seen_id", String(32), primary_key=True),
    Column("unit_code", String(64), primary_key=True, index=True),
    sqlite_with_rowid=False,
)

STATISTICS_CASE = Table(
    "statistics_case",
    METADATA,  # what a case has added so far, to be taken back when it changes
    Column("incident_id", String(64), primary_key=True),
    Column("month", Integer, nullable=False, index=True),
    Column("body", Text, nullable=False),
)

STATISTICS_CLOSING = Table(
    "statistics_closing",
    METADATA,  # cases closed so that somebody might look again
    Column("incident_id", String(64), primary_key=True),
    Column("closed_at", BigInteger, nullable=False, index=True),
    Column("handled_s", Integer),
    Column("note_chars", Integer),
    Column("reopened", Integer, nullable=False),
)

STATISTICS_STATE = Table(
    "statistics_state",
    METADATA,  # when the figures were last made anew, and whether they must be
    Column("name", String(32), primary_key=True),
    Column("at", BigInteger, nullable=False),
)

_SAID = text("false_alarm_label IS NOT NULL")
Index("ix_incident_labelled", INCIDENT.c.opened_at, INCIDENT.c.device_id, sqlite_where=_SAID,
      postgresql_where=_SAID)  # fmt: skip
"""What false alarms teach is read from these few."""
