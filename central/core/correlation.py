"""Whether an alert belongs to a case that is already open, with the reason in words.

Strong evidence joins; weaker evidence only suggests, and a person decides. Every rule is one
function that gives its words or None; the first that speaks is the reason.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt

from central.core.kinds import AnyKind
from central.core.letters import lasted
from central.core.naming import Words
from central.core.workflow import Status
from contract.scenarios import Scenario

TAKES_MORE = frozenset({Status.OPEN, Status.DISPATCHED, Status.ACKNOWLEDGED})
"""While the lead stands here, the danger first seen is not yet dealt with."""
EARTH_M = 6_371_000.0


class Rule(StrEnum):
    """Why two things belong together, the strongest first."""

    SAME_ZONE = "same_zone"
    SAME_PERSON = "same_person"
    NEIGHBOUR = "neighbour"
    DEALT_WITH = "dealt_with"
    SAME_SITE = "same_site"
    NEARBY_SITE = "nearby_site"
    OTHER_SCENARIO = "other_scenario"


JOINING = frozenset({Rule.SAME_ZONE, Rule.SAME_PERSON, Rule.NEIGHBOUR})
"""Strong enough to join by itself; the other rules suggest."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A point in WGS-84 degrees."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Sign:
    """What is known of one alert. `at` in ms; `entries` are opaque ids of whom it may be."""

    scenario: Scenario
    kind: AnyKind
    site_id: str
    at: int
    device_id: str | None = None
    camera_id: str | None = None
    zone_id: str | None = None
    entries: frozenset[str] = frozenset()
    spot: Spot | None = None

    @property
    def lens(self) -> tuple[str | None, str | None]:
        """Give the camera that saw it."""
        return self.device_id, self.camera_id


