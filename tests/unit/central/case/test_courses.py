"""The menu of 90, terms, and coverage as shares that can be checked."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.adapters.menu import MenuError, read_courses, read_points, sample_menu
from central.core.courses import Booked, Category, coverage, named_term, term_of, years
from tests.integration.case_district import NOON

SCHOOLS = ["school:a", "school:b", "school:c"]
MENU = ["FZ-01", "FZ-02"]


def test_the_sample_menu_has_ninety_courses_in_five_categories_with_codes_of_their_own() -> None:
    menu = sample_menu()
    assert len(menu) == 90
    assert Counter(one.category for one in menu) == dict.fromkeys(Category, 18)
    assert len({one.code for one in menu}) == len({one.title_zh for one in menu}) == 90
    assert all(one.title_en for one in menu)


@pytest.mark.parametrize(
    ("at", "name"), [(NOON, "2026-1"), (NOON + 100 * 86_400_000, "2026-2"),
                     (NOON + 300 * 86_400_000, "2027-1")]
)  # fmt: skip
def test_a_moment_belongs_to_one_term(at: int, name: str) -> None:
    assert term_of(at).name == name
    assert term_of(at).holds(at)
    assert named_term(name) == term_of(at)


@given(st.lists(st.builds(
    Booked, st.sampled_from(SCHOOLS), st.sampled_from(MENU),
    st.sampled_from(["booked", "held", "cancelled"]), st.none() | st.integers(0, 60),
)))  # fmt: skip
def test_coverage_counts_what_was_held_and_never_more_than_there_is(found: list[Booked]) -> None:
    counts = coverage(SCHOOLS, MENU, found)
    held = [one for one in found if one.state == "held"]
    assert counts["schools"] == {"numerator": len({o.unit_code for o in held}), "denominator": 3}
    assert counts["courses"]["numerator"] <= counts["courses"]["denominator"] == 2
    assert counts["pupils"] == sum(row["pupils"] for row in counts["by_school"].values())
    assert counts["pupils"] == sum(row["pupils"] for row in counts["by_course"].values())
    for row in (*counts["by_school"].values(), *counts["by_course"].values()):
        assert 0 <= row["numerator"] <= row["denominator"]
        assert row["held"] <= row["booked"]


def test_a_menu_is_read_from_csv_also_as_excel_writes_it() -> None:
    text = "code,category,title_zh,minutes\nFZ-01,law,宪法在我身边,45\nXL-01,mind,认识情绪,\n"
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        menu = read_courses(text.encode(encoding), "menu.csv")
        assert [one.minutes for one in menu] == [45, 40]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("code,category,title_zh\nfz1,law,宪法\nFZ-02,laws,民法\n", "menu.csv:2: code"),
        ("code,category,title_zh\nfz1,law,宪法\nFZ-02,laws,民法\n", "menu.csv:3: category"),
        ("code,category,title_zh\nFZ-01,law,宪法\nFZ-01,law,民法\n", "stands twice"),
        ("code,category,title_zh\n", "1 to 5000 rows"),
    ],
)
def test_a_menu_with_mistakes_says_each_by_row(content: str, said: str) -> None:
    with pytest.raises(MenuError, match=said):
        read_courses(content.encode(), "menu.csv")


def test_service_points_name_their_town() -> None:
    (point,) = read_points("point_id,name_zh,town_code\nyong-1,甬爱e家,town:yuelin\n".encode(),
                           "points.csv")  # fmt: skip
    assert point.town_code == "town:yuelin"
    with pytest.raises(MenuError, match="town_code"):
        read_points("point_id,name_zh,town_code\na,甬爱e家,school:x\n".encode(), "p.csv")


@pytest.mark.parametrize("for_zh", ["小学1—2年级", "初中7-9年级"])
def test_years_are_said_in_both_languages(for_zh: str) -> None:
    chinese, english = years(for_zh)
    assert chinese == for_zh
    assert english.isascii()


def test_what_a_district_writes_about_years_stays_as_it_is() -> None:
    assert years("全体学生") == ("全体学生", "全体学生")
