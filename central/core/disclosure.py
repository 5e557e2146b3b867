"""What each audience may know of an incident: one table, and one function that applies it.

`pupils_*`, `child_*` and `age_*` hold references and age bands, never a name (`late_names`), and
are filled for one reader at a time: for a school its own pupils, for a family its own child. Free
text may name a child: of a story's lines and of letters, everybody gets what
`central.core.access` says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from central.core.access import CLEARED, HEALTH, Part, sensitivity
from central.core.kinds import AnyKind
from central.core.people import Actor
from contract.scenarios import Scenario, Severity

_LETTER = frozenset({"serial", "told_at", "is_drill"})
_WHAT = _LETTER | frozenset(
    {"number", "moment", "scenario", "kind", "severity", "site_zh", "site_en", "occurred_at"}
)
_TASK = frozenset({"duty_zh", "duty_en", "unit_zh", "unit_en", "waits_zh", "waits_en", "waited_s"})
_SAID = frozenset({"words_zh", "words_en"})
_ASKED = frozenset({"instruction"})
_SCENE = frozenset({"zone_id", "people", "dwell_s", "alert_count"})
_PUPILS = frozenset({"pupils_zh", "pupils_en"})
_CHILD = frozenset({"child_zh", "child_en"})
_AGE = frozenset({"age_zh", "age_en"})
NAMES_CHILDREN = _PUPILS | _CHILD
"""Fields that refer to children."""

MAY_KNOW: dict[str, frozenset[str]] = {
    "town": _WHAT | _TASK | _SCENE | _SAID | _ASKED | _PUPILS | {"reminder"},  # they search
    "school": _WHAT | _TASK | _SAID | _ASKED | _PUPILS | {"people", "reminder"},
    "station": _WHAT | _TASK | _SCENE | _SAID | _ASKED | _PUPILS | {"reminder"},
    "culture": _WHAT | _TASK | _SAID | _AGE | {"reminder"},
    "edu": _WHAT
    | _TASK
    | _SCENE
    | _SAID
    | _ASKED
    | {"device_id", "camera_id", "note", "unreachable", "reminder"},
    "guardian": _SAID
    | _LETTER
    | _CHILD
    | {"number", "moment", "scenario", "site_zh", "site_en", "occurred_at"},
    "police": _WHAT | _TASK | _SAID | _ASKED | {"reminder"},
    "dpo": _LETTER | {"number", "moment", "scenario"},
    "platform": _WHAT | {"status", "is_false_alarm", "alert_count"},
}
"""Audience to fields; an audience that is not named knows what any department with a task may."""

SEALED = frozenset(
    {"is_drill", "number", "moment", "scenario", "reminder", "waits_zh", "waits_en", "waited_s"}
)
"""All that any letter says of a case about health: one signs in to read more."""

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
    is_drill: bool | None = None
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
    instruction: str | None = None
    serial: int | None = None
    told_at: int | None = None
    pupils_zh: str | None = None
    pupils_en: str | None = None
    child_zh: str | None = None
    child_en: str | None = None
    age_zh: str | None = None
    age_en: str | None = None


def visible(facts: Facts, audience: str) -> dict[str, Any]:
    """Give the facts that an audience may know and that are known, by field."""
    allowed = MAY_KNOW.get(audience, DEPARTMENT)
    if facts.scenario in HEALTH:
        allowed &= SEALED
    found = {field.name: getattr(facts, field.name) for field in fields(facts)}
    return {name: value for name, value in found.items() if name in allowed and value is not None}


_OF_TELLING = frozenset({"notified", "notice_out", "notice_failed"})
_CENTRAL = ("central", "device:")
_DETAIL: dict[Part, frozenset[str]] = {
    Part.ENVELOPE: frozenset({"unit", "to_unit", "from", "to", "number", "late_s", "is_withheld"}),
    Part.SCENE: frozenset({"alert_id", "kind", "phase", "label"}),
    Part.TOLD: frozenset({"notification_id", "state", "attempt", "unreachable"}),
    Part.PICTURES: frozenset({"sha256"}),
}
"""What may be said beside a line's words, to those who know a part."""


def may_read(
    by: str | None, unit: str | None, known: frozenset[Part], actor: Actor, scenario: Scenario
) -> bool:
    """Tell whether somebody may read what another, of a unit, has written into a case.

    Whoever wrote it reads it, and so do those of its unit who are cleared for such words.
    """
    cleared = actor.role in CLEARED[sensitivity(scenario, Part.WORDS)]
    own = by == actor.actor_id or (cleared and unit == actor.unit_code)
    return own or Part.WORDS in known


def line(
    row: Mapping[str, Any], known: frozenset[Part], actor: Actor, scenario: Scenario
) -> dict[str, Any]:
    """Give a line of the story as somebody may read it: that there are words, if no more."""
    detail = row["detail"]
    if may_read(row["actor"], detail.get("unit"), known, actor, scenario):
        return dict(row)
    shown = {name for part in known for name in _DETAIL.get(part, ())}
    spoken = row["actor"].startswith(_CENTRAL)
    if row["event"] in _OF_TELLING:
        spoken &= Part.TOLD in known
    if spoken:
        shown.add("note_en")
    kept = {name: value for name, value in detail.items() if name in shown}
    hidden = not spoken and bool(row["note"] or detail.get("report"))
    note = row["note"] if spoken else ""
    return {**row, "note": note, "detail": kept, "is_withheld": hidden}


def letter(row: Mapping[str, Any], known: frozenset[Part]) -> dict[str, Any]:
    """Give a notification as somebody may read it: whom it went to, and whether it arrived."""
    shown = dict(row)
    if Part.ADDRESSES not in known:
        shown |= dict.fromkeys(("address", "text", "answer"), "") | {"data": "{}"}
    if Part.PUPILS not in known and row["audience"] == "guardian":
        shown |= {"recipient": "guardian", "address": "", "text": "", "answer": "", "data": "{}"}
    return shown
