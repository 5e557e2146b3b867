"""A match is a hint: who may verify it, who may know the name, and what a letter holds at rest."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from central.core.late_names import (
    GONE,
    HIDDEN,
    Called,
    class_of,
    filled,
    harmless,
    masked,
    name_of,
    pupils_in,
)
from central.core.people import Actor, Role
from central.core.subjects import (
    AFTER,
    OUTCOME_FINDS,
    Certainty,
    Finding,
    How,
    Subject,
    may_be_told,
    may_know_name,
    may_verify,
)
from contract.scenarios import Scenario

SCHOOL, OTHER = "school:shiyan", "school:jinping"
UNITS = (SCHOOL, OTHER, "culture", "edu", "town:yuelin", "station:yuelin", "procuratorate")
CHILD = Subject(
    "s1", "i1", "0193", "p1", How.DEVICE_MATCH, Certainty.HINT, 0, "device:x", 0.95, 3, 7,
    unit_code=SCHOOL, class_code="3-2", birth_year=2017,
)  # fmt: skip
STRANGER = replace(CHILD, pupil_id=None, unit_code=None, class_code=None, birth_year=None)

readers = st.builds(
    Actor, st.just("account:x"), st.just("某人"), st.sampled_from(Role), st.sampled_from(UNITS)
)
cases: dict[str, Any] = {
    "actor": readers,
    "scenario": st.sampled_from(Scenario),
    "certainty": st.sampled_from(Certainty),
    "units": st.sets(st.sampled_from(UNITS)),
    "own": st.sets(st.sampled_from(["3-1", "3-2"])),
}


@given(**cases)
def test_no_name_ever_leaves_the_own_school_but_to_those_who_search(
    actor: Actor, scenario: Scenario, certainty: Certainty, units: set[str], own: set[str]
) -> None:
    one = replace(CHILD, certainty=certainty)
    if may_know_name(actor, scenario, one, units, own):
        searches = scenario is Scenario.BOARDING_ABSENCE and actor.unit_code in units
        assert actor.unit_code == SCHOOL or searches
        assert actor.role is not Role.CLASS_TEACHER or "3-2" in own
        assert certainty is not Certainty.REJECTED


@given(**cases)
def test_nobody_verifies_another_schools_child(
    actor: Actor, scenario: Scenario, certainty: Certainty, units: set[str], own: set[str]
) -> None:
    one = replace(CHILD, certainty=certainty)
    if may_verify(actor, scenario, one, units, own):
        assert actor.unit_code == SCHOOL or (
            (scenario, actor.unit_code) == (Scenario.VENUE_MINOR, "culture") and "culture" in units
        )


@given(st.sampled_from(Scenario), st.sampled_from(Certainty))
def test_before_a_person_has_verified_only_life_safety_speaks_of_a_child(
    scenario: Scenario, certainty: Certainty
) -> None:
    told = may_be_told(scenario, replace(CHILD, certainty=certainty))
    assert told == (
        certainty is Certainty.CONFIRMED
        or (certainty is Certainty.HINT and scenario is Scenario.DROWNING_RISK)
    )
    assert not may_be_told(scenario, replace(STRANGER, certainty=certainty))
    assert not may_be_told(scenario, replace(CHILD, certainty=certainty, is_erased=True))


def test_at_a_gate_the_guard_verifies_and_at_a_venue_the_officer() -> None:
    guard = Actor("account:g", "保安", Role.GUARD, SCHOOL)
    officer = Actor("account:c", "执法", Role.UNIT_OFFICER, "culture")
    assert may_verify(guard, Scenario.PERSON_OF_CONCERN, STRANGER, {SCHOOL}, set())
    assert not may_verify(guard, Scenario.PERSON_OF_CONCERN, STRANGER, {OTHER}, set())
    assert not may_verify(guard, Scenario.DROWNING_RISK, CHILD, {SCHOOL}, set())
    assert may_verify(officer, Scenario.VENUE_MINOR, CHILD, {"culture"}, set())
    assert not may_verify(officer, Scenario.DROWNING_RISK, CHILD, {"culture"}, set())


def test_whoever_has_left_stays_a_hint() -> None:
    assert AFTER[Finding.LEFT] is Certainty.HINT
    assert not replace(CHILD, finding=Finding.LEFT).is_undecided
    assert set(OUTCOME_FINDS.values()) == set(Finding)


ids = st.builds(lambda: str(uuid4()))


@given(ids, st.text(max_size=20), st.text(max_size=20))
def test_a_letter_at_rest_names_nobody_and_is_filled_on_the_way_out(
    pupil_id: str, name: str, class_name: str
) -> None:
    at_rest = f"学生：{class_of(pupil_id)} {name_of(pupil_id)}"
    assert pupils_in(at_rest) == {pupil_id}
    called = {pupil_id: Called(name, class_name)}
    assert filled(at_rest, called) == f"学生：{class_name} {name}"
    assert filled(at_rest, {}) == f"学生：{GONE} {GONE}"
    assert masked(at_rest) == f"学生：{HIDDEN} {HIDDEN}"


@given(st.text(max_size=60), ids)
def test_what_people_write_never_refers_to_a_child(words: str, pupil_id: str) -> None:
    assert pupils_in(harmless(words + name_of(pupil_id))) == set()