@dataclass(frozen=True, slots=True)
class OpenCase:
    """What matters of an incident that is not closed. Times in ms."""

    incident_id: str
    lead_status: Status
    first_at: int
    last_at: int
    sign: Sign
    sees_the_same: frozenset[tuple[str | None, str | None]] = frozenset()
    """The cameras that the district has named as neighbours of this case's."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How near is near: a playbook's own."""

    within_s: int
    suggest_within_s: int
    suggest_within_m: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an alert belongs to a case, or may."""

    rule: Rule
    words: Words

    @property
    def joins(self) -> bool:
        """Tell whether it is strong enough to join without asking anybody."""
        return self.rule in JOINING


def judge(case: OpenCase, sign: Sign, limits: Limits) -> Reason | None:
    """Give the strongest reason for which an alert belongs to a case, None where there is none.

    Near in time, and nobody has yet dealt with it on the spot: after that, a new alert means that
    somebody is in danger again, and must wake people again.
    """
    apart_s = _apart_ms(case, sign.at) // 1000
    is_near = _apart_ms(case, sign.at) <= limits.within_s * 1000
    takes_more = case.lead_status in TAKES_MORE
    if is_near and takes_more:
        for rule, holds in _JOINS.items():
            if holds(case, sign):
                return _said(rule, apart_s)
    if _apart_ms(case, sign.at) > limits.suggest_within_s * 1000:
        return None
    for rule, might in _SUGGESTS.items():
        if might(case, sign, limits):
            return _said(rule, apart_s, _metres(case.sign.spot, sign.spot))
    return None


def is_stale(*, is_late: bool, occurred_at: int, now_ms: int, stale_after_s: int) -> bool:
    """Tell whether an alert comes too late to wake anybody for it."""
    return is_late and now_ms - occurred_at > stale_after_s * 1000


def metres(a: Spot, b: Spot) -> float:
    """Give the distance of two points on the sphere (haversine)."""
    lat_a, lat_b = radians(a.lat), radians(b.lat)
    half = sin((lat_b - lat_a) / 2) ** 2
    half += cos(lat_a) * cos(lat_b) * sin(radians(b.lon - a.lon) / 2) ** 2
    return 2 * EARTH_M * asin(min(1.0, sqrt(half)))


def _apart_ms(case: OpenCase, at: int) -> int:
    return max(case.first_at - at, at - case.last_at, 0)


def _metres(a: Spot | None, b: Spot | None) -> float:
    return metres(a, b) if a and b else 0.0


def _same_zone(case: OpenCase, sign: Sign) -> bool:
    mine = case.sign
    same_zone = (mine.device_id, mine.zone_id) == (sign.device_id, sign.zone_id)
    return sign.device_id is not None and same_zone and mine.scenario is sign.scenario


def _same_person(case: OpenCase, sign: Sign) -> bool:
    same_place = (case.sign.site_id, case.sign.scenario) == (sign.site_id, sign.scenario)
    return same_place and bool(case.sign.entries & sign.entries)


def _alike(case: OpenCase, sign: Sign) -> bool:
    return (case.sign.scenario, case.sign.kind) == (sign.scenario, sign.kind)


def _neighbour(case: OpenCase, sign: Sign) -> bool:
    of_site = case.sign.site_id == sign.site_id
    return of_site and _alike(case, sign) and sign.lens in case.sees_the_same


def _nearby(case: OpenCase, sign: Sign, limits: Limits) -> bool:
    if case.sign.site_id == sign.site_id or not (case.sign.spot and sign.spot):
        return False
    alike = _alike(case, sign) or bool(case.sign.entries & sign.entries)
    return alike and metres(case.sign.spot, sign.spot) <= limits.suggest_within_m


_JOINS: dict[Rule, Callable[[OpenCase, Sign], bool]] = {
    Rule.SAME_ZONE: _same_zone,
    Rule.SAME_PERSON: _same_person,
    Rule.NEIGHBOUR: _neighbour,
}

_SUGGESTS: dict[Rule, Callable[[OpenCase, Sign, Limits], bool]] = {
    Rule.DEALT_WITH: lambda case, sign, _: (
        case.lead_status not in TAKES_MORE and _same_zone(case, sign)
    ),
    Rule.SAME_SITE: lambda case, sign, _: (
        case.sign.site_id == sign.site_id and _alike(case, sign) and not _same_zone(case, sign)
    ),
    Rule.NEARBY_SITE: _nearby,
    Rule.OTHER_SCENARIO: lambda case, sign, _: (
        case.sign.scenario is not sign.scenario and bool(case.sign.entries & sign.entries)
    ),
}

RULE_WORDS: dict[Rule, Words] = {
    Rule.SAME_ZONE: (
        "同一设备、同一区域，相隔{apart_zh}，现场尚未处置",
        "the same zone of the same device, {apart_en} apart, not yet dealt with",
    ),
    Rule.SAME_PERSON: (
        "同一场所疑似同一人，相隔{apart_zh}，现场尚未处置",
        "perhaps the same person at the same place, {apart_en} apart, not yet dealt with",
    ),
    Rule.NEIGHBOUR: (
        "同一场所的相邻摄像头，同类情况，相隔{apart_zh}，现场尚未处置",
        "a neighbouring camera, the same kind, {apart_en} apart, not yet dealt with",
    ),
    Rule.DEALT_WITH: (
        "同一设备、同一区域，相隔{apart_zh}，前一事件已处置未办结",
        "the same zone, {apart_en} apart; the earlier case is dealt with, not yet closed",
    ),
    Rule.SAME_SITE: (
        "同一场所的其他位置，同类情况，相隔{apart_zh}",
        "elsewhere at the same place, the same kind, {apart_en} apart",
    ),
    Rule.NEARBY_SITE: (
        "相距约 {metres:.0f} 米的另一场所，相隔{apart_zh}",
        "another place about {metres:.0f} m away, {apart_en} apart",
    ),
    Rule.OTHER_SCENARIO: (
        "疑似同一人，另一场景，相隔{apart_zh}",
        "perhaps the same person in another scenario, {apart_en} apart",
    ),
}


def _said(rule: Rule, apart_s: int, apart_m: float = 0.0) -> Reason:
    zh, en = lasted(apart_s)
    facts = {"apart_zh": f" {zh}", "apart_en": en, "metres": apart_m}
    return Reason(rule, (RULE_WORDS[rule][0].format(**facts), RULE_WORDS[rule][1].format(**facts)))
