import json
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.commands.config import config as config_command
from edge_agent.commands.config import schema_text
from edge_agent.config import ConfigError, EdgeConfig, Problem, load_config, read_config

ROOT = Path(__file__).parents[4]
LEAST = 'device_id = "water-001"\nprofile = "water"\n'
CAMERA = """
[[cameras]]
camera_id = "cam1"
source = "recording.mp4"
[[cameras.zones]]
zone_id = "edge"
polygon = [[0.42, 0.60], [0.74, 0.60], [0.74, 1.0], [0.42, 1.0]]
[[cameras.lines]]
line_id = "bank"
a = [0.85, 0.45]
b = [0.85, 1.0]
"""


def read(text: str) -> EdgeConfig:
    return read_config(text, "edge.toml", Path("/etc/huxiao"))


def problems(text: str) -> dict[str, Problem]:
    with pytest.raises(ConfigError) as caught:
        read(text)
    return {problem.key: problem for problem in caught.value.problems}


def test_a_device_needs_only_its_id_and_its_profile() -> None:
    config = read(LEAST)
    assert (config.device_id, config.profile, config.cameras) == ("water-001", "water", ())
    assert config.data_dir == Path("/var/lib/huxiao")


def test_zones_and_lines_have_defaults_for_all_but_where_they_are() -> None:
    [camera] = read(LEAST + CAMERA).cameras
    assert camera.zones[0].dwell_limit_s == 8.0
    assert camera.lines[0].direction == "any"


def test_relative_paths_start_from_the_files_own_folder() -> None:
    more = 'data_dir = "data"\n[broker]\nca_file = "ca.pem"\n[voice]\nsink = "file:said"\n'
    config = read(LEAST + more + CAMERA)
    assert config.data_dir == Path("/etc/huxiao/data")
    assert config.broker.ca_file == Path("/etc/huxiao/ca.pem")
    assert config.voice.clips_dir == Path("/etc/huxiao/voice")
    assert config.voice.sink == "file:/etc/huxiao/said"
    assert config.cameras[0].source == "/etc/huxiao/recording.mp4"


@pytest.mark.parametrize(
    "source", ["0", "rtsp://10.0.0.2/live", "picamera", "v4l2src ! videoconvert ! appsink"]
)
def test_a_source_that_is_no_file_stays_as_it_is_written(source: str) -> None:
    assert read(LEAST + CAMERA.replace("recording.mp4", source)).cameras[0].source == source


def test_a_usb_camera_may_be_a_bare_number() -> None:
    assert read(LEAST + CAMERA.replace('"recording.mp4"', "0")).cameras[0].source == "0"


def test_every_mistake_is_named_at_once() -> None:
    wrong = """
device_id = "Water 001"
profil = "water"
[water]
cooldown_s = "30"
min_people = 1.5
[[cameras]]
camera_id = "cam1"
source = "a.mp4"
[[cameras.zones]]
zone_id = "edge"
polygon = [[0.42, 0.60], [0.74, 1.60], [0.4, 0.9]]
dwell_limit_s = -8
[[cameras.lines]]
line_id = "edge"
a = [0.85, 0.45]
b = [0.85, 0.45]
direction = "up"
"""
    assert set(problems(wrong)) == {
        "device_id",
        "profile",
        "profil",
        "water.cooldown_s",
        "water.min_people",
        "cameras[0].zones[0].polygon[1][1]",
        "cameras[0].zones[0].dwell_limit_s",
        "cameras[0].lines[0].line_id",
        "cameras[0].lines[0].b",
        "cameras[0].lines[0].direction",
    }


