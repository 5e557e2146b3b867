import os
import threading
from pathlib import Path

import pytest

from edge_agent.config import load_config
from edge_agent.wiring import reloading
from edge_agent.wiring.reloading import Enough, Reloading

CONFIG = 'device_id = "water-001"\nprofile = "water"\n'


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(reloading, "LOOK_S", 0.0)
    path = tmp_path / "device.toml"
    path.write_text(CONFIG)
    return path


def changed(file: Path, text: str) -> tuple[Reloading, bool]:
    watched, enough = Reloading(file, load_config(file)), threading.Event()
    alive = watched.alive(lambda: None, enough)
    alive()
    assert not enough.is_set()
    file.write_text(text)
    os.utime(file, (1, 1))
    alive()
    return watched, enough.is_set()


def test_a_changed_config_ends_the_watch_and_is_the_next_one(file: Path) -> None:
    watched, is_over = changed(file, CONFIG + "[water]\ncooldown_s = 5.0\n")
    assert is_over
    assert watched.config.water.cooldown_s == 5.0


def test_a_mistake_changes_nothing_and_is_said(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    watched, is_over = changed(file, CONFIG + "[water]\ncooldown = 5.0\n")
    assert not is_over
    assert watched.config.water.cooldown_s == 30.0
    assert "cooldown" in caplog.text


def test_a_file_that_is_only_touched_changes_nothing(file: Path) -> None:
    _, is_over = changed(file, CONFIG)
    assert not is_over


def test_enough_is_also_when_the_whole_process_stops() -> None:
    stop = threading.Event()
    enough = Enough(stop)
    assert not enough.is_set()
    stop.set()
    assert enough.is_set()
