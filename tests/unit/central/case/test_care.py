"""Who refers, grades and reads; and counts from which no child can be subtracted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.adapters.playbooks import shipped
from central.core.care import (
    CALLS_FOR,
    GRADES,
    Grade,
    in_fives,
    may_grade,
    may_read,
    may_refer,
    published,
)
from central.core.people import Actor, Role
from central.core.suppression import LEAST

SCHOOLS = ["school:a", "school:b"]
COUNTS = st.dictionaries(
    st.tuples(st.sampled_from(SCHOOLS), st.sampled_from(["low", "medium", "high"])),
    st.integers(0, 40),
)


@given(COUNTS, COUNTS)
def test_no_published_figure_and_no_difference_of_two_is_below_k(
    now: dict[tuple[str, str], int], later: dict[tuple[str, str], int]
) -> None:
    """Also of sums over any rows, and of the same question asked again after more has come."""
    figures = [*published(now).values(), *published(later).values(),
               sum(published(now).values()), sum(published(later).values()),
               *(sum(n for (school, _), n in published(now).items() if school == one)
                 for one in SCHOOLS)]  # fmt: skip
    assert all(figure == 0 or figure >= LEAST for figure in figures)
    assert all(a == b or abs(a - b) >= LEAST for a in figures for b in figures)


@given(COUNTS)
def test_a_school_with_few_looks_like_one_with_none(cells: dict[tuple[str, str], int]) -> None:
    few = {key: 0 if count < LEAST else count for key, count in cells.items()}
    assert published(cells) == published(few)


@given(st.integers(0, 10_000))
def test_a_count_is_never_said_larger_than_it_is(count: int) -> None:
    assert count - LEAST < in_fives(count) <= count


def test_the_playbook_knows_who_is_called_for_and_no_grade() -> None:
    (playbook,) = (one for one in shipped() if one.playbook == "mind_care")
    outcomes = next(duty for duty in playbook.tasks if duty.code == "grade").report.outcomes
    assert set(CALLS_FOR) == set(Grade)
    assert set(CALLS_FOR.values()) == set(outcomes)
    said = playbook.model_dump_json()
    assert not any(word in said for grade in Grade for word in (GRADES[grade][0], f'"{grade}"'))


@pytest.mark.parametrize(
    ("role", "unit", "may"),
    [
        (Role.CLASS_TEACHER, "school:a", True),
        (Role.SCHOOL_SAFETY_LEAD, "school:a", True),
        (Role.CLASS_TEACHER, "school:b", False),
        (Role.GUARD, "school:a", False),
        (Role.STATION_OFFICER, "station:x", True),
        (Role.UNIT_OFFICER, "health", True),
        (Role.UNIT_OFFICER, "market", False),
        (Role.DUTY_OFFICER, "edu", False),
        (Role.PSYCHOLOGIST, "edu", True),
    ],
)
def test_who_may_refer_is_a_table(role: Role, unit: str, *, may: bool) -> None:
    assert may_refer(Actor("account:x", "X", role, unit), "school:a") is may


def test_only_a_trained_person_with_a_task_reads_and_only_the_schools_grades() -> None:
    own = Actor("account:x", "X", Role.PSYCHOLOGIST, "school:a")
    edu = Actor("account:e", "E", Role.PSYCHOLOGIST, "edu")
    lead = Actor("account:s", "S", Role.SCHOOL_SAFETY_LEAD, "school:a")
    assert may_read(own, {"school:a"})
    assert may_grade(own, "school:a", {"school:a"})
    assert not may_read(edu, {"school:a"})
    assert may_read(edu, {"school:a", "edu"})
    assert not may_grade(edu, "school:a", {"school:a", "edu"})
    assert not may_read(lead, {"school:a"})
