"""A commissioning report shows what each camera sees, small, with what is drawn on it."""

import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest

from contract.commissioning import MAX_PICTURE_BYTES, SeenCamera
from edge_agent.adapters.drawings import DrawingFile
from edge_agent.adapters.veiled_picture import VeiledPicture
from edge_agent.wiring.showing_report import cameras_seen
from tests.unit.edge.page.page_kit import DEVICE


@pytest.fixture
def drawings(tmp_path: Path) -> DrawingFile:
    (tmp_path / "device.toml").write_text(DEVICE, encoding="utf-8")
    return DrawingFile(tmp_path / "device.toml")


@contextmanager
def watching(folder: Path, picture: bytes) -> Iterator[None]:
    """Leave a picture where one is asked for, as the watch does."""
    over, veiled = threading.Event(), VeiledPicture(folder)

    def watch() -> None:
        while not over.wait(0.02):
            if veiled.is_asked("cam1"):
                veiled.put("cam1", picture)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def noise(width: int, height: int) -> bytes:
    """Give a picture that no JPEG makes small."""
    image = np.random.default_rng(1).integers(0, 255, (height, width, 3), dtype=np.uint8)
    return bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 95])[1])


def test_the_picture_is_small_and_the_drawing_beside_it(
    drawings: DrawingFile, tmp_path: Path
) -> None:
    with watching(tmp_path, noise(1280, 720)):
        (shown,) = cameras_seen(drawings, tmp_path)
    seen = SeenCamera.model_validate(shown)
    jpeg = b64decode(seen.jpeg)
    assert 0 < len(jpeg) <= MAX_PICTURE_BYTES
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert picture.shape[1] <= 640
    assert [zone.name for zone in seen.zones] == ["steps"]
    assert seen.lines[0].points == ((0.85, 0.45), (0.85, 1.0))


def test_a_camera_that_gives_none_is_in_the_report_without(
    drawings: DrawingFile, tmp_path: Path
) -> None:
    (shown,) = cameras_seen(drawings, tmp_path / "nowhere", within_s=0.2)
    assert shown["jpeg"] == ""
    with watching(tmp_path, b"no picture at all"):
        (shown,) = cameras_seen(drawings, tmp_path, within_s=2.0)
    assert shown["jpeg"] == ""
    assert shown["zones"]
