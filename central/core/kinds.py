"""What kinds of things open a case: those that devices see, and those that people and events bring.

The wire knows only the first. A kind that is stored reads as whichever it is.
"""

from enum import StrEnum

from contract.scenarios import Kind


class HandKind(StrEnum):
    """What no device reports: a person, a door, a list or a calendar does."""

    BACKGROUND_FINDING = "background_finding"
    BOARDER_MISSING = "boarder_missing"
    DOOR_FAULT = "door_fault"
    FOOD_REPORTED = "food_reported"
    HAZARD_REPORTED = "hazard_reported"
    CONGESTION_REPORTED = "congestion_reported"
    VENDOR_REPORTED = "vendor_reported"
    MANHOLE_REPORTED = "manhole_reported"
    BILLBOARD_REPORTED = "billboard_reported"
    REPORTS_HELD = "reports_held"
    REFERRAL_GRADED = "referral_graded"
    COURSE_BOOKED = "course_booked"
    OTHER_REPORTED = "other_reported"


AnyKind = Kind | HandKind


def kind_of(text: str) -> AnyKind:
    """Read a kind; raises `ValueError` for what is none."""
    return Kind(text) if text in {kind.value for kind in Kind} else HandKind(text)
