"""Both detectors, with their real weights, on the recording that comes with the repository."""

import tomllib
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge_agent.adapters import model_store
from edge_agent.ports import Image, ModelError
from edge_agent.wiring.seeing import DETECTORS, model_hashes, open_detector, open_source

PLAZA = Path(__file__).resolve().parents[3] / "media" / "plaza.mp4"
# three people on the first frame, by eye: their feet in fractions of the frame
FEET = ((0.861, 0.561), (0.670, 0.400), (0.348, 0.532))


@pytest.fixture(scope="module")
def first_frame() -> Image:
    return next(iter(open_source(str(PLAZA)))).image


@pytest.mark.parametrize("name", DETECTORS)
def test_the_people_whom_a_viewer_sees_are_found(name: str, first_frame: Image) -> None:
    found = [one.box.foot for one in open_detector(name).detect(first_frame)]
    for foot in FEET:
        assert any(np.hypot(foot[0] - x, foot[1] - y) < 0.03 for x, y in found), (foot, found)


@pytest.mark.parametrize("name", DETECTORS)
def test_nobody_is_found_on_an_empty_picture(name: str) -> None:
    assert open_detector(name).detect(np.full((480, 640, 3), 90, np.uint8)) == []


@pytest.mark.parametrize("name", DETECTORS)
@pytest.mark.parametrize("size", [(1, 1), (7, 2000), (2000, 7), (1080, 1920)])
def test_a_picture_of_any_size_is_taken(name: str, size: tuple[int, int]) -> None:
    open_detector(name).detect(np.zeros((*size, 3), np.uint8))


@pytest.mark.parametrize("name", DETECTORS)
def test_a_frame_leaves_nothing_behind_in_the_next(name: str, first_frame: Image) -> None:
    detector = open_detector(name)
    alone = detector.detect(first_frame)
    detector.detect(np.full((900, 300, 3), 255, np.uint8))
    assert detector.detect(first_frame) == alone


def test_a_smaller_picture_shows_the_same_people_in_the_same_places(first_frame: Image) -> None:
    detector = open_detector("nanodet", min_score=0.5)
    half = np.asarray(cv2.resize(first_frame, None, fx=0.6, fy=0.6), np.uint8)
    whole, small = (
        sorted(one.box.foot for one in detector.detect(picture)) for picture in (first_frame, half)
    )
    assert np.allclose(whole, small, atol=0.02)


def test_a_lower_score_lets_more_in(first_frame: Image) -> None:
    strict, lax = (
        open_detector("nanodet", min_score=score).detect(first_frame) for score in (0.5, 0.1)
    )
    assert len(lax) > len(strict)
    assert all(one.score >= 0.5 for one in strict)


def test_an_unknown_model_or_runtime_is_named_with_what_there_is() -> None:
    with pytest.raises(ModelError, match="nanodet"):
        open_detector("yolo")
    with pytest.raises(ModelError, match="ai-edge-litert"):
        open_detector("nanodet", runtime="abacus")


def copied_store(folder: Path) -> Path:
    source = model_store.folder()
    for name in ("models.toml", "nanodet.fp16.tflite"):
        (folder / name).write_bytes((source / name).read_bytes())
    return folder


def test_weights_that_were_changed_are_not_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUXIAO_MODELS", str(copied_store(tmp_path)))
    weights = tmp_path / "nanodet.fp16.tflite"
    weights.write_bytes(weights.read_bytes()[:-1] + b"!")
    with pytest.raises(ModelError, match="sha256"):
        open_detector("nanodet")


def test_missing_weights_are_named_with_how_to_make_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUXIAO_MODELS", str(copied_store(tmp_path)))
    with pytest.raises(ModelError, match="scripts/build-models"):
        open_detector("ssd")


def test_a_wished_folder_without_a_list_is_not_passed_over_in_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUXIAO_MODELS", str(tmp_path))
    with pytest.raises(ModelError, match="HUXIAO_MODELS"):
        model_hashes()


def test_every_model_of_the_list_is_there_and_whole() -> None:
    for name, sha256 in model_hashes().items():
        assert model_store.checked(name).sha256 == sha256


def test_every_model_of_the_list_says_where_it_comes_from_and_how_good_it_is() -> None:
    store = model_store.folder()
    for row in tomllib.loads((store / model_store.LIST).read_text("utf-8"))["models"]:
        wanted = {"task", "package", "made_from", "licence", "input", "output", "measured"}
        assert wanted <= row.keys(), row["name"]
        assert (store / row["file"]).stat().st_size == row["size_bytes"]
        assert all((store / licence).is_file() for licence in row["licence_files"])
