"""Who may be put into a gallery, by whom, on what ground: one place, no exceptions."""

from collections.abc import Collection

from central.core.people import Actor, Role
from central.core.refusals import CaseError, NotAllowedError
from contract.enrolment import Enrolment
from contract.gallery import EntryKind
from contract.scenarios import Scenario

PROFILE_OF: dict[Scenario, str] = {
    Scenario.DROWNING_RISK: "water",
    Scenario.VENUE_MINOR: "venue",
    Scenario.PERSON_OF_CONCERN: "gate",
}
"""Purpose to the kind of device that serves it; no other purpose may be enrolled for."""

PURPOSE_OF = {profile: purpose for purpose, profile in PROFILE_OF.items()}

AGE_OF_OWN_CONSENT = 14
MOST_DAYS = 400
"""Faces of children change: a year and a little, then anew."""

_OWN: dict[EntryKind, frozenset[Role]] = {
    "pupil": frozenset({Role.SCHOOL_SAFETY_LEAD}),
    "watchlist": frozenset({Role.STATION_OFFICER}),
}
_ANY: dict[EntryKind, frozenset[Role]] = {
    "pupil": frozenset({Role.DISTRICT_ADMIN}),
    "watchlist": frozenset(),
}
_MAY_WITHDRAW = frozenset({Role.DPO})
_MAY_SEE = frozenset({Role.DPO, Role.AUDITOR})

DAY_MS = 24 * 3600 * 1000


class EnrolmentError(CaseError):
    """An enrolment without its ground; the text says what to bring."""


class UnknownEntryError(CaseError):
    """No such entry, or not this person's to see."""


def may_enrol(actor: Actor, kind: EntryKind, unit_code: str) -> bool:
    """Tell whether somebody may enrol for a unit."""
    is_own = actor.role in _OWN[kind] and actor.unit_code == unit_code
    return is_own or actor.role in _ANY[kind]


def may_withdraw(actor: Actor, kind: EntryKind, unit_code: str) -> bool:
    """Tell whether somebody may end an enrolment: whoever may begin one, and the DPO."""
    return actor.role in _MAY_WITHDRAW or may_enrol(actor, kind, unit_code)


def may_see(actor: Actor, kind: EntryKind, unit_code: str) -> bool:
    """Tell whether somebody may know that an entry exists."""
    return actor.role in _MAY_SEE or may_withdraw(actor, kind, unit_code)


def check(wanted: Enrolment, actor: Actor, now_ms: int, this_year: int) -> None:
    """Let an enrolment pass that has its ground.

    Raises:
        NotAllowedError: not this person's to do.
        EnrolmentError: purpose, consent, basis or expiry are missing.
    """
    if not may_enrol(actor, wanted.kind, wanted.unit_code):
        msg = "您不能为这个单位登记"
        raise NotAllowedError(msg, "not yours to enrol for this unit")
    for is_wrong, zh, en in _mistakes(wanted, now_ms, this_year):
        if is_wrong:
            raise EnrolmentError(zh, en)


def is_surely_of_age(birth_year: int | None, this_year: int) -> bool:
    """Tell whether somebody born in a year is 14 on every day of this year; in doubt not."""
    return birth_year is not None and this_year - birth_year > AGE_OF_OWN_CONSENT


def unknown(sites: Collection[str], known: Collection[str]) -> EnrolmentError | None:
    """Say which of the wanted places do not exist."""
    missing = sorted(set(sites) - set(known))
    if not missing:
        return None
    return EnrolmentError(f"没有这些场所：{missing}", f"no such sites: {missing}")


def _mistakes(wanted: Enrolment, now_ms: int, this_year: int) -> list[tuple[bool, str, str]]:
    expires_ms = int(wanted.expires_at.timestamp() * 1000)
    is_pupil = wanted.kind == "pupil"
    is_watched = wanted.purpose is Scenario.PERSON_OF_CONCERN
    of_age = is_surely_of_age(wanted.birth_year, this_year)
    return [
        (wanted.purpose not in PROFILE_OF or is_watched == is_pupil,
         "这个用途不能登记人脸", "faces are not enrolled for this purpose"),
        (is_pupil and not wanted.consent,
         "没有同意书，不能登记：请写明同意书编号", "no consent, no template: give its reference"),
        (is_pupil and not wanted.guardian_consent and not of_age,
         "未满十四周岁（或出生年份不明）须有监护人同意",
         "under 14, or no birth year: the guardian must consent"),
        (wanted.may_be_named and not wanted.guardian_consent,
         "喊名字须有监护人同意", "to be named aloud needs the guardian's consent"),
        (not is_pupil and (wanted.disposition is None or not wanted.site_ids),
         "布控须有处置要求、依据、批准人和场所",
         "a watchlist entry needs disposition, basis, approver and sites"),
        (not is_pupil and wanted.may_be_named,
         "布控对象不得喊名", "nobody on a watchlist is named"),
        (expires_ms <= now_ms, "有效期已过", "it has expired already"),
        (expires_ms > now_ms + MOST_DAYS * DAY_MS,
         f"有效期最长 {MOST_DAYS} 天", f"at most {MOST_DAYS} days"),
    ]  # fmt: skip
