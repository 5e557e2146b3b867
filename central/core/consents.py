"""Consents: to being matched, for each purpose, and apart from it to being named aloud.

A consent has its form, its day, its end. Whoever withdraws it is heard at once.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

from central.core.enrolment import EnrolmentError, is_surely_of_age
from central.core.naming import Words
from central.core.people import Actor, Role
from central.core.pupils import RosterError, may_keep
from contract.enrolment import Enrolment
from contract.scenarios import Scenario

USUAL_DAYS = 365
MOST_DAYS = 1100
"""Ours: a form is asked for anew after three school years at the latest."""
SOON_DAYS = 30
NUMBER = r"TY[0-9A-HJ-NP-Z]{8}"

GivenBy = Literal["guardian", "pupil"]


class Consented(StrEnum):
    """What somebody agrees to, each for itself."""

    MATCH_WATER = "match_water"
    MATCH_VENUE = "match_venue"
    NAMED_ALOUD = "named_aloud"


WORDS: dict[Consented, Words] = {
    Consented.MATCH_WATER: ("水边人脸比对", "matching at the water"),
    Consented.MATCH_VENUE: ("场馆人脸比对", "matching at venues"),
    Consented.NAMED_ALOUD: ("播报姓名", "being named aloud"),
}

PURPOSE_OF = {
    Consented.MATCH_WATER: Scenario.DROWNING_RISK,
    Consented.MATCH_VENUE: Scenario.VENUE_MINOR,
}
OF_PURPOSE = {purpose: what for what, purpose in PURPOSE_OF.items()}


@dataclass(frozen=True, slots=True)
class Given:
    """A consent as it is given: to what, by whom, on which form, until when."""

    what: Consented
    given_by: GivenBy
    form: str
    given_on: date
    expires_on: date


@dataclass(frozen=True, slots=True)
class Kept:
    """A living consent, as far as an enrolment asks after it."""

    number: str
    what: Consented
    unit_code: str
    expires_at: int


_ENDS = frozenset({Role.DPO})


def may_record(actor: Actor, unit_code: str) -> bool:
    """Tell whether somebody may record a consent: whoever keeps the pupil."""
    return may_keep(actor, unit_code)


def may_withdraw(actor: Actor, unit_code: str) -> bool:
    """Tell whether somebody may withdraw one on a family's behalf."""
    return actor.role in _ENDS or may_keep(actor, unit_code)


def expiry(given_on: date, expires_on: date | None) -> date:
    """Give when a consent ends: as the form says, else after a year."""
    return expires_on or given_on + timedelta(days=USUAL_DAYS)


def check(given: Given, birth_year: int | None, today: date) -> None:
    """Let a consent pass that can be one.

    Raises:
        RosterError: by whom it must be given, no form, days that cannot be.
    """
    for is_wrong, zh, en in _mistakes(given, birth_year, today):
        if is_wrong:
            raise RosterError(zh, en)


def refused(
    wanted: Enrolment, known: Kept | None, named: Collection[Kept]
) -> EnrolmentError | None:
    """Say why an enrolment does not fit the registered consent to which it refers.

    `named`: the living consents of the same pupil to being named aloud.
    """
    expires_ms = int(wanted.expires_at.timestamp() * 1000)
    if known is None:
        zh = f"同意书 {wanted.consent} 不存在、已撤回或已到期"
        return EnrolmentError(zh, f"no such living consent: {wanted.consent}")
    fits = known.what is OF_PURPOSE.get(wanted.purpose) and known.unit_code == wanted.unit_code
    if not fits:
        zh = f"同意书 {wanted.consent} 不是为这个用途或这所学校"
        return EnrolmentError(zh, f"consent {wanted.consent} is for another purpose or school")
    if expires_ms > known.expires_at:
        zh = f"登记不能比同意书 {wanted.consent} 更久"
        return EnrolmentError(zh, f"it must not outlast consent {wanted.consent}")
    if wanted.may_be_named and not any(one.expires_at >= expires_ms for one in named):
        zh = "没有同意播报姓名（或先到期），登记时不能选喊名字"
        return EnrolmentError(zh, "no consent to being named aloud that lasts as long")
    return None


def to_renew(expiries: Iterable[int], now_ms: int) -> int:
    """Count those that end soon."""
    soon = now_ms + SOON_DAYS * 24 * 3600 * 1000
    return sum(1 for at in expiries if now_ms < at <= soon)


def _mistakes(given: Given, birth_year: int | None, today: date) -> list[tuple[bool, str, str]]:
    of_age = is_surely_of_age(birth_year, today.year)
    most = given.given_on + timedelta(days=MOST_DAYS)
    return [
        (not given.form.strip(), "请写明同意书编号", "give the form's reference"),
        (given.given_by == "pupil" and not of_age,
         "未满十四周岁（或出生年份不明）须由监护人同意",
         "under 14, or no birth year: the guardian must consent"),
        (given.given_by == "pupil" and given.what is Consented.NAMED_ALOUD,
         "播报姓名须由监护人同意", "being named aloud needs the guardian's consent"),
        (given.given_on > today, "同意日期在今天之后", "it is dated after today"),
        (given.expires_on <= today, "同意已到期", "it has ended already"),
        (given.expires_on <= given.given_on, "到期日须晚于同意日期", "it ends before it begins"),
        (given.expires_on > most, f"有效期最长 {MOST_DAYS} 天", f"at most {MOST_DAYS} days"),
    ]  # fmt: skip
