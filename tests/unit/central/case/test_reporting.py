"""What becomes of a report from anybody, and who may report what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.core.kinds import HandKind
from central.core.people import Actor, Role
from central.core.reporting import (
    HAS_ITS_OWN_WAY,
    MAY_REPORT,
    RECEIPT_LENGTH,
    TOPICS,
    Limits,
    Sent,
    Topic,
    Verdict,
    fits,
    judge,
    may_report,
    receipt_of,
    said_of,
    tidy,
)

LIMITS = Limits()
HERE = frozenset({"school:shiyan", "town:yuelin", "station:yuelin"})


@pytest.mark.parametrize(
    ("sent", "verdict"),
    [
        (Sent(joins=False), Verdict.TAKE),
        (Sent(joins=True), Verdict.JOIN),
        (Sent(joins=False, is_trapped=True), Verdict.HOLD),
        (Sent(joins=True, is_trapped=True), Verdict.HOLD),
        (Sent(joins=False, filled_in_s=0.5), Verdict.HOLD),
        (Sent(joins=False, opened_by_address_in_hour=3), Verdict.HOLD),
        (Sent(joins=True, opened_by_address_in_hour=3), Verdict.JOIN),
        (Sent(joins=False, opened_at_site_in_hour=12), Verdict.HOLD),
        (Sent(joins=False, sent_by_address_in_hour=60), Verdict.REFUSE),
        (Sent(joins=False, sent_by_address_in_day=200), Verdict.REFUSE),
    ],
)
def test_a_report_is_taken_joined_held_or_refused(sent: Sent, verdict: Verdict) -> None:
    judged = judge(sent, LIMITS)
    assert judged.verdict is verdict
    assert bool(judged.why[0]) == (verdict in {Verdict.HOLD, Verdict.REFUSE})


@given(st.text())
def test_no_words_of_a_stranger_keep_anything_that_hides(text: str) -> None:
    kept = tidy(text)
    assert "\x00" not in kept
    assert not any("\u202a" <= one <= "\u202e" or "\u2066" <= one <= "\u2069" for one in kept)
    assert len(kept) <= 1000
    assert tidy(kept) == kept


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789 -", max_size=20))
def test_a_receipt_is_read_however_it_is_typed(text: str) -> None:
    assert receipt_of(text) == receipt_of(text.upper())
    assert len(receipt_of(text)) <= RECEIPT_LENGTH


def test_every_topic_opens_a_kind_of_its_scenario() -> None:
    assert set(TOPICS) == set(Topic)
    assert all(fits(about.scenario, about.kind) for about in TOPICS.values())


def test_every_kind_that_people_bring_has_its_reporters_or_its_own_way() -> None:
    assert set(MAY_REPORT) | HAS_ITS_OWN_WAY == set(HandKind)
    assert not set(MAY_REPORT) & HAS_ITS_OWN_WAY


@pytest.mark.parametrize(
    ("role", "unit", "kind", "may"),
    [
        (Role.SCHOOL_SAFETY_LEAD, "school:shiyan", HandKind.FOOD_REPORTED, True),
        (Role.SCHOOL_SAFETY_LEAD, "school:other", HandKind.FOOD_REPORTED, False),
        (Role.UNIT_OFFICER, "market", HandKind.FOOD_REPORTED, True),
        (Role.UNIT_OFFICER, "market", HandKind.VENDOR_REPORTED, False),
        (Role.UNIT_OFFICER, "enforcement", HandKind.MANHOLE_REPORTED, True),
        (Role.UNIT_OFFICER, "police", HandKind.CONGESTION_REPORTED, True),
        (Role.DUTY_OFFICER, "edu", HandKind.OTHER_REPORTED, True),
        (Role.DUTY_OFFICER, "edu", HandKind.REFERRAL_GRADED, False),
        (Role.AUDITOR, "edu", HandKind.FOOD_REPORTED, False),
        (Role.INSTALLER, "school:shiyan", HandKind.FOOD_REPORTED, False),
    ],
)
def test_who_may_report_what_is_a_table(
    role: Role, unit: str, kind: HandKind, *, may: bool
) -> None:
    assert may_report(Actor("account:x", "X", role, unit), kind, HERE) is may


@pytest.mark.parametrize("status", ["dispatched", "acknowledged", "reported", "closed", None])
def test_a_receipt_says_where_it_stands_in_both_languages(status: str | None) -> None:
    assert all(said_of("taken", status))
    assert said_of("held", status)[0] == "已收到，正在核实"
    assert said_of("taken", "closed", is_false_alarm=True) != said_of("taken", "closed")
