"""From the district's page into the device's config and back: both ends as they are, no broker."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.galleries.keys import GalleryKeys
from central.adapters.signed_letters import SignedLetters
from central.adapters.store import drawings, fleet
from central.adapters.store.engine import Store
from central.adapters.store.tables import DOWN_MESSAGE
from central.core.drawings import DrawingState, state_of
from central.core.local_time import from_ms
from central.reception import Reception
from contract.drawing import CameraDrawing, Command
from contract.messages import Reported
from contract.signing import signing_key_of
from contract.topics import Down, Up, up
from edge_agent.adapters.desired_book import DesiredBook
from edge_agent.adapters.drawings import DrawingFile
from edge_agent.adapters.veiled_picture import VeiledPicture, VeiledView
from edge_agent.simulated import ManualTime
from edge_agent.wiring.drawing_from_afar import FromAfar
from tests.integration import case_district
from tests.integration.case_district import ADMIN, MINUTE, NOON
from tests.unit.edge.page.page_kit import DEVICE


class Line:
    """A district and one device; what is queued for it is brought by hand."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.keys = GalleryKeys(folder / "galleries").prepare()
        self.letters = SignedLetters(self.keys)
        self.reception = Reception(EvidenceFiles(folder / "evidence"))
        self.config = folder / "device.toml"
        self.config.write_text(DEVICE, "utf-8")
        self.live = folder / "live"
        self.device = FromAfar(
            "water-001", signing_key_of(self.keys.signing_key), DrawingFile(self.config),
            DesiredBook(folder / "desired.json"), VeiledView(self.live), ManualTime(from_ms(NOON)),
        )  # fmt: skip
        self._brought = 0
        with store.transaction() as connection:
            case_district.settle(connection)

    def bring(self) -> None:
        """Let the device hear what is queued, and central what it says of it."""
        with self.store.reading() as connection:
            rows = connection.execute(select(DOWN_MESSAGE)).mappings().all()[self._brought :]
            said = [(row["leaf"], self.letters.written(connection, row, NOON)) for row in rows]
        self._brought += len(rows)
        hears = {Down.DESIRED: self.device.hear_desired, Down.COMMAND: self.device.hear_command}
        for leaf, payload in said:
            assert payload is not None
            hears[Down(leaf)](payload)
        self.report()

    def report(self) -> None:
        said = Reported(device_id="water-001", boot_id="b", at=from_ms(NOON), release="1",
                        cameras=("cam1",))  # fmt: skip
        self._up(Up.REPORTED, self.device.reported(said).model_dump_json().encode())

    def snap(self) -> Any:
        """Have a picture asked for, taken and brought; give central's row of it."""
        command = Command(
            device_id="water-001", command_id=f"c-{self._brought}", command="snapshot",
            camera_id="cam1", at=from_ms(NOON), expires_at=from_ms(NOON + 10 * MINUTE),
        )  # fmt: skip
        with self.store.transaction() as connection:
            drawings.ask_picture(connection, command, ADMIN.actor_id, "重画")
        self.bring()
        VeiledPicture(self.live).put("cam1", b"\xff\xd8 veiled")
        for leaf, payload in self.device.due():
            self._up(leaf, payload)
        with self.store.reading() as connection:
            return drawings.last_picture(connection, "water-001", "cam1")

    def draw(self, shown: Any, drawing: dict[str, Any]) -> None:
        wanted = {
            "device_id": "water-001", "camera_id": "cam1", "over": shown["revision"],
            "drawing": CameraDrawing.model_validate(drawing),
            "before": CameraDrawing.model_validate(shown["drawing"]),
        }  # fmt: skip
        with self.store.transaction() as connection:
            drawings.put_drawing(connection, wanted, ADMIN.actor_id, NOON)
        self.bring()

    def stands(self) -> DrawingState:
        with self.store.reading() as connection:
            last = drawings.last_drawing(connection, "water-001", "cam1")
        assert last is not None
        return state_of(last["taken_at"], last["refused"])

    def _up(self, leaf: Up, payload: bytes) -> None:
        with self.store.transaction() as connection:
            self.reception.take(connection, up("water-001", leaf), payload, NOON)


@pytest.fixture
def line(store: Store, tmp_path: Path) -> Line:
    return Line(store, tmp_path)


def longer(drawing: dict[str, Any]) -> dict[str, Any]:
    changed: dict[str, Any] = json.loads(json.dumps(drawing))
    changed["zones"][0]["dwell_limit_s"] = 21.0
    return changed


def test_a_zone_drawn_in_the_district_is_in_the_device_s_config(line: Line) -> None:
    shown = line.snap()
    assert [zone["zone_id"] for zone in shown["drawing"]["zones"]] == ["steps"]
    line.draw(shown, longer(shown["drawing"]))
    text = line.config.read_text("utf-8")
    assert "dwell_limit_s = 21.0" in text
    assert "group_size = 4" in text
    assert line.stands() is DrawingState.TAKEN
    with line.store.reading() as connection:
        (box,) = fleet.boxes(connection, ADMIN, "water-001")
    assert box["desired_revision"] == box["reported"]["config_revision"] == 1


def test_whoever_is_on_the_spot_is_not_drawn_over(line: Line) -> None:
    shown = line.snap()
    own = line.config.read_text("utf-8").replace("dwell_limit_s = 8.0", "dwell_limit_s = 5.0")
    line.config.write_text(own, "utf-8")
    line.draw(shown, longer(shown["drawing"]))
    assert line.config.read_text("utf-8") == own
    assert line.stands() is DrawingState.REFUSED
    again = line.snap()
    line.draw(again, longer(again["drawing"]))
    assert line.stands() is DrawingState.TAKEN
