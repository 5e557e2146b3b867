"""Patrols are proposed where and when most has happened, and not for a single case."""

from hypothesis import given
from hypothesis import strategies as st

from central.core.patrols import LEAST_CASES, LONGEST_H, plan

WORK, WEEKEND = 0, 1


def row(site_id: str, hour: int, cases: int, days: int = WORK) -> dict[str, object]:
    return {"site_id": site_id, "weekend": days, "hour": hour, "cases": cases}


def test_the_hours_with_most_are_proposed_and_empty_edges_left_out() -> None:
    (found,) = plan([row("pond", 15, 4), row("pond", 16, 2),
                     row("pond", 8, 1)])  # fmt: skip
    assert (found.days, found.begins_h, found.ends_h) == (WORK, 15, 17)
    assert (found.cases, found.of) == (6, 7)


def test_one_case_at_a_place_proposes_nothing() -> None:
    assert plan([row("pond", 15, 1)]) == []


def test_a_weekend_has_a_plan_of_its_own_and_the_denser_comes_first() -> None:
    found = plan([row("pond", 15, 5), row("lake", 10, 5, WEEKEND)])
    assert [(one.site_id, one.days) for one in found] == [("lake", WEEKEND), ("pond", WORK)]


cells = st.dictionaries(
    st.tuples(st.sampled_from("abc"), st.sampled_from([WORK, WEEKEND]), st.integers(0, 23)),
    st.integers(0, 9),
)


@given(cells)
def test_no_window_of_a_place_ever_holds_more_than_the_one_proposed(
    counts: dict[tuple[str, int, int], int],
) -> None:
    for patrol in plan(row(one, hour, cases, days) for (one, days, hour), cases in counts.items()):
        assert 0 < patrol.ends_h - patrol.begins_h <= LONGEST_H
        assert LEAST_CASES <= patrol.cases <= patrol.of
        for at in range(24 - LONGEST_H + 1):
            window = [(patrol.site_id, patrol.days, hour) for hour in range(at, at + LONGEST_H)]
            assert sum(counts.get(one, 0) for one in window) <= patrol.cases
