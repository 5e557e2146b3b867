"""Tables of the care store. What is `sealed` is locked under the child's own key."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)

CARE = MetaData()
VERSION = 1
_KEY = BigInteger().with_variant(Integer, "sqlite")

CHILD = Table(
    "care_child",
    CARE,
    Column("child_id", String(64), primary_key=True),  # random: says nothing
    Column("unit_code", String(64), nullable=False),
    Column("lookup", String(64), unique=True),  # keyed hash of school and number
    Column("sealed", LargeBinary),
    Column("erased_at", BigInteger),
)

REFERRAL = Table(
    "care_referral",
    CARE,
    Column("referral_id", String(64), primary_key=True),  # random: all that a case knows
    Column("child_id", String(64), ForeignKey("care_child.child_id"), nullable=False, index=True),
    Column("unit_code", String(64), nullable=False),
    Column("sealed", LargeBinary),
    Column("state", String(16), nullable=False),  # open | closed
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", String(100), nullable=False),
    Column("closed_at", BigInteger),
    Index("ix_care_referral_unit", "unit_code", "created_at"),
)

RECORD = Table(
    "care_record",
    CARE,
    Column("record_id", String(64), primary_key=True),
    Column("referral_id", String(64), ForeignKey("care_referral.referral_id"), nullable=False,
           index=True),
    Column("sealed", LargeBinary),
    Column("at", BigInteger, nullable=False),
    Column("by", String(100), nullable=False),
    Column("by_name", String(100), nullable=False),
)  # fmt: skip

LOOK = Table(
    "care_look",
    CARE,
    Column("id", _KEY, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("actor", String(100), nullable=False),
    Column("referral_id", String(64), nullable=False, index=True),
    Column("action", String(32), nullable=False),
    Column("sealed_reason", LargeBinary),  # it may name what it is about
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

META = Table("care_meta", CARE, Column("version", Integer, primary_key=True))
