"""What false alarms teach is reckoned on what has happened, and never proposed at any price."""

from central.core.labels import Label, Mistaken
from central.core.lessons import Seen, lessons, mistaken_of, passes, sheet

POND = ("月湖", "Yuehu")
TREE = (0.1, 0.1, 0.2, 0.3)


def seen(
    label: Label | None, box: tuple[float, float, float, float] = TREE, score: float = 0.5
) -> Seen:
    return Seen("water-001", POND, Mistaken("cam1", box, score), label)


def test_a_mask_over_a_tree_spares_its_false_alarms_and_loses_none() -> None:
    bank = seen(None, (0.6, 0.5, 0.7, 0.9))
    (lesson,) = lessons([seen(Label.OBJECT), seen(Label.OBJECT), bank])
    assert (lesson.before, lesson.after, lesson.true_alarms, lesson.lost) == (2, 0, 1, 0)
    assert lesson.proposal.remedy == "mask"


def test_a_threshold_that_would_lose_as_many_true_alarms_is_not_proposed() -> None:
    rain = [seen(Label.WEATHER, score=0.5)]
    assert lessons([*rain, seen(None, score=0.4)]) == []
    (lesson,) = lessons([*rain, seen(None, score=0.9)])
    assert lesson.proposal.min_score == 0.53
    assert (lesson.after, lesson.lost) == (0, 0)


def test_who_may_be_there_teaches_nothing() -> None:
    assert lessons([seen(Label.ALLOWED)]) == []


def test_an_alert_without_a_score_passes_any_threshold() -> None:
    (lesson,) = lessons([seen(Label.ANIMAL), seen(Label.ANIMAL)])
    assert passes(lesson.proposal, Mistaken("cam1", TREE, None))


def test_a_message_without_a_box_says_nothing() -> None:
    assert mistaken_of({"camera_id": "cam1"}) is None
    assert mistaken_of({"camera_id": "cam1", "box": [0, 0, 1, 1]}) == Mistaken("cam1", (0, 0, 1, 1))


def test_the_table_says_where_and_what() -> None:
    found = sheet(lessons([seen(Label.OBJECT)]))
    assert found.rows[0][1] == POND
    assert "遮罩" in str(found.rows[0][4])
