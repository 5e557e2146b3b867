from edge_agent.core.heirs import Heirs
from edge_agent.core.tracks import Track, TrackState
from tests.unit.edge.deciding.deciding_kit import standing_at, track


def heir_of(*steps: tuple[float, list[Track]]) -> dict[int, int]:
    heirs, found = Heirs(memory_s=1.5), dict[int, int]()
    for at, tracks in steps:
        heirs, new = heirs.observe(at, tracks)
        found |= dict(new)
    return found


def test_who_appears_where_another_vanished_carries_on() -> None:
    assert heir_of((0.0, [track(0.5, 0.8, 1)]), (1.0, [track(0.52, 0.8, 2)])) == {2: 1}


def test_who_appears_elsewhere_is_somebody_else() -> None:
    assert heir_of((0.0, [track(0.5, 0.8, 1)]), (0.5, [track(0.9, 0.8, 2)])) == {}


def test_who_appears_beside_somebody_still_seen_is_somebody_else() -> None:
    both = [track(0.5, 0.8, 1), track(0.52, 0.8, 2)]
    assert heir_of((0.0, [track(0.5, 0.8, 1)]), (0.1, both)) == {}


def test_after_too_long_nobody_is_remembered() -> None:
    assert heir_of((0.0, [track(0.5, 0.8, 1)]), (2.0, [track(0.5, 0.8, 2)])) == {}


def test_a_track_has_one_heir() -> None:
    two = [track(0.5, 0.8, 2), track(0.51, 0.8, 3)]
    assert heir_of((0.0, [track(0.5, 0.8, 1)]), (0.5, two)) == {2: 1}


def test_the_nearest_of_the_vanished_is_carried_on() -> None:
    gone = [track(0.5, 0.8, 1), track(0.55, 0.8, 2)]
    assert heir_of((0.0, gone), (0.5, [track(0.54, 0.8, 3)])) == {3: 2}


def test_a_child_does_not_carry_on_for_an_adult_twice_as_tall() -> None:
    small = Track(2, standing_at(0.5, 0.8, height=0.1), TrackState.CONFIRMED)
    assert heir_of((0.0, [track(0.5, 0.8, 1)]), (0.5, [small])) == {}
