"""What is drawn goes into the device's TOML: whole or not at all, with its comments."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.adapters.drawings import DrawingError, DrawingFile, StaleError
from edge_agent.config import ConfigError
from edge_agent.core.drawn import Drawing, DrawnRow
from tests.unit.edge.page.page_kit import DEVICE, PageKit, send

SQUARE = [[0.1, 0.1], [0.4, 0.1], [0.4, 0.4], [0.1, 0.4]]
ADDRESS = "/api/cameras/cam1/drawing"


def drawn(kit: PageKit) -> dict[str, object]:
    said = kit.signed_in().get(ADDRESS).get_json()
    said.pop("has_before")
    return dict(said)


def rows(kit: PageKit, key: str) -> list[dict[str, object]]:
    found = tomllib.loads(kit.config_file.read_text("utf-8"))["cameras"][0].get(key, [])
    return list(found)


def test_a_drawn_zone_is_in_the_file_and_all_comments_stay(kit: PageKit) -> None:
    body = drawn(kit)
    zones = body["zones"]
    assert isinstance(zones, list)
    zones.append({"was": None, "zone_id": "码头", "polygon": SQUARE, "dwell_limit_s": 5.0})
    answer = send(kit.signed_in(), "PUT", ADDRESS, body)
    assert answer.status_code == 200, answer.get_json()
    assert [row["zone_id"] for row in rows(kit, "zones")] == ["steps", "码头"]
    text = kit.config_file.read_text("utf-8")
    for comment in ("# 月湖东岸", "# on the label", "# loud enough", "# the steps that go down"):
        assert comment in text


def test_what_the_page_does_not_show_stays(kit: PageKit) -> None:
    body = drawn(kit)
    body["zones"][0]["zone_id"] = "台阶"  # type: ignore[index]
    assert send(kit.signed_in(), "PUT", ADDRESS, body).status_code == 200
    [zone] = rows(kit, "zones")
    assert (zone["zone_id"], zone["group_size"]) == ("台阶", 4)


def test_saving_what_is_there_changes_nothing(kit: PageKit) -> None:
    body = drawn(kit)
    first = send(kit.signed_in(), "PUT", ADDRESS, body).get_json()
    text = kit.config_file.read_text("utf-8")
    body["revision"] = first["revision"]
    assert send(kit.signed_in(), "PUT", ADDRESS, body).status_code == 200
    assert kit.config_file.read_text("utf-8") == text
    assert rows(kit, "zones") == tomllib.loads(DEVICE)["cameras"][0]["zones"]


@pytest.mark.parametrize(
    "zone",
    [
        {"zone_id": "x", "polygon": [[0, 0], [1, 1], [1, 0], [0, 1]], "dwell_limit_s": 8.0},
        {"zone_id": "x", "polygon": SQUARE[:2], "dwell_limit_s": 8.0},
        {"zone_id": "x", "polygon": SQUARE, "dwell_limit_s": -1.0},
        {"zone_id": "bank", "polygon": SQUARE, "dwell_limit_s": 8.0},
        {"zone_id": "", "polygon": SQUARE, "dwell_limit_s": 8.0},
    ],
)
def test_what_the_config_refuses_is_not_written(kit: PageKit, zone: dict[str, object]) -> None:
    body = drawn(kit)
    body["zones"] = [{"was": None, **zone}]
    answer = send(kit.signed_in(), "PUT", ADDRESS, body)
    assert answer.status_code == 422
    assert answer.get_json()["problems"][0]["key"].startswith("cameras[0].")
    assert kit.config_file.read_text("utf-8") == DEVICE


@pytest.mark.parametrize(
    "body", [{}, {"revision": "x", "more": 1}, {"revision": "x", "zones": [{"zone_id": 5}]}, []]
)
def test_nonsense_is_refused(kit: PageKit, body: object) -> None:
    assert send(kit.signed_in(), "PUT", ADDRESS, body).status_code == 400
    assert kit.config_file.read_text("utf-8") == DEVICE


def test_who_drew_on_an_older_file_is_told_so(kit: PageKit) -> None:
    body = drawn(kit)
    kit.config_file.write_text(DEVICE + "\n# by hand\n", encoding="utf-8")
    assert send(kit.signed_in(), "PUT", ADDRESS, body).status_code == 409
    assert kit.config_file.read_text("utf-8").endswith("# by hand\n")


def test_undo_brings_the_version_before_back_to_the_byte(kit: PageKit) -> None:
    body = drawn(kit)
    body["lines"] = []
    send(kit.signed_in(), "PUT", ADDRESS, body)
    after = kit.config_file.read_text("utf-8")
    assert send(kit.signed_in(), "POST", "/api/undo").status_code == 200
    assert kit.config_file.read_text("utf-8") == DEVICE
    send(kit.signed_in(), "POST", "/api/undo")
    assert kit.config_file.read_text("utf-8") == after


def test_there_is_nothing_to_undo_before_the_first_save(kit: PageKit) -> None:
    assert kit.signed_in().get(ADDRESS).get_json()["has_before"] is False
    assert send(kit.signed_in(), "POST", "/api/undo").status_code == 500
    assert kit.config_file.read_text("utf-8") == DEVICE


def test_a_camera_that_is_not_there_is_not_drawn_on(kit: PageKit) -> None:
    assert kit.signed_in().get("/api/cameras/../drawing").status_code == 404
    with pytest.raises(DrawingError, match="没有这个摄像头"):
        kit.desk.drawings.save("cam9", Drawing(), kit.desk.drawings.revision())


def test_a_file_that_cannot_be_written_stays_as_it_is_and_says_why(kit: PageKit) -> None:
    kit.config_file.with_name(".device.toml.new").mkdir()
    with pytest.raises(DrawingError, match="无法写入"):
        kit.desk.drawings.save("cam1", Drawing(), kit.desk.drawings.revision())
    assert kit.config_file.read_text("utf-8") == DEVICE


def test_the_files_rights_stay(kit: PageKit) -> None:
    kit.config_file.chmod(0o640)
    kit.desk.drawings.save("cam1", Drawing(), kit.desk.drawings.revision())
    assert kit.config_file.stat().st_mode & 0o777 == 0o640
    assert (kit.folder / "device.toml.bak").exists()


def test_a_mask_and_a_threshold_of_a_camera_go_into_the_file(kit: PageKit) -> None:
    kit.desk.drawings.add_mask("cam1", [(0.0, 0.0), (0.2, 0.0), (0.2, 0.2)])
    kit.desk.drawings.set_min_score("cam1", 0.62)
    [mask] = rows(kit, "masks")
    assert mask["polygon"] == [[0.0, 0.0], [0.2, 0.0], [0.2, 0.2]]
    assert kit.desk.drawings.config().cameras[0].min_score == 0.62


ids = st.text("abc区é\"'\\ #=[]", min_size=1, max_size=6)
edge = st.floats(0.0, 0.4)
far = st.floats(0.6, 1.0)


@st.composite
def zone_rows(draw: st.DrawFn) -> tuple[DrawnRow, ...]:
    names = draw(st.lists(ids, unique=True, max_size=4))
    places = draw(st.permutations([0, 1, None, None]))
    return tuple(
        DrawnRow(
            was,
            {
                "zone_id": name,
                "polygon": [[draw(edge), draw(edge)], [draw(far), draw(edge)], [0.5, draw(far)]],
                "dwell_limit_s": draw(st.floats(0.5, 60.0)),
            },
        )
        for name, was in zip(names, places, strict=False)
    )


LAYOUTS = (
    DEVICE,
    DEVICE.split("# the steps")[0],
    DEVICE.split("# the steps")[0]
    + 'zones = [{zone_id = "a b", polygon = [[0,0],[1,0],[1,1]]}, # first\n'
    '  {zone_id = "c", polygon = [[0,0],[1,0],[1,1]]}]\n'
    '[[cameras]]\ncamera_id = "cam2"\nsource = "0"\n[evidence]\nsnapshots = false\n',
    (
        'device_id = "w-1"\nprofile = "gate"\n'
        'cameras = [{camera_id = "cam1", source = "0", zones = [{zone_id = "z",'
        " polygon = [[0,0],[1,0],[1,1]]}]}] # on one line\n[voice]\nvolume = 0.5\n"
    ),
    DEVICE
    + '[[cameras.zones]]\nzone_id = "later"\npolygon = [[0,0],[1,0],[1,1]]\n'
    + '[[cameras]]\ncamera_id = "cam2"\nsource = "0"\n[[cameras.zones]]\nzone_id = "z"\n'
    + "polygon = [[0,0],[1,0],[1,1]] # of the second\n",
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(LAYOUTS), zone_rows())
def test_the_file_always_says_what_was_drawn_and_nothing_else_has_moved(
    tmp_path_factory: pytest.TempPathFactory, layout: str, wanted: tuple[DrawnRow, ...]
) -> None:
    path = tmp_path_factory.mktemp("drawn") / "device.toml"
    path.write_text(layout, encoding="utf-8")
    before = tomllib.loads(layout)
    file = DrawingFile(path)
    lines = tuple(DrawnRow(i, {}) for i in range(len(before["cameras"][0].get("lines", []))))
    file.save("cam1", Drawing(zones=wanted, lines=lines), file.revision())
    after = tomllib.loads(path.read_text("utf-8"))
    named = {row.values["zone_id"]: row.values for row in wanted}
    found = {zone["zone_id"]: zone for zone in after["cameras"][0].get("zones", [])}
    assert found.keys() == named.keys()
    for zone_id, zone in found.items():
        assert zone["dwell_limit_s"] == pytest.approx(named[zone_id]["dwell_limit_s"], abs=1e-4)
        for corner, meant in zip(zone["polygon"], named[zone_id]["polygon"], strict=True):
            assert corner == pytest.approx(meant, abs=1e-4)
    for one in (before, after):
        one["cameras"][0].pop("zones", None)
    assert after == before


def test_two_saves_from_one_revision_are_one_save(kit: PageKit) -> None:
    revision = kit.desk.drawings.revision()
    kit.desk.drawings.save("cam1", Drawing(), revision)
    with pytest.raises(StaleError):
        kit.desk.drawings.save("cam1", Drawing(), revision)


def test_a_broken_file_is_never_made_worse(tmp_path: Path) -> None:
    path = tmp_path / "device.toml"
    path.write_text("device_id = ", encoding="utf-8")
    file = DrawingFile(path)
    with pytest.raises(ConfigError):
        file.save("cam1", Drawing(), file.revision())
    assert path.read_text("utf-8") == "device_id = "