def test_a_mistake_says_file_key_expected_and_found_in_chinese_first() -> None:
    problem = problems(LEAST + "[water]\ngrace_s = -1\n")["water.grace_s"]
    assert problem.in_words() == (
        "edge.toml: water.grace_s: 应为不小于 0 的数,实际是 -1 (expected at least 0)"
    )


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ("[watre]\nx = 1\n", "watre"),
        ("[voice]\nvolume = 1.5\n", "voice.volume"),
        ("[voice]\nvolume = nan\n", "voice.volume"),
        ("[voice]\nenabled = 1\n", "voice.enabled"),
        ('[voice.phrases]\nx = ""\n', "voice.phrases.x"),
        ('[detector]\nmodel = "yolo"\n', "detector.model"),
        ("[broker]\nport = 70000\n", "broker.port"),
        ("data_dir = 5\n", "data_dir"),
        ("cameras = 5\n", "cameras"),
        ("voice = 5\n", "voice"),
        (f'site_name = "{"x" * 101}"\n', "site_name"),
    ],
)
def test_a_wrong_value_is_refused_by_its_key(wrong: str, key: str) -> None:
    assert key in problems(LEAST + wrong)


@pytest.mark.parametrize(
    "polygon",
    [
        "[[0,0],[1,1],[1,0],[0,1]]",  # a bow tie
        "[[0.1,0.1],[0.5,0.5],[0.9,0.9]]",  # a line
        "[[0.1,0.1],[0.5,0.5]]",
        "[[0.1,0.1],[0.5,0.5,0.5],[0.1,0.9]]",
    ],
)
def test_a_polygon_must_enclose_ground(polygon: str) -> None:
    text = LEAST + CAMERA.replace("[[0.42, 0.60], [0.74, 0.60], [0.74, 1.0], [0.42, 1.0]]", polygon)
    assert all(key.startswith("cameras[0].zones[0].polygon") for key in problems(text))


def test_two_cameras_may_not_share_an_id() -> None:
    assert set(problems(LEAST + CAMERA + CAMERA)) == {"cameras[1].camera_id"}


def test_a_slip_in_the_toml_names_the_line() -> None:
    [problem] = problems(LEAST + "[water\n").values()
    assert problem.file == "edge.toml:3"


def test_an_unfinished_file_names_its_last_line() -> None:
    [problem] = problems(LEAST + "cameras = [").values()
    assert problem.file == "edge.toml:3"


@pytest.mark.parametrize("content", [b"\xff\xfe", b"x" * (1024 * 1024 + 1)])
def test_what_is_no_text_of_a_sane_size_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "edge.toml"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=r"edge\.toml"):
        load_config(file)


def test_a_missing_file_is_said_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml"):
        load_config(tmp_path / "none.toml")


@given(st.text(max_size=60))
def test_no_text_ever_gets_past_the_door_as_anything_but_a_config_or_a_config_error(
    text: str,
) -> None:
    with suppress(ConfigError):
        assert isinstance(read(text), EdgeConfig)


def test_check_says_ok_and_what_is_in_it(tmp_path: Path) -> None:
    file = tmp_path / "edge.toml"
    file.write_text(LEAST + CAMERA)
    result = CliRunner().invoke(config_command, ["check", str(file)])
    assert result.exit_code == 0
    assert "配置正确" in result.output


def test_check_ends_with_2_and_every_mistake(tmp_path: Path) -> None:
    file = tmp_path / "edge.toml"
    file.write_text('profile = "pond"\n')
    result = CliRunner().invoke(config_command, ["check", "--json", str(file)])
    report = json.loads(result.output)
    assert result.exit_code == 2
    assert [problem["key"] for problem in report["problems"]] == ["device_id", "profile"]


def test_the_exported_schema_is_the_one_in_the_docs() -> None:
    exported = (ROOT / "docs/wire/edge-config.schema.json").read_text()
    assert exported == schema_text(), "run: huxiao-edge config schema > docs/wire/edge-config..."


def test_every_key_is_explained_in_the_docs() -> None:
    page = (ROOT / "docs/edge-config.md").read_text()
    models = json.loads(schema_text())
    sections = [models, *models["$defs"].values()]
    keys = {key for section in sections for key in section["properties"]}
    assert {key for key in keys if f"`{key}`" not in page} == set()
