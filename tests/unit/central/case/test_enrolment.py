"""Who may enrol whom, and what a device is told: pure rules."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.core.enrolment import (
    EnrolmentError,
    check,
    is_surely_of_age,
    may_enrol,
    may_see,
    may_withdraw,
)
from central.core.galleries import Plan, is_due_again, plans
from central.core.people import Actor, Role
from contract.enrolment import Enrolment
from contract.gallery import MOST_ENTRIES, MOST_REMOVED, EntryKind
from contract.scenarios import Scenario

NOW_MS = 1_795_406_400_000
KINDS: list[EntryKind] = ["pupil", "watchlist"]
ids = st.lists(st.text("abc0123", min_size=1, max_size=4), unique=True, max_size=80)


def somebody(role: Role, unit_code: str = "school:a") -> Actor:
    return Actor("account:x", "x", role, unit_code)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("role", list(Role))
def test_whoever_may_enrol_may_end_it_and_whoever_may_end_it_may_see_it(
    role: Role, kind: EntryKind
) -> None:
    for unit_code in ("school:a", "school:b"):
        who = somebody(role)
        assert not may_enrol(who, kind, unit_code) or may_withdraw(who, kind, unit_code)
        assert not may_withdraw(who, kind, unit_code) or may_see(who, kind, unit_code)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.STATION_OFFICER])
def test_nobody_but_police_puts_anybody_on_a_watchlist(role: Role) -> None:
    assert not may_enrol(somebody(role), "watchlist", "school:a")


@pytest.mark.parametrize("role", [Role.DUTY_OFFICER, Role.GUARD, Role.INSTALLER, Role.WATER_WARDEN])
@pytest.mark.parametrize("kind", KINDS)
def test_most_people_do_not_even_learn_who_is_enrolled(role: Role, kind: EntryKind) -> None:
    assert not may_see(somebody(role), kind, "school:a")


def test_a_school_sees_its_own_pupils_only() -> None:
    lead = somebody(Role.SCHOOL_SAFETY_LEAD)
    assert may_see(lead, "pupil", "school:a")
    assert not may_see(lead, "pupil", "school:b")
    assert not may_see(lead, "watchlist", "school:a")


@given(st.integers(2000, 2100), st.integers(0, 40))
def test_nobody_who_could_be_thirteen_is_taken_for_fourteen(year: int, age_this_year: int) -> None:
    could_be_thirteen = age_this_year <= 14  # born on the last day of the year
    assert not (is_surely_of_age(year - age_this_year, year) and could_be_thirteen)
    assert not is_surely_of_age(None, year)


@given(
    consent=st.sampled_from(["", "2026-015"]),
    guardian=st.booleans(),
    birth_year=st.none() | st.integers(2000, 2026),
    named=st.booleans(),
)
def test_no_pupil_under_fourteen_ever_passes_without_the_guardian(
    consent: str, guardian: bool, birth_year: int | None, named: bool
) -> None:
    wanted = Enrolment(
        entry_id="p1", purpose=Scenario.DROWNING_RISK, unit_code="school:a", authority="a",
        consent=consent, guardian_consent=guardian, birth_year=birth_year, may_be_named=named,
        expires_at=datetime(2027, 6, 1, tzinfo=UTC), sealed="",
    )  # fmt: skip
    try:
        check(wanted, somebody(Role.SCHOOL_SAFETY_LEAD), NOW_MS, 2026)
    except EnrolmentError:
        return
    assert consent
    assert guardian or (birth_year is not None and birth_year < 2012)
    assert guardian or not named


class Device:
    """What a device that follows the rules holds after some plans."""

    def __init__(self, held: set[str], revision: int) -> None:
        self.held, self.revision = held, revision
        self.fresh: set[str] = set()

    def take(self, plan: Plan) -> None:
        assert plan.follows in {0, self.revision}
        assert plan.revision > self.revision
        self.fresh = set() if plan.follows == 0 else self.fresh
        self.held |= set(plan.entry_ids)
        self.fresh |= set(plan.entry_ids)
        self.held -= set(plan.removed)
        self.held &= self.fresh if plan.is_complete else self.held
        self.revision = plan.revision


@given(ids, ids, st.integers(0, 1000))
def test_a_device_that_takes_all_plans_always_holds_exactly_what_it_should(
    before: list[str], wanted: list[str], revision: int
) -> None:
    anew = Device(set(before), revision)
    for plan in plans(revision, wanted, is_anew=True):
        anew.take(plan)
    assert anew.held == set(wanted)
    changed = Device(set(before), revision)
    gone = [one for one in before if one not in wanted]
    for plan in plans(revision, wanted, gone):
        changed.take(plan)
    assert changed.held == set(wanted)


@given(st.integers(0, 500), st.integers(0, 900))
def test_no_plan_is_ever_too_large_for_a_message(count: int, gone: int) -> None:
    made = plans(0, [str(n) for n in range(count)], [str(n) for n in range(gone)])
    assert all(len(plan.entry_ids) <= MOST_ENTRIES for plan in made)
    assert all(len(plan.removed) <= MOST_REMOVED for plan in made)
    assert sum(len(plan.entry_ids) for plan in made) == count
    assert [plan.revision for plan in made] == list(range(1, len(made) + 1))


def test_an_empty_gallery_begun_anew_is_one_message_that_says_so() -> None:
    assert plans(4, [], is_anew=True) == [Plan(revision=5, follows=0, is_complete=True)]


def test_patience_doubles() -> None:
    waits = [
        next(s for s in range(10**6) if is_due_again(tries, 0, s * 1000)) for tries in range(5)
    ]
    assert waits == [60, 120, 240, 480, 960]
