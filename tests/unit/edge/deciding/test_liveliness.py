from edge_agent.core.boxes import Box
from edge_agent.core.liveliness import Liveliness
from edge_agent.core.tracks import TrackId
from tests.unit.edge.deciding.deciding_kit import standing_at, track

STIRRING = [standing_at(0.4, 0.8)]


def lively_after(
    seconds: int, x_step: float = 0.0, motion: list[Box] | None = None, still_s: float = 60.0
) -> frozenset[TrackId]:
    liveliness, lively = Liveliness(still_s), frozenset[TrackId]()
    for second in range(seconds):
        seen = [track(0.4 + second * x_step, 0.8)]
        liveliness, lively = liveliness.observe(float(second), seen, motion, {})
    return lively


def test_what_has_never_moved_is_a_thing() -> None:
    assert lively_after(30, motion=[]) == frozenset()
    assert lively_after(30, motion=None) == frozenset()


def test_who_walks_is_alive() -> None:
    assert lively_after(10, x_step=0.02) == {7}


def test_who_stirs_on_the_spot_is_alive() -> None:
    assert lively_after(5, motion=STIRRING) == {7}


def test_motion_elsewhere_wakes_nobody() -> None:
    assert lively_after(5, motion=[standing_at(0.8, 0.8)]) == frozenset()


def test_who_has_not_stirred_for_long_is_a_thing_again() -> None:
    liveliness, lively = Liveliness(60.0), frozenset[TrackId]()
    for second in range(100):
        motion = STIRRING if second < 10 else []
        liveliness, lively = liveliness.observe(float(second), [track(0.4, 0.8)], motion, {})
        assert (lively == {7}) == (second <= 69)


def test_an_heir_is_as_lively_as_whom_it_carries_on() -> None:
    liveliness, _ = Liveliness(60.0).observe(0.0, [track(0.4, 0.8)], STIRRING, {})
    liveliness, _ = liveliness.observe(1.0, [track(0.4, 0.8)], STIRRING, {})
    _, lively = liveliness.observe(2.0, [track(0.4, 0.8, track_id=9)], [], {9: 7})
    assert lively == {7, 9}
