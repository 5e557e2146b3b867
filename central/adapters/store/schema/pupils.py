"""Pupils, their guardians and their classes. Names and contacts lie locked under the child's key.

A row of an erased pupil stays as the proof that it was erased: id, school, when, which key.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from central.adapters.store.tables import METADATA

SCHOOL_CLASS = Table(
    "school_class",
    METADATA,
    Column("unit_code", String(64), ForeignKey("org_unit.code"), primary_key=True),
    Column("class_code", String(16), primary_key=True),  # grade-number: 3-2
    Column("name", String(50), nullable=False, default=""),
)

PUPIL = Table(
    "pupil",
    METADATA,
    Column("pupil_id", String(64), primary_key=True),
    Column("unit_code", String(64), ForeignKey("org_unit.code"), nullable=False),
    Column("class_code", String(16)),  # null, like all that follows: erased
    Column("school_no", String(32)),  # the school's own number
    Column("birth_year", Integer),
    Column("is_boarder", Boolean, nullable=False, default=False),
    Column("dormitory_room", String(32)),
    Column("locked", LargeBinary),  # the name, under the pupil's key
    Column("key_digest", String(64), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("withdrawn_at", BigInteger),
    Column("withdrawn_by", String(100)),
    Column("key_destroyed_at", BigInteger),
    UniqueConstraint("unit_code", "school_no", name="uq_pupil_school_no"),
    ForeignKeyConstraint(
        ["unit_code", "class_code"],
        ["school_class.unit_code", "school_class.class_code"],
        name="fk_pupil_class",
    ),
    Index("ix_pupil_class", "unit_code", "class_code", "pupil_id"),
    Index("ix_pupil_withdrawn", "withdrawn_at", "key_destroyed_at"),
)

GUARDIAN = Table(
    "guardian",
    METADATA,
    Column("guardian_id", String(64), primary_key=True),
    Column("pupil_id", String(64), ForeignKey("pupil.pupil_id"), nullable=False, index=True),
    Column("locked", LargeBinary, nullable=False),  # name, phone, zlb, under the pupil's key
    Column("relation", String(20), nullable=False, default=""),
    Column("told_by_sms", Boolean, nullable=False),
    Column("told_by_zlb", Boolean, nullable=False),
)

CLASS_TEACHER = Table(
    "class_teacher",
    METADATA,
    Column("actor_id", String(100), primary_key=True),  # account:wang | token:...
    Column("unit_code", String(64), primary_key=True),
    Column("class_code", String(16), primary_key=True),
    ForeignKeyConstraint(
        ["unit_code", "class_code"],
        ["school_class.unit_code", "school_class.class_code"],
        name="fk_class_teacher_class",
    ),
    Index("ix_class_teacher_class", "unit_code", "class_code"),
)

PUPIL_ENTRY = Table(
    "pupil_entry",
    METADATA,  # which entries of the galleries are this pupil; the galleries do not know
    Column("entry_id", String(64), primary_key=True),
    Column("pupil_id", String(64), ForeignKey("pupil.pupil_id"), nullable=False, index=True),
)
