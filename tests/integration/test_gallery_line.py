"""From a school's photos to a device beside the water and back to nothing, over a real broker."""

import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from central.adapters.clock import now_ms
from central.core.people import Actor, Role
from central.wiring import Central, open_central
from contract.enrolment import Enrolment
from edge_agent.adapters.gallery import EncryptedGallery
from edge_agent.adapters.sources.photo import photo
from edge_agent.commands.faces import faces
from edge_agent.config import load_config
from edge_agent.core.faces import SCALES, apart
from edge_agent.wiring.galleries import open_gallery
from edge_agent.wiring.recognising import open_studio
from scripts.demonstration.district import DEVICE_ID
from tests.integration.whole_line import Line, whole_line
from tests.servers.mosquitto import wait_until

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]

COLLINS = Path(__file__).parents[1] / "media" / "collins.jpg"
SCHOOL = Actor("account:anquan", "王敏", Role.SCHOOL_SAFETY_LEAD, "school:shiyan")


@pytest.fixture
def line(tmp_path: Path, database_url: str) -> Iterator[Line]:
    with whole_line(tmp_path, database_url) as made:
        yield made


@pytest.fixture
def central(line: Line, database_url: str) -> Iterator[Central]:
    opened = open_central(line.district.data, database_url)
    yield opened
    opened.store.close()


def photographed(folder: Path) -> list[str]:
    """Three photographs of one person, in different light."""
    folder.mkdir()
    paths = []
    for number, light in enumerate((1.0, 0.85, 0.7)):
        path = folder / f"{number}.png"
        cv2.imwrite(str(path), np.asarray(photo(COLLINS) * light, np.uint8))
        paths.append(str(path))
    return paths


def enrolled_at_school(line: Line, folder: Path, entry_id: str) -> Enrolment:
    out = folder / f"{entry_id}.json"
    words = [
        "enrol", *photographed(folder / entry_id), "--purpose", "drowning_risk", "--unit",
        "school:shiyan", "--authority", "实验小学", "--consent", "2026-015", "--guardian-consent",
        "--expires", f"{now_ms() // 31_556_952_000 + 1970 + 1}-01-15", "--may-be-named",
        "--name", "张小明", "--class", "三年级二班", "--entry-id", entry_id,
        "--config", str(line.config), "--out", str(out),
    ]  # fmt: skip
    done = CliRunner().invoke(faces, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return Enrolment.model_validate_json(out.read_text(encoding="utf-8"))


def test_a_pupil_is_enrolled_known_by_name_at_the_water_and_erased(
    line: Line, central: Central, tmp_path: Path
) -> None:
    keeper = central.keeper()
    gallery = open_gallery(load_config(line.config))

    def knows(*entry_ids: str) -> bool:
        keeper.tend(central.store, now_ms())  # what the worker does each second
        gallery.look_again()
        return gallery.templates().entry_ids == entry_ids

    line.start("broker", "central", "link")
    wait_until(lambda: bool(reported(line).get("sealing_key")), 30, "the device's key")
    for entry_id in ("p1", "p2"):
        request = enrolled_at_school(line, tmp_path, entry_id)
        with central.store.transaction() as connection:
            keeper.enrol(connection, SCHOOL, request, now_ms())
    wait_until(lambda: knows("p1", "p2"), 30, "both at the device")
    assert_is_recognised(gallery)

    line.parts.kill("link")  # a power cut: what lay in memory is gone
    for key in (line.config.parent / "run").iterdir():
        key.unlink()
    assert open_gallery(load_config(line.config)).templates().entry_ids == ()
    with central.store.transaction() as connection:
        keeper.withdraw(connection, "p1", "account:anquan", now_ms())
        connection.exec_driver_sql("UPDATE device SET gallery_at = 0")  # as if a minute later
    keeper.erase(central.store, now_ms())
    line.start("link")
    wait_until(lambda: knows("p2"), 60, "only the other comes back")
    line.district.central("device", "revoke", DEVICE_ID)
    line.district.central("enrolment", "withdraw", "p2")
    revision = reported(line)["gallery_revision"]
    line.district.central("enrolment", "resend", DEVICE_ID)
    waiting = "select count(*) from down_message where published_at is null"
    wait_until(lambda: line.rows(waiting) == [(0,)], 30, "the queue to be emptied")
    assert reported(line)["gallery_revision"] == revision


def assert_is_recognised(gallery: EncryptedGallery) -> None:
    embedding = open_studio("sface").portray(photo(COLLINS)).embedding
    assert embedding is not None
    distance = apart(embedding, gallery.templates().matrix[0])
    assert SCALES["sface"].similarity(distance) > 0.9
    who = gallery.spoken("p1")
    assert who is not None
    assert (who.name, who.class_name) == ("张小明", "三年级二班")


def reported(line: Line) -> dict[str, object]:
    ((found,),) = line.rows(f"select reported from device where device_id = '{DEVICE_ID}'")  # noqa: S608 - our own
    fields: dict[str, object] = json.loads(found) if isinstance(found, str) else found or {}  # type: ignore[assignment]
    return fields
