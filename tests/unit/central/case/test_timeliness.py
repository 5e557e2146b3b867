"""How fast a unit works is told from buckets, about right and never far off."""

from bisect import bisect_left

from hypothesis import given
from hypothesis import strategies as st

from central.core.counting import (
    Closing,
    Sums,
    Told,
    add,
    adds,
    hour_of_week,
    month_of,
    months_between,
    months_from,
)
from central.core.sham import ShamLimits, reasons
from central.core.timeliness import BOUNDS_S, BUCKETS, Worked, bucket_of, quantile
from contract.scenarios import Scenario

NOON = 1_795_406_400_000  # Monday 2026-11-23 12:00 in the district


@given(st.lists(st.integers(0, BOUNDS_S[-1]), min_size=1), st.sampled_from([0.5, 0.9]))
def test_a_quantile_always_lies_in_the_bucket_of_the_true_one(took: list[int], q: float) -> None:
    buckets = [0] * BUCKETS
    for one in took:
        buckets[bucket_of(one)] += 1
    rank = max(1, -(-len(took) * q // 1))  # the smallest that so many do not pass
    true = sorted(took)[int(rank) - 1]
    found = quantile(buckets, q)
    assert found is not None
    at = bisect_left(BOUNDS_S, true)
    assert (BOUNDS_S[at - 1] if at else 0) <= found <= BOUNDS_S[at]


def test_nothing_done_has_no_quantile() -> None:
    assert quantile([0] * BUCKETS, 0.5) is None


def test_a_task_without_a_deadline_is_judged_neither_way() -> None:
    found = Worked("town:a", is_acknowledged=True).measures()
    assert found == {"tasks": 1, "acknowledged": 1}


def test_a_task_still_open_before_its_deadline_is_not_judged_yet() -> None:
    assert "acknowledge_judged" not in Worked("town:a", acknowledge_level=0).measures()
    late = Worked("town:a", acknowledge_level=1).measures()
    assert late["acknowledge_judged"] == 1
    assert "acknowledged_in_time" not in late


def test_noon_on_a_monday_is_the_twelfth_hour_of_the_week() -> None:
    assert hour_of_week(NOON) == 12
    assert month_of(NOON) == 202611


@given(st.integers(2000 * 12, 2100 * 12), st.integers(-60, 60))
def test_months_go_forth_and_back(number: int, count: int) -> None:
    month = number // 12 * 100 + number % 12 + 1
    assert months_from(months_from(month, count), -count) == month
    if count >= 0:
        assert len(months_between(month, months_from(month, count))) == count + 1


def test_a_drill_says_nothing_of_how_units_work() -> None:
    told = Told(Scenario.DROWNING_RISK, "overstay", "pond", NOON, is_drill=True,
                is_false_alarm=False, is_merged=False, task_units=frozenset({"town:a"}),
                worked=(Worked("town:a"),))  # fmt: skip
    more, sums = adds(told, {}), Sums()
    assert more is not None
    add(sums, more)
    assert not sums.units
    assert sums.kinds["town:a", 202611, "drowning_risk", "overstay", "drill"] == 1


def test_a_case_about_health_adds_nothing() -> None:
    told = Told(Scenario.MIND_CARE, "referral_graded", "edu", NOON, is_drill=False,
                is_false_alarm=False, is_merged=False, task_units=frozenset({"edu"}),
                worked=(Worked("edu"),))  # fmt: skip
    assert adds(told, {}) is None


def test_nine_seconds_are_too_quick_and_a_picture_makes_up_for_words() -> None:
    assert reasons(Closing(NOON, 9, None, 0), ShamLimits()) == ["quick"]
    assert reasons(Closing(NOON, 900, 2, 1), ShamLimits()) == ["bare", "reopened"]
    assert reasons(Closing(NOON, None, None, 0), ShamLimits()) == []
