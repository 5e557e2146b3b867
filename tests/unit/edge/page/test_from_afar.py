"""The district draws: only over what it has seen, only by signature, only what is drawn."""

import json
import tomllib
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from contract.drawing import COMMAND_PURPOSE, DESIRED_PURPOSE, CameraDrawing, Picture
from contract.messages import Reported
from contract.signing import make_signing_key, signed, signing_key_of
from contract.topics import Up
from edge_agent.adapters.desired_book import DesiredBook, Standing
from edge_agent.adapters.drawings import DrawingFile
from edge_agent.adapters.snapshot import SnapshotError
from edge_agent.adapters.veiled_picture import VeiledPicture, VeiledView
from edge_agent.config import read_config
from edge_agent.ports import Frame, Image
from edge_agent.simulated import ManualTime
from edge_agent.watch import Look, Sight
from edge_agent.wiring.drawing_from_afar import PATIENCE_S, FromAfar, drawing_on
from edge_agent.wiring.scenes import view_of
from edge_agent.wiring.showing import ASKED_S, Envoy
from tests.unit.edge.page.page_kit import DEVICE

KEY = make_signing_key()
AT = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
ZONE = {"was": 0, "zone_id": "steps", "polygon": [[0.1, 0.1], [0.4, 0.1], [0.4, 0.4]],
        "dwell_limit_s": 12.0}  # fmt: skip


class Kit:
    """A device's config in a folder, and what the link makes of central's words."""

    def __init__(self, folder: Path) -> None:
        self.config_file = folder / "device.toml"
        self.config_file.write_text(DEVICE, "utf-8")
        self.file = DrawingFile(self.config_file)
        self.time = ManualTime(AT)
        self.folder = folder
        self.afar = self.opened()

    def opened(self) -> FromAfar:
        return FromAfar(
            "water-001", signing_key_of(KEY), self.file, DesiredBook(self.folder / "desired.json"),
            VeiledView(self.folder / "live"), self.time,
        )  # fmt: skip

    def desire(self, revision: int = 1, *, key: bytes = KEY, purpose: str = DESIRED_PURPOSE,
               **changes: Any) -> bool:  # fmt: skip
        fields = {
            "v": 1, "device_id": "water-001", "revision": revision, "camera_id": "cam1",
            "over": self.file.revision(), "at": AT.isoformat().replace("+00:00", "Z"),
            "drawing": {"zones": [ZONE], "lines": [], "posts": [], "masks": []},
        }  # fmt: skip
        return self.afar.hear_desired(signed(fields | changes, key, purpose))

    def command(self, *, key: bytes = KEY, lasts: timedelta = timedelta(minutes=10),
                **changes: Any) -> None:  # fmt: skip
        fields = {
            "v": 1, "device_id": "water-001", "command_id": "c-1", "command": "snapshot",
            "camera_id": "cam1", "at": "2026-11-30T09:30:00Z",
            "expires_at": (AT + lasts).isoformat().replace("+00:00", "Z"),
        }  # fmt: skip
        assert not self.afar.hear_command(signed(fields | changes, key, COMMAND_PURPOSE))

    def answers(self) -> list[Picture]:
        found = self.afar.due()
        assert {leaf for leaf, _ in found} <= {Up.PICTURE}
        return [Picture.model_validate_json(payload) for _, payload in found]

    def zones(self) -> list[dict[str, Any]]:
        return list(tomllib.loads(self.config_file.read_text("utf-8"))["cameras"][0]["zones"])

    def reported(self) -> Reported:
        said = Reported(device_id="water-001", boot_id="b", at=AT, release="1")
        return self.afar.reported(said)


@pytest.fixture
def kit(tmp_path: Path) -> Kit:
    return Kit(tmp_path)


def test_what_was_drawn_is_in_the_config_and_is_reported(kit: Kit) -> None:
    before = kit.file.revision()
    assert kit.desire()
    (zone,) = kit.zones()
    assert (zone["dwell_limit_s"], zone["group_size"]) == (12.0, 4)
    assert "# the steps that go down" in kit.config_file.read_text("utf-8")
    said = kit.reported()
    assert (said.config_revision, said.config_seen, said.config_refused) == (1, 1, "")
    assert said.config_digest not in {None, before}


def test_the_same_or_an_older_revision_changes_nothing(kit: Kit) -> None:
    assert kit.desire(3)
    text = kit.config_file.read_text("utf-8")
    empty: dict[str, Any] = {"zones": [], "lines": [], "posts": [], "masks": []}
    assert not kit.desire(3, drawing=empty)
    assert not kit.desire(2, drawing=empty)
    kit.afar = kit.opened()
    assert not kit.desire(3, drawing=empty)
    assert kit.config_file.read_text("utf-8") == text


def test_what_was_changed_on_the_spot_meanwhile_is_not_drawn_over(kit: Kit) -> None:
    over = kit.file.revision()
    changed = DEVICE.replace("dwell_limit_s = 8.0", "dwell_limit_s = 6.0")
    kit.config_file.write_text(changed, "utf-8")
    assert kit.desire(over=over)
    assert kit.config_file.read_text("utf-8") == changed
    said = kit.reported()
    assert (said.config_revision, said.config_seen) == (0, 1)
    assert "别人改过" in said.config_refused


