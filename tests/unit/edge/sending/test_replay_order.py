from hypothesis import given
from hypothesis import strategies as st

from edge_agent.core.backoff import Backoff
from edge_agent.core.replay_order import Pace, Waiting, in_order

ages = st.none() | st.floats(0.0, 10_000.0)
waitings = st.lists(
    st.builds(Waiting, st.integers(1, 10_000), st.booleans(), ages, st.integers(0, 5)),
    unique_by=lambda waiting: waiting.seq,
    max_size=30,
)


def test_a_critical_alert_goes_before_a_newer_one_that_is_not() -> None:
    newer, critical = Waiting(2, False, 1.0, 0), Waiting(1, True, 30.0, 0)
    assert in_order([newer, critical]) == [critical, newer]


def test_an_alert_of_unknown_age_is_late() -> None:
    assert Waiting(1, True, None, 0).is_late


def test_an_untried_alert_of_the_backlog_goes_before_one_already_sent() -> None:
    tried, untried = Waiting(1, True, 900.0, 2), Waiting(9, False, 900.0, 0)
    assert in_order([tried, untried]) == [untried, tried]


@given(waitings)
def test_every_alert_always_has_its_place_and_no_late_one_goes_before_a_fresh_one(
    waiting: list[Waiting],
) -> None:
    ordered = in_order(waiting)
    assert sorted(w.seq for w in ordered) == sorted(w.seq for w in waiting)
    assert [w.is_late for w in ordered] == sorted(w.is_late for w in ordered)


@given(waitings)
def test_the_fresh_ones_come_newest_first_and_the_backlog_oldest_first(
    waiting: list[Waiting],
) -> None:
    ordered = in_order(waiting)
    for critical in (True, False):
        fresh = [w.seq for w in ordered if not w.is_late and w.is_critical is critical]
        assert fresh == sorted(fresh, reverse=True)
    for attempts in range(6):
        late = [w.seq for w in ordered if w.is_late and w.attempts == attempts]
        assert late == sorted(late)


@given(st.floats(0.1, 1000.0), st.lists(st.floats(0.0, 5.0), max_size=50))
def test_the_pace_never_lets_through_more_than_its_rate(per_s: float, pauses: list[float]) -> None:
    pace, now, through = Pace(per_s).started(0.0), 0.0, 0
    for pause in pauses:
        now += pause
        pace = pace.earned(now)
        through += pace.allowed
        pace = pace.spent(pace.allowed)
    assert through <= per_s * now + 1e-6


def test_nothing_is_let_through_before_the_start_that_was_set() -> None:
    pace = Pace(20.0).started(10.0)
    assert [pace.earned(9.9).allowed, pace.earned(11.0).allowed] == [0, 20]


def test_an_idle_hour_does_not_save_up_a_flood() -> None:
    assert Pace(20.0).started(0.0).earned(3600.0).allowed == 20


@given(st.integers(0, 100), st.floats(0.0, 1.0))
def test_a_wait_is_always_between_half_the_first_and_the_most(failures: int, chance: float) -> None:
    wait_s = Backoff(1.0, 120.0, failures).wait_s(chance)
    assert 0.5 <= wait_s <= 120.0


def test_waits_grow_while_it_fails_and_begin_again_after_success() -> None:
    backoff = Backoff(1.0, 120.0)
    waits = []
    for _ in range(9):
        waits.append(backoff.wait_s(1.0))
        backoff = backoff.failed()
    assert waits == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 120.0, 120.0]
    assert backoff.reset().wait_s(1.0) == 1.0
