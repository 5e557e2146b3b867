from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.core.dwell import Dwell, Overstay
from edge_agent.core.tracks import Track
from edge_agent.core.zones import Zone
from tests.unit.edge.deciding.deciding_kit import track

POND = Zone("pond", ((0.3, 0.5), (0.7, 0.5), (0.7, 1.0), (0.3, 1.0)), dwell_limit_s=8.0)
INSIDE, OUTSIDE = track(0.5, 0.8), track(0.1, 0.8)
LOST = track(0.5, 0.8, state="lost")


def overstays(
    steps: Sequence[tuple[float, Track | None]], zone: Zone = POND, grace_s: float = 1.5
) -> list[Overstay]:
    dwell, found = Dwell(grace_s), list[Overstay]()
    for at, seen in steps:
        dwell, new = dwell.observe(at, [seen] if seen else [], [zone], {})
        found += new
    return found


def every(
    seconds: float, until: float, seen: Track | None = INSIDE
) -> list[tuple[float, Track | None]]:
    return [(i * seconds, seen) for i in range(int(until / seconds) + 1)]


def test_who_stays_is_reported_once() -> None:
    assert overstays(every(0.5, 30.0)) == [Overstay(7, "pond", 8.0, "7@0.000")]


def test_who_leaves_in_time_is_not_reported() -> None:
    assert overstays([*every(0.5, 7.5), (8.0, OUTSIDE), (12.0, OUTSIDE)]) == []


def test_leaving_for_longer_than_the_grace_starts_the_count_again() -> None:
    away = [(5.0 + i / 2, OUTSIDE) for i in range(5)]
    back = [(7.5 + i / 2, INSIDE) for i in range(14)]
    assert overstays([*every(0.5, 4.5), *away, *back]) == []


def test_who_comes_back_after_a_real_leave_is_reported_again() -> None:
    away = [(10.5 + i / 2, OUTSIDE) for i in range(6)]
    back = [(13.5 + i / 2, INSIDE) for i in range(20)]
    assert len(overstays([*every(0.5, 10.0), *away, *back])) == 2


def test_a_moment_behind_a_post_does_not_start_the_count_again() -> None:
    steps = [(i / 10, LOST if 40 < i < 52 else INSIDE) for i in range(100)]
    assert [o.dwell_s for o in overstays(steps)] == [8.0]


def test_a_foot_that_flickers_over_the_edge_does_not_start_the_count_again() -> None:
    steps = [(i / 10, OUTSIDE if i % 7 == 3 else INSIDE) for i in range(100)]
    assert len(overstays(steps)) == 1


def test_a_track_that_is_only_foreseen_is_not_reported() -> None:
    assert overstays([*every(0.5, 7.5), (8.0, LOST), (8.5, LOST)]) == []


def test_the_count_starts_when_a_person_is_first_seen_not_when_confirmed() -> None:
    tentative = track(0.5, 0.8, state="tentative")
    steps = [(i / 10, tentative if i < 4 else INSIDE) for i in range(100)]
    assert [o.dwell_s for o in overstays(steps)] == [8.0]


def test_a_new_number_for_the_same_person_keeps_the_count() -> None:
    dwell, found = Dwell(), list[Overstay]()
    for i in range(100):
        seen = INSIDE if i < 50 else track(0.5, 0.8, track_id=9)
        dwell, new = dwell.observe(i / 10, [seen], [POND], {9: 7} if i == 50 else {})
        found += new
    assert found == [Overstay(9, "pond", 8.0, "7@0.000")]


def test_a_reported_person_under_a_new_number_is_not_reported_again() -> None:
    dwell, found = Dwell(), list[Overstay]()
    for i in range(200):
        seen = INSIDE if i < 90 else track(0.5, 0.8, track_id=9)
        dwell, new = dwell.observe(i / 10, [seen], [POND], {9: 7} if i == 90 else {})
        found += new
    assert [o.track_id for o in found] == [7]


def test_a_zone_for_two_waits_until_two_are_in_it() -> None:
    zone = Zone("pond", POND.polygon, 8.0, min_people=2)
    friend, dwell, reported_at = track(0.6, 0.8, track_id=8), Dwell(), list[float]()
    for i in range(150):
        seen = [INSIDE, friend] if i >= 100 else [INSIDE]
        dwell, new = dwell.observe(i / 10, seen, [zone], {})
        reported_at += [i / 10 for _ in new]
    assert reported_at == [10.0]


def test_a_body_cut_by_the_lower_edge_stands_in_a_zone_that_reaches_it() -> None:
    steps = [(i / 10, track(0.5, 1.05)) for i in range(100)]
    assert len(overstays(steps)) == 1


def walked(pace: float, step_s: float, offset_s: float = 0.0) -> list[Overstay]:
    """A walk through the pond from its left edge's far side to its right one's, at even pace."""
    times = [offset_s + i * step_s for i in range(int(1.0 / pace / step_s))]
    return overstays([(at, track(at * pace, 0.8)) for at in times])


def test_the_count_starts_where_the_edge_was_stepped_over_not_at_the_next_frame() -> None:
    (found,) = overstays([(0.0, track(0.1, 0.8)), *[(1.0 + i, INSIDE) for i in range(9)]])
    assert found.dwell_s == pytest.approx(8.5, abs=0.01)


def test_who_stepped_out_between_two_frames_after_the_limit_is_still_reported() -> None:
    (found,) = overstays([*every(1.0, 7.0), (9.0, track(0.71, 0.8))], grace_s=2.5)
    assert found.dwell_s == pytest.approx(8.9, abs=0.1)


def test_who_stepped_out_between_two_frames_before_the_limit_is_not_reported() -> None:
    assert overstays([*every(1.0, 7.0), (9.0, track(1.0, 0.8))], grace_s=2.5) == []


def test_a_new_number_steps_over_the_edge_from_where_the_old_one_stood() -> None:
    dwell, _ = Dwell().observe(0.0, [track(0.1, 0.8)], [POND], {})
    dwell, _ = dwell.observe(1.0, [track(0.5, 0.8, track_id=9)], [POND], {9: 7})
    assert dwell.present[9, "pond"].entered_at == pytest.approx(0.5, abs=0.01)


@given(
    st.sampled_from([0.03, 0.046, 0.048, 0.052, 0.054, 0.08]),
    st.sampled_from([0.1, 0.2, 0.4, 0.8]),
    st.floats(0.0, 1.0),
)
def test_a_slow_box_reports_the_same_walkers_as_a_fast_one(
    pace: float, step_s: float, share: float
) -> None:
    stays_s = 0.4 / pace
    found = walked(pace, step_s, share * step_s)
    assert bool(found) == (stays_s >= POND.dwell_limit_s)
    assert all(o.dwell_s <= stays_s + 0.02 for o in found)


@given(st.lists(st.floats(0.01, 1.4), min_size=1, max_size=60))
def test_the_frame_rate_never_changes_the_verdict(waits: list[float]) -> None:
    times = [sum(waits[:i]) for i in range(len(waits) + 1)]
    found = overstays([(at, INSIDE) for at in times])
    assert bool(found) == (times[-1] - times[0] >= POND.dwell_limit_s)
    assert all(POND.dwell_limit_s <= o.dwell_s < POND.dwell_limit_s + max(waits) for o in found)


@given(st.lists(st.sampled_from([INSIDE, OUTSIDE, LOST, None]), max_size=80))
def test_nobody_is_ever_reported_before_the_limit(seen: list[Track | None]) -> None:
    assert all(
        o.dwell_s >= POND.dwell_limit_s for o in overstays([(i / 4, s) for i, s in enumerate(seen)])
    )
