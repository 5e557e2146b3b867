"""Who may know a pupil, and what a roster's row may say."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from central.core.people import Actor, Role
from central.core.pupils import (
    PupilWanted,
    age_band,
    class_code_of,
    may_find,
    may_keep,
    may_name,
)

SCHOOL = "school:shiyan"


def actor(role: Role, unit: str = SCHOOL) -> Actor:
    return Actor("account:x", "某人", role, unit)


def wanted(**changes: Any) -> PupilWanted:
    given = {"unit_code": SCHOOL, "class_code": "3-2", "school_no": "20230001", "name": "张小明"}
    return PupilWanted.model_validate(given | changes)


@pytest.mark.parametrize(
    ("written", "code"),
    [("3-2", "3-2"), ("三年级二班", "3-2"), ("三（2）班", "3-2"), ("3年级12班", "3-12"),
     ("初二3班", "8-3"), ("高一（十一）班", "10-11"), ("七年级5班", "7-5"),
     ("六（二十一）班", "6-21"),
     ("三(2)班", "3-2")],
)  # fmt: skip
def test_a_class_is_read_as_people_write_it(written: str, code: str) -> None:
    assert class_code_of(written) == code


@pytest.mark.parametrize("written", ["", "二班", "31班", "3-2-1", "三年级", "Class 2", "3–2"])
def test_what_is_no_class_is_said_to_be_none(written: str) -> None:
    with pytest.raises(ValueError, match="班级应写作"):
        class_code_of(written)


@given(st.integers(1, 12), st.integers(1, 40))
def test_a_class_code_reads_as_itself(grade: int, number: int) -> None:
    code = f"{grade}-{number}"
    assert class_code_of(code) == code == class_code_of(f"{grade}年级{number}班")


def test_a_class_that_the_sheet_made_a_date_is_explained() -> None:
    with pytest.raises(ValidationError, match="设为文本"):
        wanted(class_code=datetime(2026, 3, 2, tzinfo=UTC))


@pytest.mark.parametrize("bad", [{"name": ""}, {"school_no": " "}, {"birth_year": 1890},
                                 {"unit_code": "edu"}, {"name": "⟦x⟧"}, {"name": "a\nb"},
                                 {"is_boarder": "也许"}, {"dormitory_room": "301"},
                                 {"unknown": 1}, {"name": {"a": 1}}])  # fmt: skip
def test_a_row_that_says_what_cannot_be_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        wanted(**bad)


def test_a_number_that_a_sheet_keeps_as_a_number_stays_what_it_was() -> None:
    assert wanted(school_no=20230001.0).school_no == "20230001"


def test_only_the_childs_own_school_may_know_the_name() -> None:
    own = {"3-2"}
    knows = {role for role in Role if may_name(actor(role), SCHOOL, "3-2", own)}
    assert knows == {Role.SCHOOL_SAFETY_LEAD, Role.CLASS_TEACHER}
    elsewhere = {role for role in Role if may_name(actor(role, "school:b"), SCHOOL, "3-2", own)}
    assert elsewhere == set()


def test_a_class_teacher_knows_the_own_class_only() -> None:
    teacher = actor(Role.CLASS_TEACHER)
    assert may_name(teacher, SCHOOL, "3-2", {"3-2"})
    assert not may_name(teacher, SCHOOL, "3-1", {"3-2"})
    assert not may_name(teacher, SCHOOL, None, {"3-2"})


@given(st.sampled_from(Role), st.sampled_from([SCHOOL, "school:b", "edu"]))
def test_who_may_know_a_name_may_find_the_pupil(role: Role, unit: str) -> None:
    who = actor(role, unit)
    if may_name(who, SCHOOL, "3-2", {"3-2"}):
        assert may_find(who, SCHOOL, "3-2", {"3-2"})


def test_a_school_keeps_its_own_pupils_and_the_district_all() -> None:
    assert may_keep(actor(Role.SCHOOL_SAFETY_LEAD), SCHOOL)
    assert not may_keep(actor(Role.SCHOOL_SAFETY_LEAD, "school:b"), SCHOOL)
    assert may_keep(actor(Role.DISTRICT_ADMIN, "edu"), SCHOOL)
    assert not may_keep(actor(Role.CLASS_TEACHER), SCHOOL)


@given(st.one_of(st.none(), st.integers(1990, 2030)))
def test_a_department_hears_an_age_band_never_a_year(birth_year: int | None) -> None:
    words = age_band(birth_year, 2026)
    assert birth_year is None or str(birth_year) not in "".join(words)
