"""What goes in and out of the API about courses, bookings, service points and plans."""

from typing import Any

from pydantic import Field

from central.core.plans import Plan
from central.web.api.shapes import Moment, Shape


class CourseOut(Shape):
    """One course on the menu."""

    code: str
    category: str
    title_zh: str
    title_en: str
    for_zh: str
    minutes: int


class MenuOut(Shape):
    """The menu; `is_sample` until the district has imported its own."""

    is_sample: bool
    items: list[CourseOut]


class BookingWanted(Shape):
    """A course for a class."""

    unit_code: str = Field(max_length=64)
    course_code: str = Field(max_length=32)
    starts_at: Moment
    class_name: str = Field(min_length=1, max_length=100)
    expected: int = Field(ge=1, le=100_000)
    point_id: str | None = Field(default=None, max_length=64)


class BookingOut(Shape):
    """A booking."""

    booking_id: str
    incident_id: str
    unit_code: str
    unit_name: str
    course_code: str
    course_zh: str
    course_en: str
    category: str
    starts_at: str
    class_name: str
    expected: int
    point_id: str | None
    point_name: str | None
    state: str
    attended: int | None
    moved_times: int


class BookingsOut(Shape):
    """Bookings, those that come last first."""

    items: list[BookingOut]


class BookingsAsked(Shape):
    """Whose bookings; a school sees its own."""

    unit_code: str | None = None
    limit: int = Field(default=100, ge=1, le=500)


class BookedOut(Shape):
    """What a booking became."""

    booking_id: str


class MoveWanted(Shape):
    """The new time."""

    starts_at: Moment


class CancelWanted(Shape):
    """Why; it is told to all who take part."""

    why: str = Field(default="", max_length=100)


class PointsAsked(Shape):
    """Of which town."""

    town: str | None = None


class PointOut(Shape):
    """A service point."""

    point_id: str
    name_zh: str
    kind: str
    town_code: str
    town_zh: str
    address: str


class PointsOut(Shape):
    """Service points by town."""

    items: list[PointOut]


class CoverageAsked(Shape):
    """Which term: `2026-1` begins in August 2026, `2026-2` in February 2027; else the present."""

    term: str | None = Field(default=None, pattern=r"^20[0-9]{2}-[12]$")


class ShareOut(Shape):
    """A share, said whole."""

    numerator: int
    denominator: int


class RowOut(ShareOut):
    """One school, or one course."""

    booked: int
    held: int
    pupils: int


class CoverageOut(Shape):
    """How far the courses have come in a term."""

    term: str
    schools: ShareOut
    courses: ShareOut
    pupils: int
    by_school: dict[str, RowOut]
    by_course: dict[str, RowOut]


class PlanWanted(Shape):
    """A version of a school's plan; `base` is the one that it was made from, 0 for the first."""

    plan: Plan
    base: int = Field(ge=0)
    note: str = Field(default="", max_length=500)


class PlanKeptOut(Shape):
    """The number of the version that was kept."""

    version: int


class PlanOut(Shape):
    """One version."""

    version: int
    body: dict[str, Any]
    note: str
    created_at: str
    created_by_name: str


class PlansOut(Shape):
    """A school's versions, the newest first."""

    items: list[PlanOut]
