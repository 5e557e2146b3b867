"""A picture is left only while somebody looks, whole, and not too often."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.adapters.live_picture import LivePicture, LiveView, file_name
from edge_agent.config import read_config
from edge_agent.core.boxes import Box, Detection
from edge_agent.page.drawn_json import as_json, is_in_effect
from edge_agent.ports import Frame
from edge_agent.watch import Look, Sight
from edge_agent.wiring.scenes import view_of
from edge_agent.wiring.showing import Showcase, live_state
from tests.unit.edge.page.page_kit import DEVICE, Ticks


def test_nobody_looks_nothing_is_left(tmp_path: Path) -> None:
    live = LivePicture(tmp_path / "live")
    assert not live.is_wanted("cam1")


def test_who_looks_gets_five_pictures_a_second_and_none_after_five_seconds(tmp_path: Path) -> None:
    clock = Ticks(1_000_000.0)
    live, view = LivePicture(tmp_path, clock), LiveView(tmp_path, clock)
    view.want("cam1")
    left = 0
    for _ in range(100):
        clock.now_s += 0.1
        if live.is_wanted("cam1"):
            live.put("cam1", b"jpeg", {"at": clock.now_s})
            left += 1
    assert 20 <= left <= 26
    assert view.picture("cam1") == b"jpeg"


def test_a_full_disk_stops_no_watch(tmp_path: Path) -> None:
    (tmp_path / "live").write_text("a file where the folder should be")
    live = LivePicture(tmp_path / "live")
    live.put("cam1", b"jpeg", {})
    assert not live.is_wanted("cam1")


def test_what_is_old_is_not_fresh_and_what_is_damaged_is_nothing(tmp_path: Path) -> None:
    clock = Ticks(1_000_000.0)
    LivePicture(tmp_path, clock).put("cam1", b"jpeg", {"at": 1.0})
    os.utime(tmp_path / "cam1.json", (clock.now_s, clock.now_s))
    view = LiveView(tmp_path, clock)
    found = view.look("cam1")
    assert found is not None
    assert found.is_fresh
    clock.now_s += 6.0
    found = view.look("cam1")
    assert found is not None
    assert not found.is_fresh
    (tmp_path / "cam1.json").write_text("[1")
    assert view.look("cam1") is None
    assert view.look("cam2") is None
    assert view.picture("cam2") is None


@given(st.text(min_size=1, max_size=64))
def test_a_cameras_name_never_leads_out_of_the_folder(camera_id: str) -> None:
    name = file_name(camera_id)
    assert (Path("/live") / name).parent == Path("/live")
    assert len(name.encode()) <= 64
    assert name.isascii()


def a_sight(text: str = DEVICE) -> Sight:
    config = read_config(text, "device.toml", Path("/etc"))
    view = view_of(config, config.cameras[0])
    image = np.zeros((720, 1600, 3), dtype=np.uint8)
    person = Detection(Box(0.5, 0.4, 0.56, 0.8), 0.9, "person")
    for number in range(1, 31):
        at = number * 0.1
        view, seen = view.observe(Look(at, [person]))
    return Sight(view, Frame(at, image, number), seen)


def test_the_page_is_told_who_is_where_and_for_how_long() -> None:
    state = live_state(a_sight())
    [track] = state["tracks"]
    assert track["state"] == "confirmed"
    assert track["dwell"]["steps"] == pytest.approx(2.9, abs=0.5)
    assert state["size"] == [1600, 720]


def test_a_drawing_is_in_effect_once_the_watch_sees_by_it() -> None:
    [camera] = read_config(DEVICE, "device.toml", Path("/etc")).cameras
    assert is_in_effect(camera, live_state(a_sight()))
    moved = DEVICE.replace("[0.42, 0.60]", "[0.40, 0.60]")
    assert not is_in_effect(camera, live_state(a_sight(moved)))
    assert as_json(camera)["zones"][0]["was"] == 0


def test_a_showcase_leaves_a_narrow_picture_with_its_pace(tmp_path: Path) -> None:
    view = LiveView(tmp_path)
    view.want("cam1")
    showcase = Showcase(LivePicture(tmp_path), lambda _: ("dark",))
    sight = a_sight()
    showcase.show(sight)
    found, picture = view.look("cam1"), view.picture("cam1")
    assert found is not None
    assert found.state["faults"] == ["dark"]
    assert picture is not None
    assert picture.startswith(b"\xff\xd8")
