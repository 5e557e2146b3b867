"""Who is on duty, who stands in, what is handed over, and what was found missing."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from central.adapters.store.tables import METADATA

SHIFT = Table(
    "shift",
    METADATA,  # 值班表: from..to, through or by a weekly pattern
    Column("shift_id", String(64), primary_key=True),
    Column("unit_code", String(64), ForeignKey("org_unit.code"), nullable=False),
    Column("role", String(32), nullable=False),
    Column("username", String(64), ForeignKey("account.username"), nullable=False, index=True),
    Column("from_at", BigInteger, nullable=False),
    Column("to_at", BigInteger),  # null: until it is taken back
    Column("pattern", JSON),  # {"weekdays": [1..7], "days", "starts": "08:00", "ends"}
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", String(128), nullable=False),
    Index("ix_shift_unit", "unit_code", "role"),
)

ABSENCE = Table(
    "absence",
    METADATA,
    Column("absence_id", String(64), primary_key=True),
    Column("username", String(64), ForeignKey("account.username"), nullable=False, index=True),
    Column("stand_in", String(64), ForeignKey("account.username")),
    Column("from_at", BigInteger, nullable=False),
    Column("to_at", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", String(128), nullable=False),
)

HANDOVER = Table(
    "handover",
    METADATA,  # 交接班
    Column("handover_id", String(64), primary_key=True),
    Column("unit_code", String(64), ForeignKey("org_unit.code"), nullable=False, index=True),
    Column("from_actor", String(100), nullable=False),
    Column("from_name", String(100), nullable=False),
    Column("to_username", String(64), ForeignKey("account.username"), nullable=False),
    Column("note", Text, nullable=False),
    Column("tasks", JSON, nullable=False),  # ids of the tasks that were open then
    Column("at", BigInteger, nullable=False),
    Column("acknowledged_at", BigInteger),
    Column("acknowledged_by", String(100)),
)

DUTY_GAP = Table(
    "duty_gap",
    METADATA,  # hours in which nobody is on duty; told once
    Column("gap_id", String(64), primary_key=True),
    Column("unit_code", String(64), ForeignKey("org_unit.code"), nullable=False),
    Column("from_at", BigInteger, nullable=False),
    Column("to_at", BigInteger, nullable=False),
    Column("found_at", BigInteger, nullable=False),
    Column("told_at", BigInteger),
    Column("gone_at", BigInteger),  # filled, or another gap by now
    Index("ix_duty_gap_unit", "unit_code", "gone_at"),
)

REACH_GAP = Table(
    "reach_gap",
    METADATA,  # a relation of a playbook that reaches nobody at a place
    Column("gap_id", String(64), primary_key=True),
    Column("playbook", String(32), nullable=False),
    Column("site_id", String(64), ForeignKey("site.site_id"), nullable=False),
    Column("place", String(200), nullable=False),  # where in the playbook
    Column("unit_code", String(64)),
    Column("what_zh", Text, nullable=False),
    Column("what_en", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("until", BigInteger),  # null: it still is so
    Column("told_at", BigInteger),
    Index("ix_reach_gap_open", "until", "playbook"),
)

BULLETIN = Table(
    "bulletin",
    METADATA,  # a letter to officers that belongs to no case: gaps, what cannot be reached
    Column("bulletin_id", String(64), primary_key=True),
    Column("moment", String(16), nullable=False),
    Column("recipient", String(100), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("address", String(300), nullable=False),
    Column("subject", String(300), nullable=False),
    Column("text", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("next_try_at", BigInteger, index=True),
    Column("claimed_until_at", BigInteger),
    Column("sent_at", BigInteger),
    Column("answer", Text, nullable=False),
    Index("ix_bulletin_recipient", "recipient", "created_at"),
)

CHECKED = Table(
    "checked",
    METADATA,  # what a check last saw, so that it looks again when people or places change
    Column("name", String(32), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
)
