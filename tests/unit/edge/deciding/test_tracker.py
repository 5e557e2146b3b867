from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.core.boxes import Box, Detection
from edge_agent.core.tracker import Tracker
from edge_agent.core.tracks import TrackState
from tests.unit.edge.deciding.deciding_kit import Step, followed, person

SPEED = 0.1  # of the picture a second: half a body height


def walk(fps: float, seconds: float, start: float = 0.1) -> list[Step]:
    count = int(seconds * fps) + 1
    return [(i / fps, [person(start + SPEED * i / fps, 0.8)]) for i in range(count)]


def test_a_walker_keeps_one_number() -> None:
    assert {t.track_id for tracks in followed(walk(10, 6)) for t in tracks} == {1}


def test_a_walker_keeps_one_number_when_only_every_fourth_frame_is_seen() -> None:
    assert {t.track_id for tracks in followed(walk(2.5, 6)) for t in tracks} == {1}


def test_one_glimpse_confirms_nobody() -> None:
    seen = followed([(0.0, [person(0.5, 0.8)]), (0.1, [])])
    assert all(t.state is TrackState.TENTATIVE for tracks in seen for t in tracks)


def test_a_person_is_confirmed_after_the_same_time_at_any_frame_rate() -> None:
    def confirmed_at(fps: float) -> float:
        steps = walk(fps, 3)
        pairs = zip(steps, followed(steps), strict=True)
        return next(at for (at, _), tracks in pairs if tracks[0].state is TrackState.CONFIRMED)

    assert abs(confirmed_at(30) - confirmed_at(10)) <= 0.1
    assert abs(confirmed_at(10) - confirmed_at(2.5)) <= 0.4


def test_a_person_hidden_for_a_moment_comes_back_as_the_same() -> None:
    steps = [(at, [] if 2.0 < at < 2.8 else seen) for at, seen in walk(10, 5)]
    tracks = followed(steps)
    assert tracks[23][0].state is TrackState.LOST
    assert {t.track_id for t in tracks[-1]} == {1}


def test_a_person_gone_for_long_comes_back_as_somebody_new() -> None:
    here = [person(0.5, 0.8)]
    steps = [(i / 10, here if i < 20 or i > 60 else []) for i in range(80)]
    assert [t.track_id for t in followed(steps)[-1]] == [2]


def test_two_people_who_pass_each_other_keep_their_numbers() -> None:
    steps = [
        (i / 10, [person(0.2 + i / 100, 0.80), person(0.8 - i / 100, 0.86)]) for i in range(61)
    ]
    left, right = followed(steps)[-1]
    assert left.box.foot[0] > 0.7
    assert right.box.foot[0] < 0.3


def test_a_doubtful_detection_starts_nobody() -> None:
    assert followed([(i / 10, [person(0.5, 0.8, score=0.3)]) for i in range(20)])[-1] == []


def test_a_doubtful_detection_carries_somebody_known() -> None:
    steps = [(i / 10, [person(0.5, 0.8, 0.9 if i < 10 else 0.3)]) for i in range(20)]
    assert followed(steps)[-1][0].state is TrackState.CONFIRMED


def test_the_same_person_found_twice_in_a_frame_is_one() -> None:
    twin = Detection(Box(0.472, 0.61, 0.532, 0.8), 0.8)
    steps = [(i / 10, [person(0.5, 0.8), twin] if i > 5 else [person(0.5, 0.8)]) for i in range(20)]
    assert len(followed(steps)[-1]) == 1


def test_the_smoothed_foot_stays_near_the_true_one() -> None:
    last = followed(walk(10, 6))[-1][0]
    assert abs(last.ground[0] - 0.7) < 0.01
    assert abs(last.ground[1] - 0.8) < 0.01


def test_an_empty_picture_has_no_tracks() -> None:
    assert followed([(0.0, []), (1.0, []), (2.0, [])]) == [[], [], []]


detections = st.builds(
    person, st.floats(-0.1, 1.1), st.floats(0.0, 1.1), st.floats(0.0, 1.0, exclude_min=True)
)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.floats(0.0, 5.0), st.lists(detections, max_size=6)), max_size=25))
def test_no_two_tracks_of_a_frame_ever_share_a_number(
    steps: list[tuple[float, list[Detection]]],
) -> None:
    at, tracker = 0.0, Tracker()
    for wait_s, seen in steps:
        at += wait_s
        tracker, tracks = tracker.observe(at, seen)
        numbers = [t.track_id for t in tracks]
        assert len(set(numbers)) == len(numbers)
        assert all(t.box.left < t.box.right and t.box.top < t.box.bottom for t in tracks)
        assert len(tracker.lives) == len(tracker.motion)


@settings(max_examples=30)
@given(st.floats(2.0, 40.0), st.floats(-0.12, 0.12), st.floats(0.3, 0.7))
def test_the_frame_rate_never_changes_who_is_who(fps: float, speed: float, start: float) -> None:
    steps = [(i / fps, [person(start + speed * i / fps, 0.8)]) for i in range(int(4 * fps))]
    assert {t.track_id for tracks in followed(steps) for t in tracks} == {1}
