"""Whether an alert belongs to a case that is already open, with the reason in words."""

from dataclasses import dataclass

from central.core.workflow import Status

TAKES_MORE = frozenset({Status.OPEN, Status.DISPATCHED, Status.ACKNOWLEDGED})
"""While the lead stands here, the danger first seen is not yet dealt with."""


@dataclass(frozen=True, slots=True)
class OpenCase:
    """What matters of an incident of the same device, zone and scenario. Times in ms."""

    incident_id: str
    lead_status: Status
    first_at: int
    last_at: int


def joins(case: OpenCase, occurred_at: int, within_s: int) -> bool:
    """Tell whether an alert of the same place and scenario is one more sign of the same danger.

    Near in time, and nobody has yet dealt with it on the spot: after that, a new alert means that
    somebody is in danger again, and must wake people again.
    """
    near = case.first_at - within_s * 1000 <= occurred_at <= case.last_at + within_s * 1000
    return near and case.lead_status in TAKES_MORE


def is_stale(*, is_late: bool, occurred_at: int, now_ms: int, stale_after_s: int) -> bool:
    """Tell whether an alert comes too late to wake anybody for it."""
    return is_late and now_ms - occurred_at > stale_after_s * 1000
