"""The whole watch on a real recording, with the real model and the real voice."""

import json
import wave
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from contract.messages import Alert
from edge_agent.commands.replay import replay

MEDIA = Path(__file__).parents[3] / "media"
PLAZA = MEDIA / "plaza.mp4"
CONFIG = """
device_id = "water-001"
profile = "water"
[[cameras]]
camera_id = "cam1"
source = "plaza.mp4"
[[cameras.zones]]
zone_id = "kerb"
polygon = [[0.54, 0.59], [0.87, 0.59], [0.87, 0.80], [0.54, 0.80]]
dwell_limit_s = 3.0
[[cameras.lines]]
line_id = "road"
a = [0.69, 0.286]
b = [0.912, 0.373]
"""

Line = dict[str, Any]


def run(folder: Path, *options: str, video: Path = PLAZA) -> Result:
    config = folder / "edge.toml"
    config.write_text(CONFIG)
    return CliRunner().invoke(replay, [str(video), "--config", str(config), *options])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("replay")


@cache
def lines(folder: Path, every: int) -> list[Line]:
    said, pictures = f"{folder}/said{every}", f"{folder}/pictures{every}"
    options = ["--json", "--every", str(every), "--say-to", said, "--save-annotated", pictures]
    result = run(folder, *options)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]


def alerts(folder: Path, every: int) -> list[Line]:
    return [line for line in lines(folder, every) if line["type"] == "alert"]


def moments(folder: Path, every: int) -> list[tuple[str, str, float]]:
    return sorted((a["kind"], a["zone_id"], a["at_s"]) for a in alerts(folder, every))


def test_a_viewer_would_name_the_same_people(folder: Path) -> None:
    seconds = {("overstay", "kerb"): [22.0], ("line_crossed", "road"): [12, 13, 13, 17.5, 26.6, 27]}
    for (kind, place), expected in seconds.items():
        found = [at for k, p, at in moments(folder, 2) if (k, p) == (kind, place)]
        assert len(found) == len(expected)
        assert all(abs(a - b) <= 1.0 for a, b in zip(found, expected, strict=True))


@pytest.mark.parametrize("every", [1, 4])
def test_every_nth_frame_tells_the_same_story_within_a_second(folder: Path, every: int) -> None:
    some, reference = moments(folder, every), moments(folder, 2)
    assert [m[:2] for m in some] == [m[:2] for m in reference]
    assert all(abs(a[2] - b[2]) <= 1.0 for a, b in zip(some, reference, strict=True))


def test_a_track_line_says_frame_time_number_box_and_state(folder: Path) -> None:
    tracks = [line for line in lines(folder, 4) if line["type"] == "track"]
    assert {tuple(line) for line in tracks} == {
        ("type", "frame", "at_s", "track_id", "box", "state")
    }
    assert {line["state"] for line in tracks} <= {"confirmed", "lost"}
    assert all((line["frame"] - 1) % 4 == 0 for line in tracks)
    assert all(line["at_s"] == pytest.approx((line["frame"] - 1) / 10) for line in tracks)
    assert all(len(line["box"]) == 4 and line["box"][2] <= 768 + 80 for line in tracks)


def test_an_alert_line_is_the_message_on_the_wire(folder: Path) -> None:
    found = [Alert.model_validate(line) for line in alerts(folder, 4)]
    assert [alert.seq for alert in found] == sorted({alert.seq for alert in found})


def test_what_would_be_said_is_written_as_speech(folder: Path) -> None:
    announced = [a for a in alerts(folder, 4) if a["announcement"]]
    files = sorted((folder / "said4").glob("*.wav"))
    assert len(files) == len(announced) > 0
    with wave.open(str(files[0])) as sound:
        assert sound.getnframes() / sound.getframerate() > 1.0


def test_each_alert_has_its_picture(folder: Path) -> None:
    found = alerts(folder, 4)
    assert len(list((folder / "pictures4").glob("*.jpg"))) == len(found)


def test_a_missing_recording_ends_with_3(tmp_path: Path) -> None:
    result = run(tmp_path, video=tmp_path / "none.mp4")
    assert result.exit_code == 3
    assert "none.mp4" in result.stderr


def test_a_wrong_config_ends_with_2(tmp_path: Path) -> None:
    config = tmp_path / "edge.toml"
    config.write_text("x = 1")
    result = CliRunner().invoke(replay, [str(PLAZA), "--config", str(config)])
    assert result.exit_code == 2
    assert "device_id" in result.stderr


def test_an_unknown_camera_ends_with_2(tmp_path: Path) -> None:
    assert run(tmp_path, "--camera", "cam9").exit_code == 2
