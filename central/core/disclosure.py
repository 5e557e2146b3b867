"""What each audience may know of an incident: one table, and one function that applies it.

Nobody is identified in a case of this version: no field holds a pupil's name. Free text may, so
`note` stays with the district's own office.
"""

from dataclasses import dataclass, fields
from typing import Any

from central.core.kinds import AnyKind
from contract.scenarios import Scenario, Severity

_WHAT = frozenset(
    {"number", "moment", "scenario", "kind", "severity", "site_zh", "site_en", "occurred_at"}
)
_TASK = frozenset({"duty_zh", "duty_en", "unit_zh", "unit_en", "waits_zh", "waits_en", "waited_s"})
_SAID = frozenset({"words_zh", "words_en"})
_SCENE = frozenset({"zone_id", "people", "dwell_s", "alert_count"})

MAY_KNOW: dict[str, frozenset[str]] = {
    "town": _WHAT | _TASK | _SCENE | _SAID | {"reminder"},
    "school": _WHAT | _TASK | _SAID | {"people", "reminder"},
    "station": _WHAT | _TASK | _SCENE | _SAID | {"reminder"},
    "edu": _WHAT
    | _TASK
    | _SCENE
    | _SAID
    | {"device_id", "camera_id", "note", "unreachable", "reminder"},
    "guardian": _SAID | {"number", "moment", "scenario", "site_zh", "site_en", "occurred_at"},
    "police": _WHAT | _TASK | _SAID | {"reminder"},
    "platform": _WHAT | {"status", "is_false_alarm", "alert_count"},
}
"""Audience to fields; an audience that is not named knows what any department with a task may."""

DEPARTMENT = _WHAT | _TASK | _SAID | {"reminder"}


@dataclass(frozen=True, slots=True)
class Facts:
    """All that could be said about an incident at one moment. Times in ms UTC."""

    number: str
    moment: str
    scenario: Scenario
    kind: AnyKind
    severity: Severity
    site_zh: str
    site_en: str
    occurred_at: int
    status: str = "open"
    is_false_alarm: bool = False
    alert_count: int = 1
    zone_id: str | None = None
    people: int | None = None
    dwell_s: float | None = None
    device_id: str | None = None
    camera_id: str | None = None
    note: str | None = None
    unit_zh: str | None = None
    unit_en: str | None = None
    duty_zh: str | None = None
    duty_en: str | None = None
    waits_zh: str | None = None
    waits_en: str | None = None
    waited_s: int | None = None
    reminder: int | None = None
    words_zh: str | None = None
    words_en: str | None = None
    unreachable: str | None = None


def visible(facts: Facts, audience: str) -> dict[str, Any]:
    """Give the facts that an audience may know and that are known, by field."""
    allowed = MAY_KNOW.get(audience, DEPARTMENT)
    found = {field.name: getattr(facts, field.name) for field in fields(facts)}
    return {name: value for name, value in found.items() if name in allowed and value is not None}
