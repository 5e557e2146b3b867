import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.core.labels import LABELS, Label, Mistaken, proposals

TREE = Mistaken("cam1", (0.4, 0.3, 0.5, 0.8), 0.61)


def test_every_label_has_a_name_in_both_languages() -> None:
    assert set(LABELS) == set(Label)


def test_a_still_object_becomes_a_mask_a_little_larger_than_it() -> None:
    [proposal] = proposals(Label.OBJECT, [TREE])
    assert (proposal.camera_id, proposal.remedy) == ("cam1", "mask")
    assert proposal.mask == ((0.38, 0.28), (0.52, 0.28), (0.52, 0.82), (0.38, 0.82))


def test_an_animal_becomes_a_threshold_above_its_best_score() -> None:
    [proposal] = proposals(Label.ANIMAL, [TREE, Mistaken("cam1", TREE.box, 0.58)])
    assert (proposal.remedy, proposal.min_score, proposal.mask) == ("min_score", 0.64, ())


def test_a_threshold_never_rises_so_far_that_people_vanish() -> None:
    [proposal] = proposals(Label.WEATHER, [Mistaken("cam1", TREE.box, 0.93)])
    assert proposal.min_score == 0.75


@pytest.mark.parametrize("label", [Label.ALLOWED, Label.OTHER])
def test_a_person_who_may_be_there_teaches_the_camera_nothing(label: Label) -> None:
    assert proposals(label, [TREE]) == []


def test_what_fills_the_picture_is_not_masked_by_a_machine() -> None:
    assert proposals(Label.OBJECT, [Mistaken("cam1", (0.0, 0.0, 0.9, 0.9), 0.6)]) == []


def test_each_camera_learns_from_its_own() -> None:
    other = Mistaken("cam2", (0.1, 0.1, 0.2, 0.2), 0.5)
    assert [p.camera_id for p in proposals(Label.OBJECT, [TREE, other])] == ["cam1", "cam2"]


SIDE = st.floats(0.0, 1.0)


@given(st.lists(st.tuples(SIDE, SIDE, SIDE, SIDE), min_size=1, max_size=5))
def test_a_mask_always_covers_what_was_seen_and_stays_in_the_picture(
    sides: list[tuple[float, float, float, float]],
) -> None:
    boxes = [(min(a, c), min(b, d), max(a, c), max(b, d)) for a, b, c, d in sides]
    for proposal in proposals(Label.OBJECT, [Mistaken("cam1", box) for box in boxes]):
        (left, top), _, (right, bottom), _ = proposal.mask
        assert 0.0 <= left <= right <= 1.0
        assert 0.0 <= top <= bottom <= 1.0
        assert all(left <= box[0] + 1e-3 and right >= box[2] - 1e-3 for box in boxes)
