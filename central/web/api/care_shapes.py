"""What goes in and out of the API about mind care."""

from typing import Any

from pydantic import Field

from central.core.care import Assessed, Child, Record, Referral
from central.web.api.shapes import Shape


class ReferralWanted(Shape):
    """A referral: who it is about, and what was noticed."""

    child: Child
    referral: Referral


class ReferredOut(Shape):
    """The opaque id; nothing else is said of it outside."""

    referral_id: str


class ReferralOut(Shape):
    """A referral in a list: no content."""

    referral_id: str
    unit_code: str
    state: str
    created_at: str
    incident_id: str


class ReferralsOut(Shape):
    """Those that one's unit has a task in."""

    items: list[ReferralOut]


class LookWanted(Shape):
    """Why it is read; kept beside the content, for the data protection officer."""

    reason: str = Field(max_length=500)


class LineOut(Shape):
    """One line of the record."""

    at: str
    by: str
    kind: str
    text: str
    grade: str | None


class ContentOut(Shape):
    """A referral in clear."""

    referral_id: str
    child: dict[str, Any]
    referral: dict[str, Any]
    records: list[LineOut]


class RecordWanted(Record):
    """A grading, an intervention, a re-assessment or the closing."""


class AssessmentWanted(Shape):
    """The results of one school's test; what is normal is not kept."""

    unit_code: str = Field(max_length=64)
    rows: list[Assessed] = Field(min_length=1, max_length=5000)


class AssessedOut(Shape):
    """How many were referred for grading."""

    referred: int


class GradesAsked(Shape):
    """Which term; without it, the present."""

    term: str | None = Field(default=None, pattern=r"^20[0-9]{2}-[12]$")


class GradesOut(Shape):
    """Counts in multiples of five: 0 is none or few."""

    term: str
    by_grade: dict[str, int]
    by_school: dict[str, dict[str, int]]


class LooksOut(Shape):
    """Who looked, when and why."""

    items: list[dict[str, Any]]
    is_chained: bool
