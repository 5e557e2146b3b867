"""Four times 100 %, and what is missing."""

from hypothesis import given
from hypothesis import strategies as st

from central.core.four_hundred import Counted, quarters, together
from contract.scenarios import Duty

DAYS = {"2026-11-23", "2026-11-24"}


def counted(duty: Duty, numerator: float, denominator: float = 100, day: str = "2026-11-23"
            ) -> Counted:  # fmt: skip
    return Counted("school:shiyan", day, duty, numerator, denominator)


def whole(day: str) -> list[Counted]:
    return [counted(duty, 100, day=day) for duty in Duty]


def test_every_duty_met_on_every_school_day_is_four_times_100() -> None:
    four = quarters([one for day in DAYS for one in whole(day)], DAYS)
    assert [one.is_met for one in four] == [True] * 4


def test_a_school_without_any_figure_has_no_share_and_is_not_met() -> None:
    four = quarters([], DAYS)
    assert [(one.share, one.is_met) for one in four] == [(None, False)] * 4


def test_a_missing_day_is_missing_though_the_rest_is_100() -> None:
    four = quarters(whole("2026-11-23"), DAYS)
    assert [(one.share, one.is_complete, one.is_met) for one in four] == [(1.0, False, False)] * 4


def test_alarm_and_video_are_as_good_as_the_worse_of_them_and_unknown_without_one() -> None:
    alarm = counted(Duty.ALARM_WORKS, 100)
    (half,) = [one for one in quarters([alarm], DAYS) if one.code == "alarm_and_video"]
    assert half.share is None
    video = counted(Duty.VIDEO_WORKS, 40)
    (both,) = [one for one in quarters([alarm, video], DAYS) if one.code == "alarm_and_video"]
    assert both.share == 0.4


def test_the_districts_share_is_of_all_schools_and_incomplete_where_one_is_missing() -> None:
    one = quarters([one for day in DAYS for one in whole(day)], DAYS)
    district = together({"school:shiyan": one, "school:jinping": quarters([], DAYS)})
    assert [(quarter.share, quarter.is_met) for quarter in district] == [(1.0, False)] * 4


@given(
    st.lists(st.tuples(st.sampled_from(Duty), st.integers(0, 100), st.sampled_from(sorted(DAYS))))
)
def test_a_share_is_never_met_unless_every_day_has_a_figure(
    said: list[tuple[Duty, int, str]],
) -> None:
    rows = [counted(duty, numerator, 100, day) for duty, numerator, day in said]
    for one in quarters(rows, DAYS):
        seen = [{row.day for row in rows if row.duty is part.duty} for part in one.parts]
        assert not one.is_met or all(days == DAYS for days in seen)
