"""What goes in and out of the API about reports from anybody."""

from typing import Literal

from pydantic import Field

from central.web.api.shapes import Shape


class PublicReportsAsked(Shape):
    """Which reports from anybody."""

    state: Literal["held", "decided"] = "held"
    limit: int = Field(default=100, ge=1, le=500)


class PublicReportOut(Shape):
    """A report from anybody, without the number to answer to."""

    report_id: str
    site_id: str
    site_name: str
    scenario: str
    kind: str
    state: str
    why: str
    words: str
    photos: list[str]
    incident_id: str | None
    received_at: str
    wants_reply: bool
    decided_at: str | None
    decided_by: str | None


class PublicReportsOut(Shape):
    """Reports from anybody."""

    items: list[PublicReportOut]


class DecisionWanted(Shape):
    """Whether a held report is taken up; if not, why."""

    is_taken: bool
    why: str = Field(default="", max_length=200)


class ReplyOut(Shape):
    """The number to answer to: shown once."""

    phone: str
