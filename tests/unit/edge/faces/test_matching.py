import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.core.boxes import Box
from edge_agent.core.calibration import TooFewPairsError, calibrated
from edge_agent.core.face_quality import PROBLEMS, TO_ENROL, TO_MATCH, Measured, Problem, turn_of
from edge_agent.core.faces import SCALES, Embedding, Face, apart, template_of, unit
from edge_agent.core.matching import EntryKind, Nearness, TemplateSet
from edge_agent.core.votes import Ballot, Hint, Votes

EYES_LEVEL = ((0.4, 0.4), (0.6, 0.4), (0.5, 0.5), (0.42, 0.6), (0.58, 0.6))
NEAR = Nearness(SCALES["sface"])


def a_face(nose_x: float = 0.5, score: float = 0.95) -> Face:
    eye, other, _, mouth, corner = EYES_LEVEL
    return Face(Box(0.3, 0.2, 0.7, 0.8), (eye, other, (nose_x, 0.5), mouth, corner), score)


def measured(width_px: float = 80.0, sharpness: float = 200.0, light: float = 0.5) -> Measured:
    return Measured(a_face(), width_px, sharpness, light)


def vector(*angles: float) -> Embedding:
    """A unit vector that turns away from the first axis by an angle in each further one."""
    raw = np.zeros(128, np.float32)
    raw[0] = 1.0
    for axis, angle in enumerate(angles, start=1):
        raw[axis] = np.tan(angle)
    return unit(raw)


def templates(*vectors: Embedding) -> TemplateSet:
    ids = tuple(f"entry-{number}" for number in range(len(vectors)))
    pupil: EntryKind = "pupil"
    kinds = tuple(pupil for _ in vectors)
    return TemplateSet(ids, kinds, np.stack(vectors), 1)


def test_ninety_percent_of_sface_is_the_distance_that_was_measured() -> None:
    assert SCALES["sface"].distance(0.90) == pytest.approx(0.923, abs=0.001)
    assert SCALES["dlib"].distance(0.90) == pytest.approx(0.367, abs=0.001)


@given(st.floats(0.001, 0.999), st.sampled_from(sorted(SCALES)))
def test_a_scale_and_its_inverse_always_agree(similarity: float, backend: str) -> None:
    scale = SCALES[backend]
    assert scale.similarity(scale.distance(similarity)) == pytest.approx(similarity)


@given(st.floats(0.0, 2.0), st.floats(0.0, 2.0))
def test_the_nearer_of_two_is_never_less_alike(one: float, other: float) -> None:
    scale = SCALES["sface"]
    near, far = sorted((one, other))
    assert scale.similarity(near) >= scale.similarity(far)


def test_a_template_is_the_mean_of_its_photographs_at_length_one() -> None:
    template = template_of([vector(0.1), vector(-0.1)])
    assert np.linalg.norm(template) == pytest.approx(1.0)
    assert apart(template, vector(0.0)) == pytest.approx(0.0, abs=1e-6)


def test_a_good_face_passes_both_gates() -> None:
    assert TO_MATCH.problems(measured()) == []
    assert TO_ENROL.problems(measured()) == []


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        (measured(width_px=39.0), Problem.TOO_SMALL),
        (measured(sharpness=19.0), Problem.BLURRED),
        (measured(light=0.05), Problem.TOO_DARK),
        (measured(light=0.98), Problem.TOO_BRIGHT),
        (Measured(a_face(nose_x=0.58), 80.0, 200.0), Problem.TURNED_ASIDE),
        (Measured(a_face(score=0.7), 80.0, 200.0), Problem.UNSURE),
    ],
)
def test_a_bad_face_is_named_for_what_is_wrong_with_it(bad: Measured, problem: Problem) -> None:
    assert TO_MATCH.problems(bad) == [problem]


def test_enrolling_asks_for_more_than_matching() -> None:
    assert TO_MATCH.problems(measured(width_px=50.0, sharpness=30.0)) == []
    assert set(TO_ENROL.problems(measured(width_px=50.0, sharpness=30.0))) == {
        Problem.TOO_SMALL,
        Problem.BLURRED,
    }


