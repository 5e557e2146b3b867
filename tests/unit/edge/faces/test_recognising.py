import csv
import io
import json
import logging
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from edge_agent.adapters.faces.recogniser import Recogniser, head_of
from edge_agent.adapters.faces.sface import SFace
from edge_agent.adapters.faces.yunet import YuNet
from edge_agent.adapters.sources.photo import photo
from edge_agent.commands.faces import faces
from edge_agent.core.boxes import Box
from edge_agent.core.face_quality import Problem
from edge_agent.core.faces import SCALES
from edge_agent.core.matching import Nearness, TemplateSet
from edge_agent.core.tracks import Track, TrackState
from edge_agent.core.votes import Hint
from edge_agent.ports import Image, SourceError
from edge_agent.simulated import MemoryGallery
from edge_agent.wiring.recognising import Studio, open_studio

MEDIA = Path(__file__).resolve().parents[3] / "media"
COLLINS, HOPPER = MEDIA / "collins.jpg", MEDIA / "hopper.jpg"


@pytest.fixture(scope="module")
def studio() -> Studio:
    return open_studio("sface")


def darker(image: Image, share: float) -> Image:
    return np.asarray(np.clip(image * share, 0, 255), np.uint8)


def test_the_same_person_in_other_light_is_alike_and_another_is_not(studio: Studio) -> None:
    collins, hopper = photo(COLLINS), photo(HOPPER)
    first, dim, other = (studio.portray(p) for p in (collins, darker(collins, 0.6), hopper))
    assert first.embedding is not None
    assert dim.embedding is not None
    assert other.embedding is not None
    likeness = studio.scale.similarity(float(np.linalg.norm(first.embedding - dim.embedding)))
    difference = studio.scale.similarity(float(np.linalg.norm(first.embedding - other.embedding)))
    assert likeness > 0.99
    assert difference < 0.2


def test_a_photo_that_is_all_face_is_read_all_the_same(studio: Studio) -> None:
    image = photo(COLLINS)
    box = studio.finder.find(image)[0].box
    height, width = image.shape[:2]
    tight = image[round(box.top * height) : round(box.bottom * height),
                  round(box.left * width) : round(box.right * width)]  # fmt: skip
    assert studio.portray(np.ascontiguousarray(tight)).embedding is not None


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda image: cv2.GaussianBlur(image, (0, 0), 9), Problem.BLURRED),
        (lambda image: cv2.resize(image, (128, 128)), Problem.TOO_SMALL),
        (lambda image: np.full_like(image, 128), Problem.NO_FACE),
    ],
)
def test_a_spoiled_photo_is_refused_in_words(
    studio: Studio, spoil: object, problem: Problem
) -> None:
    assert callable(spoil)
    portrait = studio.portray(np.asarray(spoil(photo(COLLINS)), np.uint8))
    assert portrait.embedding is None
    assert problem in portrait.problems


def test_two_people_on_one_photo_are_a_problem_where_one_is_wanted(studio: Studio) -> None:
    collins, hopper = photo(COLLINS), cv2.resize(photo(HOPPER), (400, 512))
    both = np.asarray(np.hstack([collins, hopper]), np.uint8)
    assert Problem.SEVERAL_FACES in studio.portray(both, alone=True).problems


def recogniser(enrolled: Path) -> Recogniser:
    studio = open_studio("sface")
    embedding = studio.portray(photo(enrolled)).embedding
    assert embedding is not None
    held = TemplateSet(("entry-1",), ("pupil",), embedding[None], 1)
    return Recogniser(YuNet(), SFace(), MemoryGallery(held), Nearness(SCALES["sface"]))


def standing(path: Path) -> tuple[Image, Track]:
    """A picture in which somebody stands whose face is the photo's."""
    picture = np.full((720, 960, 3), 90, np.uint8)
    picture[40:340, 300:600] = cv2.resize(photo(path), (300, 300))
    return picture, Track(7, Box(0.3, 0.05, 0.64, 0.99), TrackState.CONFIRMED)


def looked(who: Recogniser, picture: Image, track: Track, frames: int) -> list[Hint]:
    return [hint for i in range(frames) for hint in who.observe(i * 0.25, picture, [track])]


