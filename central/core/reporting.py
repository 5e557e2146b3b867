"""What people report, who may report what, and what becomes of a report from anybody."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from central.core.correlation import TAKES_MORE
from central.core.kinds import AnyKind, HandKind
from central.core.naming import Words
from central.core.people import DISTRICT_WIDE, ON_THE_SPOT, Actor, Role
from central.core.workflow import Status
from contract.scenarios import Kind, Scenario

MOST_PHOTOS = 4
MOST_WORDS = 1000
LEAST_WORDS = 4


class Topic(StrEnum):
    """What anybody may report at a school's gate, without a sign-in."""

    FOOD = "food"
    CONGESTION = "congestion"
    VENDOR = "vendor"
    MANHOLE = "manhole"
    BILLBOARD = "billboard"
    OTHER = "other"


class About(NamedTuple):
    """What a topic opens, and what it is called on the form."""

    scenario: Scenario
    kind: HandKind
    words: Words
    hint: Words


TOPICS: dict[Topic, About] = {
    Topic.FOOD: About(
        Scenario.FOOD_SAFETY, HandKind.FOOD_REPORTED, ("食品安全", "Food"),
        ("食堂、配餐、校门口食品变质或吃后不适", "Spoiled food, or ill after eating"),
    ),
    Topic.CONGESTION: About(
        Scenario.TRAFFIC_HAZARD, HandKind.CONGESTION_REPORTED, ("校门拥堵", "Congestion"),
        ("上下学时人车混行、乱停车", "Cars and pupils mixed, parking that blocks"),
    ),
    Topic.VENDOR: About(
        Scenario.TRAFFIC_HAZARD, HandKind.VENDOR_REPORTED, ("流动摊贩", "Street vendors"),
        ("占道经营，挤占学生通道", "Stalls that take the pupils' way"),
    ),
    Topic.MANHOLE: About(
        Scenario.TRAFFIC_HAZARD, HandKind.MANHOLE_REPORTED, ("窨井盖损坏", "Manhole cover"),
        ("井盖缺失、松动、塌陷", "Missing, loose or sunken"),
    ),
    Topic.BILLBOARD: About(
        Scenario.TRAFFIC_HAZARD, HandKind.BILLBOARD_REPORTED, ("广告牌损坏", "Billboard"),
        ("松动、倾斜、有坠落危险", "Loose, leaning, about to fall"),
    ),
    Topic.OTHER: About(
        Scenario.TRAFFIC_HAZARD, HandKind.OTHER_REPORTED, ("其他安全问题", "Something else"),
        ("校园周边的其他安全隐患", "Any other danger around the school"),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class By:
    """Who may report a kind: roles in a unit related to the place; departments at any place."""

    near: frozenset[Role] = ON_THE_SPOT
    departments: frozenset[str] = frozenset()


_NOBODY: frozenset[Role] = frozenset()
_SCHOOL = frozenset({Role.SCHOOL_SAFETY_LEAD, Role.CLASS_TEACHER, Role.GUARD})
_STREET = By(departments=frozenset({"police", "enforcement"}))

MAY_REPORT: dict[HandKind, By] = {
    HandKind.FOOD_REPORTED: By(departments=frozenset({"market", "health"})),
    HandKind.HAZARD_REPORTED: _STREET,
    HandKind.VENDOR_REPORTED: _STREET,
    HandKind.MANHOLE_REPORTED: _STREET,
    HandKind.BILLBOARD_REPORTED: _STREET,
    HandKind.CONGESTION_REPORTED: By(departments=frozenset({"police"})),
    HandKind.OTHER_REPORTED: By(departments=frozenset({"police", "emergency"})),
    HandKind.BOARDER_MISSING: By(near=_SCHOOL),
    HandKind.BACKGROUND_FINDING: By(near=_NOBODY, departments=frozenset({"police"})),
}
"""Beside the district's own office. What a device sees, anybody of the place may report too."""

HAS_ITS_OWN_WAY = frozenset(
    {
        HandKind.REFERRAL_GRADED,
        HandKind.COURSE_BOOKED,
        HandKind.REPORTS_HELD,
        HandKind.DOOR_FAULT,
    }
)
"""Opened by a referral, a booking, held reports, the nightly look at the doors: never by hand."""

SCENARIO_OF: dict[HandKind, Scenario] = {
    HandKind.FOOD_REPORTED: Scenario.FOOD_SAFETY,
    HandKind.HAZARD_REPORTED: Scenario.TRAFFIC_HAZARD,
    HandKind.VENDOR_REPORTED: Scenario.TRAFFIC_HAZARD,
    HandKind.MANHOLE_REPORTED: Scenario.TRAFFIC_HAZARD,
    HandKind.BILLBOARD_REPORTED: Scenario.TRAFFIC_HAZARD,
    HandKind.CONGESTION_REPORTED: Scenario.TRAFFIC_HAZARD,
    HandKind.BOARDER_MISSING: Scenario.BOARDING_ABSENCE,
    HandKind.BACKGROUND_FINDING: Scenario.PERSON_OF_CONCERN,
}
"""The one scenario of a kind that people bring; `other_reported` fits any."""


def may_report(actor: Actor, kind: AnyKind, units_of_place: frozenset[str]) -> bool:
    """Tell whether this person may report such a thing at a place with these units."""
    if kind in HAS_ITS_OWN_WAY or actor.role not in ON_THE_SPOT:
        return False
    if actor.role in DISTRICT_WIDE:
        return True
    by = By() if isinstance(kind, Kind) else MAY_REPORT.get(kind, By(near=_NOBODY))
    is_near = actor.unit_code in units_of_place and actor.role in by.near
    return is_near or actor.unit_code in by.departments


def fits(scenario: Scenario, kind: AnyKind) -> bool:
    """Tell whether a kind belongs to a scenario."""
    return isinstance(kind, Kind) or SCENARIO_OF.get(kind, scenario) is scenario


def kinds_for(actor: Actor, units_of_place: frozenset[str]) -> list[tuple[Scenario, HandKind]]:
    """List what a person may report by hand at a place, in the order of the form."""
    return [
        (SCENARIO_OF.get(kind, Scenario.TRAFFIC_HAZARD), kind)
        for kind in MAY_REPORT
        if may_report(actor, kind, units_of_place)
    ]


@dataclass(frozen=True, slots=True)
class OpenMatter:
    """What matters of a case that people brought and that is not closed. Times in ms."""

    incident_id: str
    lead_status: Status
    last_at: int

    def takes(self, at: int, within_s: int) -> bool:
        """Tell whether another report of the same is part of it: near, and not yet dealt with."""
        return self.lead_status in TAKES_MORE and at - self.last_at <= within_s * 1000


class Verdict(StrEnum):
    """What becomes of a report from anybody."""

    TAKE = "take"
    JOIN = "join"
    HOLD = "hold"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much from one address and at one place. No plan names a figure: these are ours.

    A carrier or a school has one address for many people: so more is held before it is refused.
    """

    opened_by_address_in_hour: int = 3
    opened_at_site_in_hour: int = 12
    sent_by_address_in_hour: int = 60
    sent_by_address_in_day: int = 200
    asked_by_address_in_hour: int = 60
    hasty_s: float = 3.0


@dataclass(frozen=True, slots=True)
class Sent:
    """What is known of a report beside its words. Counts are of what came before it."""

    joins: bool
    opened_by_address_in_hour: int = 0
    opened_at_site_in_hour: int = 0
    sent_by_address_in_hour: int = 0
    sent_by_address_in_day: int = 0
    filled_in_s: float = 60.0
    is_trapped: bool = False


class Judged(NamedTuple):
    """A verdict, with the reason in words for whoever reviews."""

    verdict: Verdict
    why: Words = ("", "")


_Rule = tuple[Callable[[Sent, Limits], bool], Judged]

RULES: tuple[_Rule, ...] = (
    (lambda s, m: s.sent_by_address_in_hour >= m.sent_by_address_in_hour,
     Judged(Verdict.REFUSE, ("同一网络一小时内上报过多", "too many from this address in an hour"))),
    (lambda s, m: s.sent_by_address_in_day >= m.sent_by_address_in_day,
     Judged(Verdict.REFUSE, ("同一网络一天内上报过多", "too many from this address in a day"))),
    (lambda s, _: s.is_trapped,
     Judged(Verdict.HOLD, ("隐藏栏被填写，疑似程序", "a hidden field filled in, as programs do"))),
    (lambda s, m: s.filled_in_s < m.hasty_s,
     Judged(Verdict.HOLD, ("填写过快，疑似程序", "filled in faster than people write"))),
    (lambda s, _: s.joins, Judged(Verdict.JOIN)),
    (lambda s, m: s.opened_by_address_in_hour >= m.opened_by_address_in_hour,
     Judged(Verdict.HOLD, ("同一网络短时间内多次上报", "many from one address in a short time"))),
    (lambda s, m: s.opened_at_site_in_hour >= m.opened_at_site_in_hour,
     Judged(Verdict.HOLD, ("该场所短时间内上报过多", "many at this place in a short time"))),
)  # fmt: skip
"""The first that holds decides; a report that none stops is taken."""


def judge(sent: Sent, limits: Limits) -> Judged:
    """Say what becomes of a report; held ones wait for a person, nothing is thrown away."""
    return next((judged for rule, judged in RULES if rule(sent, limits)), Judged(Verdict.TAKE))


_KEPT_CONTROLS = frozenset("\n\t")
_MISLEADING = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
"""Categories that change how a text looks without being seen in it: controls, bidi, surrogates."""


def tidy(text: str, most: int = MOST_WORDS) -> str:
    """Give a stranger's words without what hides in them, and not longer than `most`."""
    lines = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).replace("\r", "\n")
    kept = "".join(
        one
        for one in lines
        if one in _KEPT_CONTROLS or unicodedata.category(one) not in _MISLEADING
    )
    while "\n\n\n" in kept:
        kept = kept.replace("\n\n\n", "\n\n")
    return kept.strip()[:most]


def _misleads(one: str) -> bool:
    return unicodedata.category(one) in _MISLEADING


RECEIPT_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""None that is taken for another when read aloud or from paper."""
RECEIPT_LENGTH = 8


def receipt_of(text: str) -> str:
    """Read a receipt as people type it: small letters, blanks, hyphens."""
    return "".join(one for one in text.upper() if one in RECEIPT_LETTERS)[:RECEIPT_LENGTH]


STATUS_SAID: Mapping[str, Words] = {
    "held": ("已收到，正在核实", "received, being checked"),
    "declined": ("经核实，不予受理", "checked, not taken up"),
    "dispatched": ("已受理，已转责任单位", "taken up, with the unit responsible"),
    "acknowledged": ("责任单位正在处置", "the unit responsible is at work"),
    "disposed": ("责任单位正在处置", "the unit responsible is at work"),
    "reported": ("已处置，正在核查", "dealt with, being verified"),
    "verified": ("已处置，正在核查", "dealt with, being verified"),
    "closed": ("已办结", "closed"),
    "unfounded": ("已办结，经查未发现问题", "closed, nothing was found"),
}
"""All that a receipt opens: where the matter stands, in words."""


def said_of(state: str, status: str | None, *, is_false_alarm: bool = False) -> Words:
    """Say where a report stands: its own state, then that of its case."""
    if state in {"held", "declined"}:
        return STATUS_SAID[state]
    if status == "closed" and is_false_alarm:
        return STATUS_SAID["unfounded"]
    return STATUS_SAID.get(status or "", STATUS_SAID["dispatched"])