def test_every_problem_has_words_in_both_languages() -> None:
    assert set(PROBLEMS) == set(Problem)


def test_a_nose_in_the_middle_is_straight_ahead() -> None:
    assert turn_of(a_face(0.5)) == pytest.approx(0.0)
    assert turn_of(a_face(0.55)) == pytest.approx(0.25)


def test_the_nearest_entry_gets_the_vote_if_it_is_near_enough() -> None:
    ballot = NEAR.ballot(vector(0.3), templates(vector(0.0), vector(0.0, 1.4)))
    assert ballot.entry_id == "entry-0"
    assert ballot.similarity > 0.99


def test_a_stranger_votes_for_nobody() -> None:
    assert NEAR.ballot(vector(1.4), templates(vector(0.0, 1.4))).entry_id is None


def test_two_entries_that_are_equally_near_get_no_vote() -> None:
    assert NEAR.ballot(vector(0.0), templates(vector(0.2), vector(-0.2))).entry_id is None


def test_an_empty_gallery_matches_nobody() -> None:
    assert NEAR.ballot(vector(0.0), TemplateSet()).entry_id is None


def cast(*ballots: str | None) -> list[Hint]:
    votes, hints = Votes(), list[Hint]()
    for entry_id in ballots:
        votes, hint = votes.observe(7, Ballot(entry_id, 0.95 if entry_id else 0.2))
        hints += [hint] if hint else []
    return hints


def test_three_good_frames_that_agree_are_one_hint() -> None:
    assert cast("ann", "ann") == []
    [hint] = cast("ann", "ann", "ann", "ann", "ann")
    assert (hint.track_id, hint.entry_id, hint.votes, hint.frames) == (7, "ann", 3, 3)


def test_votes_that_are_too_old_no_longer_count() -> None:
    assert cast("ann", "ann", None, None, None, None, None, None, "ann") == []


def test_votes_for_different_entries_do_not_add_up() -> None:
    assert cast("ann", "bob", "ann", "bob") == []


def test_who_has_left_leaves_nothing() -> None:
    votes, _ = Votes().observe(7, Ballot("ann", 0.95))
    assert votes.only([]) == Votes()


@given(st.lists(st.sampled_from(["ann", "bob", None]), max_size=60))
def test_a_hint_always_has_its_votes_and_is_given_once_an_entry(ballots: list[str | None]) -> None:
    hints = cast(*ballots)
    assert len({hint.entry_id for hint in hints}) == len(hints)
    assert all(hint.votes >= 3 and hint.frames <= 7 for hint in hints)


def test_a_scale_is_read_off_many_pairs_and_means_what_it_says() -> None:
    chance = np.random.default_rng(5)
    different = chance.normal(1.35, 0.11, 200_000)
    result = calibrated(list(chance.normal(0.7, 0.12, 2000)), list(different))
    assert not result.is_extrapolated
    by = {row.similarity: row for row in result.rows}
    assert by[0.5].false_share == pytest.approx(1e-2, rel=0.1)
    assert by[0.9].false_share == pytest.approx(1e-4, rel=0.5)
    assert by[0.9].found_share is not None
    assert by[0.9].found_share > 0.9


def test_few_pairs_are_extrapolated_and_it_is_said() -> None:
    chance = np.random.default_rng(5)
    result = calibrated([0.7], list(chance.normal(1.35, 0.11, 2000)))
    assert result.is_extrapolated
    assert result.scale.distance(0.9) == pytest.approx(1.35 - 3.72 * 0.11, abs=0.05)


def test_next_to_no_pairs_are_refused() -> None:
    with pytest.raises(TooFewPairsError):
        calibrated([0.5], [1.3] * 49)


def test_none_wrong_is_not_the_same_as_never() -> None:
    result = calibrated([0.5], [1.3 + i / 1000 for i in range(300)])
    assert result.rows[-1].false_matches == 0
    assert result.rows[-1].false_bound == pytest.approx(0.01)
