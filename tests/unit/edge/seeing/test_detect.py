"""`huxiao-edge detect`: one line a frame, as programs outside expect it; bad files stop nothing."""

import json
import struct
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result

from edge_agent.cli import main
from edge_agent.commands.exits import Exit
from edge_agent.wiring.seeing import open_source

PLAZA = Path(__file__).resolve().parents[3] / "media" / "plaza.mp4"


def detect(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["detect", *map(str, words)], catch_exceptions=False)


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def still(tmp_path: Path) -> Path:
    file = tmp_path / "照片 1.jpg"
    coded, content = cv2.imencode(".jpg", next(iter(open_source(str(PLAZA)))).image)
    assert coded
    file.write_bytes(content.tobytes())
    return file


def test_a_recording_gives_one_line_a_frame_in_the_agreed_form() -> None:
    result = detect(PLAZA, "--every", "100", "--json")
    assert result.exit_code == Exit.OK
    first = lines(result)[0]
    assert list(first) == ["source", "frame", "at_s", "width", "height", "detections"]
    assert [(line["frame"], line["at_s"]) for line in lines(result)] == [
        (1, 0.0), (101, 10.0), (201, 20.0),
    ]  # fmt: skip
    assert (first["source"], first["width"], first["height"]) == (str(PLAZA), 768, 576)
    best = first["detections"][0]
    assert list(best) == ["box", "score", "label"]
    left, top, right, bottom = best["box"]
    assert 0 <= left < right <= 768
    assert 0 <= top < bottom <= 576
    assert best["label"] == "person"


def test_a_picture_with_a_chinese_name_is_a_recording_of_one_frame(still: Path) -> None:
    (line,) = lines(detect(still, "--json"))
    assert line["source"] == str(still)
    assert line["frame"] == 1
    assert len([one for one in line["detections"] if one["score"] > 0.5]) >= 3


def test_bad_files_are_named_with_the_reason_and_the_others_go_on(
    tmp_path: Path, still: Path
) -> None:
    empty, text, cut = tmp_path / "empty.jpg", tmp_path / "text.mp4", tmp_path / "cut.jpg"
    empty.touch()
    text.write_text("hello")
    cut.write_bytes(still.read_bytes()[:20])
    result = detect(empty, tmp_path / "nowhere.jpg", text, cut, still, "--json")
    assert result.exit_code == Exit.CAMERA
    assert len(lines(result)) == 1
    for name in ("empty.jpg", "nowhere.jpg", "text.mp4", "cut.jpg"):
        assert name in result.stderr


def test_a_picture_that_claims_to_be_enormous_stops_nothing(tmp_path: Path, still: Path) -> None:
    coded, content = cv2.imencode(".png", np.zeros((1, 1, 3), np.uint8))
    assert coded
    enormous = bytearray(content.tobytes())
    enormous[16:24] = struct.pack(">II", 100_000, 100_000)
    enormous[29:33] = struct.pack(">I", zlib.crc32(enormous[12:29]))
    (tmp_path / "enormous.png").write_bytes(enormous)
    result = detect(tmp_path / "enormous.png", still, "--json")
    assert result.exit_code == Exit.CAMERA
    assert len(lines(result)) == 1
    assert "enormous.png" in result.stderr


def test_a_person_reads_a_table_of_those_whom_the_watch_would_believe(still: Path) -> None:
    assert "  3 人" in detect(still).stdout


def test_a_program_gets_doubtful_ones_too_unless_it_says_otherwise(still: Path) -> None:
    (lax,), (strict,) = (
        lines(detect(still, "--json")),
        lines(detect(still, "--json", "--min-score", "0.5")),
    )
    assert min(one["score"] for one in lax["detections"]) < 0.4
    assert min(one["score"] for one in strict["detections"]) >= 0.5


def test_an_unknown_model_is_a_slip_of_usage(still: Path) -> None:
    assert detect(still, "--model", "yolo").exit_code == Exit.USAGE
