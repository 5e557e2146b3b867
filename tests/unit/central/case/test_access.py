"""Who may see what: the tables, and what they never allow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.core.access import (
    KNOWS,
    NAMED_TO,
    STANDS,
    Case,
    Part,
    Standing,
    above,
    grounds,
    knows,
)
from central.core.people import ON_THE_SPOT, Actor, Role
from contract.scenarios import Scenario

TREE = {
    "edu": None,
    "police": None,
    "culture": None,
    "health": None,
    "town:a": None,
    "school:a": "edu",
    "school:b": "edu",
    "station:a": "police",
    "station:b": "police",
}
UNITS = sorted(TREE)

roles = st.sampled_from(Role)
units = st.sampled_from(UNITS)
scenarios = st.sampled_from(Scenario)
some_units = st.frozensets(units, max_size=3)
cases = st.builds(
    Case, st.just("i-1"), scenarios, some_units, some_units, st.none() | st.just("school:a")
)


def somebody(role: Role, unit: str, *grants: str) -> Actor:
    return Actor("account:x", "某人", role, unit, frozenset(grants))


def sees(actor: Actor, case: Case, part: Part = Part.ENVELOPE) -> bool:
    return knows(actor, case, part, TREE)


def test_every_role_standing_and_scenario_has_its_row() -> None:
    assert set(STANDS) == set(Role)
    assert set(KNOWS) == set(Standing)
    assert set(NAMED_TO) == set(Scenario)


@given(roles, units, cases, st.sampled_from(Part))
def test_who_knows_a_part_of_a_case_knows_that_it_exists(
    role: Role, unit: str, case: Case, part: Part
) -> None:
    actor = somebody(role, unit)
    assert not sees(actor, case, part) or sees(actor, case)


@given(roles, units, some_units, some_units)
def test_a_case_about_health_is_there_for_those_alone_who_help(
    role: Role, unit: str, task_units: frozenset[str], copy_units: frozenset[str]
) -> None:
    case = Case("i-1", Scenario.MIND_CARE, task_units, copy_units)
    helps = role is Role.PSYCHOLOGIST and (unit == "edu" or unit in task_units)
    watches = role is Role.STATION_OFFICER and unit in task_units
    actor = somebody(role, unit)
    assert sees(actor, case) == (helps or watches)
    assert sees(actor, case, Part.WORDS) == helps


@given(roles, units, cases)
def test_another_units_case_is_not_there(role: Role, unit: str, case: Case) -> None:
    mine = {unit} | {below for below in UNITS if unit in set(above(below, TREE))}
    concerns = mine & (case.task_units | case.copy_units) or case.gate_of == unit
    office = role in {Role.DUTY_OFFICER, Role.DISTRICT_ADMIN, Role.PSYCHOLOGIST}
    if not concerns and not office:
        assert not sees(somebody(role, unit), case)


@given(st.sampled_from(sorted(set(Role) - ON_THE_SPOT)), units, cases, st.sampled_from(Part))
def test_auditor_dpo_and_installer_see_no_case(
    role: Role, unit: str, case: Case, part: Part
) -> None:
    assert not sees(somebody(role, unit), case, part)


@given(units, cases)
def test_words_and_pictures_are_for_units_with_a_task_and_the_office(unit: str, case: Case) -> None:
    for role in set(Role) - {Role.DUTY_OFFICER, Role.DISTRICT_ADMIN, Role.PSYCHOLOGIST}:
        for part in (Part.WORDS, Part.PICTURES, Part.PUPILS):
            assert not sees(somebody(role, unit), case, part) or unit in case.task_units


def test_culture_goes_to_the_venue_with_a_picture_and_without_a_name() -> None:
    officer = somebody(Role.UNIT_OFFICER, "culture")
    case = Case("i-1", Scenario.VENUE_MINOR, frozenset({"culture", "school:a"}))
    assert {part for part in Part if sees(officer, case, part)} == {
        Part.ENVELOPE,
        Part.SCENE,
        Part.TOLD,
        Part.PICTURES,
    }


def test_a_guard_knows_his_own_gate_and_no_more() -> None:
    guard = somebody(Role.GUARD, "school:a")
    theirs = frozenset({"school:a"})
    assert sees(guard, Case("i-1", Scenario.CAMPUS_FOUR_100, frozenset(), gate_of="school:a"))
    assert sees(guard, Case("i-1", Scenario.PERSON_OF_CONCERN, theirs), Part.PICTURES)
    assert not sees(guard, Case("i-1", Scenario.CAMPUS_FOUR_100, theirs), Part.WORDS)
    assert not sees(guard, Case("i-1", Scenario.DROWNING_RISK, theirs))
    assert not sees(guard, Case("i-1", Scenario.CAMPUS_FOUR_100, frozenset(), gate_of="school:b"))


def test_the_unit_above_sees_what_those_below_work_on_and_reads_no_notes() -> None:
    officer = somebody(Role.UNIT_OFFICER, "police")
    case = Case("i-1", Scenario.BOARDING_ABSENCE, frozenset({"station:a", "school:a"}))
    assert sees(officer, case)
    assert not sees(officer, case, Part.WORDS)
    assert not sees(officer, case, Part.PUPILS)
    school_only = Case(
        "i-2", Scenario.VENUE_MINOR, frozenset({"school:a"}), frozenset({"station:a"})
    )
    assert not sees(officer, school_only)


def test_only_the_police_read_the_codes_of_the_authority() -> None:
    reading = {
        role for role in Role for unit in UNITS if grounds(somebody(role, unit), Part.AUTHORITY)
    }
    assert reading == {Role.STATION_OFFICER}


@given(roles, units, cases)
def test_unusual_access_opens_that_case_and_no_code_of_the_authority(
    role: Role, unit: str, case: Case
) -> None:
    granted = somebody(role, unit, "i-1")
    assert sees(granted, case, Part.WORDS)
    assert sees(granted, case, Part.AUTHORITY) == sees(somebody(role, unit), case, Part.AUTHORITY)
    elsewhere = somebody(role, unit, "i-2")
    assert sees(elsewhere, case) == sees(somebody(role, unit), case)


@pytest.mark.parametrize("unit", ["a", "b"])
def test_a_circle_in_the_tree_is_walked_once(unit: str) -> None:
    assert set(above(unit, {"a": "b", "b": "a"})) == {"a", "b"} - {unit}


def test_a_class_teacher_sees_the_cases_of_the_own_class_and_of_nobody_in_particular() -> None:
    teacher = somebody(Role.CLASS_TEACHER, "school:a")
    theirs = frozenset({"school:a"})

    def about(scenario: Scenario, *teachers: tuple[str, str]) -> Case:
        return Case("i-1", scenario, theirs, is_nameless=False, teachers=frozenset(teachers))

    assert sees(teacher, about(Scenario.DROWNING_RISK, ("account:x", "school:a")), Part.WORDS)
    assert not sees(teacher, about(Scenario.DROWNING_RISK, ("account:y", "school:a")))
    assert not sees(teacher, about(Scenario.BOARDING_ABSENCE, ("account:y", "school:a")))
    assert not sees(teacher, about(Scenario.FOOD_SAFETY, ("account:x", "school:a")))
    assert sees(teacher, Case("i-1", Scenario.BOARDING_ABSENCE, theirs))
    assert not sees(teacher, Case("i-1", Scenario.DROWNING_RISK, theirs))
