"""Law education: the menu of courses, who booked what, and the service points."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table

from central.adapters.store.tables import METADATA

COURSE = Table(
    "course",
    METADATA,
    Column("code", String(32), primary_key=True),
    Column("category", String(32), nullable=False),
    Column("title_zh", String(200), nullable=False),
    Column("title_en", String(200), nullable=False, default=""),
    Column("for_zh", String(100), nullable=False, default=""),  # which years it is for
    Column("minutes", Integer, nullable=False),
    Column("is_active", Boolean, nullable=False),  # no longer on the menu, but was held
    Column("changed_at", BigInteger, nullable=False),
)

SERVICE_POINT = Table(
    "service_point",
    METADATA,
    Column("point_id", String(64), primary_key=True),
    Column("name_zh", String(200), nullable=False),
    Column("kind", String(64), nullable=False, default=""),
    Column("town_code", String(64), ForeignKey("org_unit.code"), nullable=False, index=True),
    Column("address", String(200), nullable=False, default=""),
    Column("is_active", Boolean, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
)

BOOKING = Table(
    "booking",
    METADATA,
    Column("booking_id", String(64), primary_key=True),
    Column("incident_id", String(64), ForeignKey("incident.incident_id"), nullable=False,
           unique=True),
    Column("unit_code", String(64), ForeignKey("org_unit.code"), nullable=False),
    Column("course_code", String(32), nullable=False),
    Column("course_zh", String(200), nullable=False),  # as it was called when booked
    Column("course_en", String(200), nullable=False, default=""),
    Column("category", String(32), nullable=False),
    Column("starts_at", BigInteger, nullable=False),
    Column("class_name", String(100), nullable=False),
    Column("expected", Integer, nullable=False),
    Column("point_id", String(64), ForeignKey("service_point.point_id")),
    Column("state", String(16), nullable=False),  # booked | held | cancelled
    Column("attended", Integer),
    Column("moved_times", Integer, nullable=False, default=0),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", String(100), nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Index("ix_booking_unit", "unit_code", "starts_at"),
    Index("ix_booking_course", "course_code", "starts_at"),
)  # fmt: skip
