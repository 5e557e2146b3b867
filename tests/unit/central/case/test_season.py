"""The season at open water: the district's months, over New Year too."""

from hypothesis import given
from hypothesis import strategies as st

from central.core.figure_sheets import by_season
from central.core.patrols import sheet
from central.core.season import WHOLE_YEAR, Season

months = st.integers(1, 12)


def test_both_ends_are_in_it() -> None:
    summer = Season(5, 9)
    assert [one for one in range(1, 13) if summer.holds(202600 + one)] == [5, 6, 7, 8, 9]


def test_it_may_go_over_new_year() -> None:
    winter = Season(11, 2)
    assert [one for one in range(1, 13) if winter.holds(202600 + one)] == [1, 2, 11, 12]


@given(months, months)
def test_its_ends_are_always_in_it_and_a_whole_year_leaves_nothing_out(
    first: int, last: int
) -> None:
    season = Season(first, last)
    held = [one for one in range(1, 13) if season.holds(202600 + one)]
    assert {first, last} <= set(held)
    assert season.is_whole == (len(held) == 12)


def row(month: int, scenario: str, state: str = "counted") -> dict[str, object]:
    return {"month": month, "scenario": scenario, "state": state, "cases": 2}


def test_the_sheet_by_season_counts_it_apart() -> None:
    rows = [row(202507, "drowning_risk"), row(202607, "drowning_risk"),
            row(202612, "drowning_risk"), row(202607, "food_safety"),
            row(202607, "drowning_risk", "false_alarm")]  # fmt: skip
    assert "防溺水重点期（5月至9月）溺水风险 4 起" in by_season(rows, Season(5, 9)).note[0]
    assert "重点期" not in by_season(rows).note[0]


def test_the_patrols_say_from_which_months_they_come() -> None:
    assert "重点期（6月至8月）" in sheet([], {}, {}, Season(6, 8)).note[0]
    assert "June to August only" in sheet([], {}, {}, Season(6, 8)).note[1]
    assert "重点期" not in sheet([], {}, {}, WHOLE_YEAR).note[0]