@pytest.mark.parametrize(
    "drawing",
    [
        {"zones": [ZONE, {**ZONE, "was": None}]},
        {"zones": [{**ZONE, "polygon": [[0.1, 0.1], [0.9, 0.9], [0.9, 0.1], [0.1, 0.9]]}]},
    ],
)
def test_a_drawing_that_does_not_fit_is_refused_with_the_reason(
    kit: Kit, drawing: dict[str, Any]
) -> None:
    assert kit.desire(drawing=drawing)
    assert kit.config_file.read_text("utf-8") == DEVICE
    assert kit.reported().config_refused


def test_an_unknown_camera_is_refused_with_the_reason(kit: Kit) -> None:
    assert kit.desire(camera_id="cam9")
    assert "cam9" in kit.reported().config_refused


@pytest.mark.parametrize(
    "wrong",
    [{"key": make_signing_key()}, {"purpose": COMMAND_PURPOSE}, {"device_id": "water-002"},
     {"v": 2}, {"drawing": {"zones": [{**ZONE, "polygon": [[0.1, 0.1]]}]}}],
)  # fmt: skip
def test_nothing_is_believed_that_is_not_central_s_own_word_for_us(
    kit: Kit, wrong: dict[str, Any]
) -> None:
    assert not kit.desire(**wrong)
    assert kit.config_file.read_text("utf-8") == DEVICE
    assert kit.reported().config_seen == 0


def test_a_picture_comes_with_what_is_drawn_and_once(kit: Kit) -> None:
    kit.command()
    assert kit.answers() == []
    watch = VeiledPicture(kit.folder / "live")
    assert watch.is_asked("cam1")
    watch.put("cam1", b"\xff\xd8 veiled")
    assert not watch.is_asked("cam1")
    (answer,) = kit.answers()
    assert b64decode(answer.jpeg) == b"\xff\xd8 veiled"
    assert answer.digest == kit.file.revision()
    assert answer.drawing is not None
    assert [zone.zone_id for zone in answer.drawing.zones] == ["steps"]
    assert kit.answers() == []
    assert list((kit.folder / "live").iterdir()) == []


def test_what_is_too_large_to_travel_is_said_and_not_sent(kit: Kit) -> None:
    kit.command()
    VeiledPicture(kit.folder / "live").put("cam1", b"\xff\xd8" + bytes(200_000))
    (answer,) = kit.answers()
    assert "太大" in answer.refused
    assert answer.jpeg == ""


def test_without_a_picture_the_answer_says_so_in_time(kit: Kit) -> None:
    kit.command()
    kit.time.passed_s += PATIENCE_S + 0.1
    (answer,) = kit.answers()
    assert "没有给出画面" in answer.refused
    assert answer.jpeg == ""
    assert not VeiledPicture(kit.folder / "live").is_asked("cam1")


def test_a_command_that_comes_too_late_or_from_somebody_else_is_left_undone(kit: Kit) -> None:
    kit.command(lasts=timedelta(seconds=-1))
    kit.command(key=make_signing_key())
    kit.command(device_id="water-002")
    kit.time.passed_s += PATIENCE_S + 1
    assert kit.answers() == []


def test_what_is_drawn_goes_there_and_back_unchanged(kit: Kit) -> None:
    camera = kit.file.config().cameras[0]
    again = json.loads(drawing_on(camera).model_dump_json())
    assert CameraDrawing.model_validate(again) == drawing_on(camera)
    assert kit.desire(drawing=again)
    assert kit.file.config().cameras[0] == camera


def test_a_damaged_book_is_an_empty_one(tmp_path: Path) -> None:
    book = DesiredBook(tmp_path / "desired.json")
    assert book.standing() == Standing()
    book.keep(Standing(4, 3, "why"))
    assert book.standing() == Standing(4, 3, "why")
    (tmp_path / "desired.json").write_text("{", "utf-8")
    assert book.standing() == Standing()


def a_sight(at: float) -> Sight:
    camera = read_config(DEVICE, "device.toml", Path("/etc")).cameras[0]
    config = read_config(DEVICE, "device.toml", Path("/etc"))
    view, seen = view_of(config, camera).observe(Look(at, ()))
    return Sight(view, Frame(at, np.full((90, 160, 3), 200, np.uint8), 1), seen)


def test_no_picture_leaves_where_heads_cannot_be_hidden(tmp_path: Path) -> None:
    def cannot(*_: object) -> Image:
        msg = "no"
        raise SnapshotError(msg)

    view, asked = VeiledView(tmp_path), VeiledPicture(tmp_path)
    view.ask("cam1")
    Envoy(asked, cannot).show(a_sight(1.0))
    assert view.take("cam1") is None


def test_the_watch_hides_heads_on_what_leaves_and_looks_once_a_second(tmp_path: Path) -> None:
    hidden = []

    def veil(image: Image, *_: object) -> Image:
        hidden.append(image.shape)
        return image

    view, envoy = VeiledView(tmp_path), Envoy(VeiledPicture(tmp_path), veil)
    envoy.show(a_sight(1.0))
    assert hidden == []
    view.ask("cam1")
    envoy.show(a_sight(1.0 + ASKED_S / 2))
    assert view.take("cam1") is None
    envoy.show(a_sight(1.0 + ASKED_S))
    assert hidden == [(90, 160, 3)]
    assert (view.take("cam1") or b"").startswith(b"\xff\xd8")
