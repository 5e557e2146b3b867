"""A zone from the district into a running watch, and a picture back, over a real broker."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from central.adapters.clock import now_ms
from central.adapters.store import directory, drawings
from central.core.local_time import from_ms
from contract.drawing import CameraDrawing, Command
from edge_agent.config import load_config
from scripts.demonstration.district import DEVICE_ID
from tests.integration.whole_line import Line, whole_line
from tests.servers.mosquitto import wait_until

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]

PLAZA = Path(__file__).resolve().parents[1] / "media" / "plaza.mp4"
ZONE = {"zone_id": "edge", "polygon": [[0.4, 0.6], [0.7, 0.6], [0.7, 1.0], [0.4, 1.0]],
        "dwell_limit_s": 33.0}  # fmt: skip


@pytest.fixture
def line(tmp_path: Path, database_url: str) -> Iterator[Line]:
    with whole_line(tmp_path, database_url) as made:
        text = made.config.read_text("utf-8")
        made.config.write_text(text.replace('source = "0"', f'source = "{PLAZA}"'), "utf-8")
        yield made


def last(line: Line, what: str) -> Any:
    with line.store.reading() as connection:
        reading = {"picture": drawings.last_picture, "drawing": drawings.last_drawing}[what]
        return reading(connection, DEVICE_ID, "cam1")


def has_come(line: Line) -> bool:
    with line.store.reading() as connection:
        device = directory.device(connection, DEVICE_ID)
    return bool(device and device["reported"] and device["reported"].get("config_digest"))


def test_a_picture_comes_and_the_zone_drawn_on_it_is_in_force(line: Line) -> None:
    line.start("broker", "central", "link", "watch")
    wait_until(lambda: has_come(line), 60, "the device's report")
    at = from_ms(now_ms())
    command = Command(device_id=DEVICE_ID, command_id="c-1", command="snapshot", camera_id="cam1",
                      at=at, expires_at=at + timedelta(minutes=5))  # fmt: skip
    with line.store.transaction() as connection:
        drawings.ask_picture(connection, command, "account:anzhuang", "重画")
    wait_until(lambda: last(line, "picture") is not None, 60, "the picture")
    shown = last(line, "picture")
    with line.store.reading() as connection:
        content = drawings.picture(connection, DEVICE_ID, "c-1")
    assert content is not None
    assert cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR) is not None
    drawn = {"drawing": CameraDrawing.model_validate({"zones": [ZONE]}),
             "before": CameraDrawing.model_validate(shown["drawing"])}  # fmt: skip
    wanted = {"device_id": DEVICE_ID, "camera_id": "cam1", "over": shown["revision"], **drawn}
    with line.store.transaction() as connection:
        drawings.put_drawing(connection, wanted, "account:anzhuang", now_ms())
    wait_until(lambda: last(line, "drawing")["taken_at"] is not None, 60, "the drawing in force")
    (camera,) = load_config(line.config).cameras
    assert [(zone.zone_id, zone.dwell_limit_s) for zone in camera.zones] == [("edge", 33.0)]