def test_who_is_enrolled_is_hinted_at_after_three_good_frames() -> None:
    picture, track = standing(COLLINS)
    [hint] = looked(recogniser(COLLINS), picture, track, 5)
    assert (hint.entry_id, hint.track_id, hint.votes) == ("entry-1", 7, 3)
    assert hint.similarity >= 0.90


def test_a_stranger_leaves_no_hint_no_log_and_no_embedding(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    who = recogniser(COLLINS)
    picture, track = standing(HOPPER)
    assert looked(who, picture, track, 5) == []
    assert caplog.records == []
    assert all(ballot.entry_id is None for cast in who.votes.ballots.values() for ballot in cast)
    who.observe(9.0, picture, [])
    assert who.votes.ballots == {}


def test_an_empty_gallery_looks_at_nobody() -> None:
    who = recogniser(COLLINS)
    who.gallery = MemoryGallery(TemplateSet())
    picture, track = standing(COLLINS)
    assert looked(who, picture, track, 5) == []
    assert who.looked_at == {}


def test_a_crowd_is_looked_at_in_turn_a_few_a_frame() -> None:
    who = recogniser(COLLINS)
    picture, track = standing(HOPPER)
    crowd = [Track(i, track.box, TrackState.CONFIRMED) for i in range(6)]
    for frame in range(3):
        who.observe(frame * 0.1, picture, crowd)
    assert set(who.looked_at) == set(range(6))


def test_a_head_is_looked_for_inside_the_picture() -> None:
    picture = np.zeros((100, 100, 3), np.uint8)
    assert head_of(picture, Box(-0.2, -0.3, 0.3, 0.9)).size > 0


def test_score_prints_a_line_for_each_pair_and_nothing_where_no_face_is(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "grey.png"), np.full((80, 80, 3), 90, np.uint8))
    pairs = tmp_path / "pairs.csv"
    pairs.write_text(f"a,b\n{COLLINS},{COLLINS}\n{COLLINS},{HOPPER}\n{COLLINS},grey.png\n")
    result = CliRunner().invoke(faces, ["score", str(pairs)])
    assert result.exit_code == 0
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert float(rows[0]["similarity"]) > 0.99
    assert float(rows[1]["similarity"]) < 0.2
    assert rows[2] == {"a": str(COLLINS), "b": "grey.png", "similarity": ""}


def test_score_names_a_photo_that_is_not_there_and_goes_on(tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.csv"
    pairs.write_text(f"a,b\n{COLLINS},gone.jpg\n{COLLINS},{COLLINS}\n")
    result = CliRunner().invoke(faces, ["score", str(pairs), "--json"])
    assert result.exit_code == 3
    assert "gone.jpg" in result.stderr
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["similarity"] for line in lines] == [None, pytest.approx(1.0, abs=0.01)]


@pytest.mark.parametrize("text", ["", "x,y\n1,2\n", "a,b\nonly-one.jpg,\n"])
def test_a_csv_that_is_none_of_pairs_is_refused_with_its_line(tmp_path: Path, text: str) -> None:
    pairs = tmp_path / "pairs.csv"
    pairs.write_text(text)
    result = CliRunner().invoke(faces, ["score", str(pairs)])
    assert result.exit_code == 2
    assert "line" in result.stderr


def test_calibrate_says_how_many_pairs_it_would_need(tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.csv"
    pairs.write_text(f"a,b,same\n{COLLINS},{HOPPER},0\n")
    result = CliRunner().invoke(faces, ["calibrate", str(pairs)])
    assert result.exit_code == 1
    assert "至少要 50 对" in result.stderr


def test_compare_says_in_words_what_it_thinks(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        faces, ["compare", str(COLLINS), str(HOPPER), "--out", str(tmp_path)]
    )
    assert "没有认出" in result.output
    assert len(list(tmp_path.glob("*.jpg"))) == 2


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\xff\xd8\xff\xe0 cut off"])
def test_what_is_no_picture_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "photo.jpg"
    file.write_bytes(content)
    with pytest.raises(SourceError):
        photo(file)
