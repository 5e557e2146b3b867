"""Zones drawn in the district: a picture for a reason, the drawing signed and sent, undone."""

import json
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.galleries.keys import GalleryKeys
from central.adapters.signed_letters import SignedLetters
from central.adapters.store import directory
from central.adapters.store import drawings as drawing_store
from central.adapters.store.engine import Store
from central.adapters.store.schema.fleet import DEVICE_DRAWING, DEVICE_PICTURE
from central.adapters.store.tables import ACCOUNT, AUDIT, DEVICE, DOWN_MESSAGE, QUARANTINE
from central.core.drawings import undoing
from central.core.people import Actor, Role
from central.reception import Reception
from contract.drawing import COMMAND_PURPOSE, DESIRED_PURPOSE, CameraDrawing, Command, Desired
from contract.messages import Reported
from contract.signing import signing_key_of, verified
from contract.topics import Up, up
from tests.integration.case_district import MINUTE, NOON, add_person, rows

SignedIn = Callable[[str], FlaskClient]
INSTALLER = Actor("account:anzhuang", "安装员 赵岩", Role.INSTALLER, "edu")
ROOM = "/devices/water-001/cameras/cam1"
JPEG = b"\xff\xd8\xff\xe0 a picture"
DIGEST, LATER = "0123456789abcdef", "fedcba9876543210"
ZONE = {"was": 0, "zone_id": "edge", "polygon": [[0.1, 0.1], [0.4, 0.1], [0.4, 0.4]],
        "dwell_limit_s": 8.0}  # fmt: skip
DRAWN = {"zones": [ZONE], "lines": [], "posts": [], "masks": []}
MOVED = {**DRAWN, "zones": [{**ZONE, "dwell_limit_s": 20.0}]}


@pytest.fixture
def district(app: APIFlask, store: Store) -> Store:
    assert app
    with store.transaction() as connection:
        like = connection.execute(select(ACCOUNT.c.password_hash).limit(1)).scalar()
        add_person(connection, INSTALLER)
        directory.change_account(connection, "anzhuang", password_hash=like)
        directory.change_device(connection, "water-001", is_online=True, availability_at=NOON)
    return store


@pytest.fixture
def reception(evidence: EvidenceFiles) -> Reception:
    return Reception(evidence)


class Box:
    """A device as central hears it."""

    def __init__(self, store: Store, reception: Reception) -> None:
        self.store, self.reception = store, reception

    def says(self, leaf: Up, body: dict[str, Any], device_id: str = "water-001") -> None:
        with self.store.transaction() as connection:
            payload = json.dumps({"v": 1, "device_id": device_id, **body}).encode()
            self.reception.take(connection, up(device_id, leaf), payload, NOON)

    def reports(self, **changes: Any) -> None:
        usual = {"boot_id": "b", "at": "2026-11-23T04:00:00Z", "release": "1",
                 "cameras": ["cam1"], "config_digest": DIGEST}  # fmt: skip
        self.says(Up.REPORTED, usual | changes)

    def answers(self, command_id: str, **changes: Any) -> None:
        self.says(Up.PICTURE, {
            "command_id": command_id, "camera_id": "cam1", "at": "2026-11-23T04:00:02Z",
            "drawing": DRAWN, "digest": DIGEST, "jpeg": b64encode(JPEG).decode(),
        } | changes)  # fmt: skip

    def was_told(self, leaf: str) -> list[dict[str, Any]]:
        with self.store.reading() as connection:
            found = rows(connection, DOWN_MESSAGE, leaf=leaf)
        return [json.loads(one["body"]) for one in found]


@pytest.fixture
def box(district: Store, reception: Reception) -> Box:
    made = Box(district, reception)
    made.reports()
    return made


def ask(client: FlaskClient, box: Box, reason: str = "水位上涨，重画警戒线") -> str:
    assert client.post(f"{ROOM}/picture", data={"reason": reason}).status_code == 302
    return str(box.was_told("command")[-1]["command_id"])


def draw(client: FlaskClient, command_id: str, drawing: dict[str, Any]) -> str:
    form = {"command": command_id, "drawing": json.dumps(drawing)}
    return client.post(f"{ROOM}/drawing", data=form, follow_redirects=True).text


def test_a_picture_is_asked_for_with_a_reason_and_looking_is_kept(
    box: Box, signed_in: SignedIn
) -> None:
    client = signed_in("anzhuang")
    command_id = ask(client, box)
    assert "等它回应" in client.get(f"{ROOM}/state").text
    box.answers(command_id)
    page = client.get(ROOM).text
    assert command_id in page
    shown = client.get(f"/devices/water-001/pictures/{command_id}")
    assert (shown.data, shown.mimetype) == (JPEG, "image/jpeg")
    with box.store.reading() as connection:
        acts = {row["action"]: row for row in rows(connection, AUDIT)}
    assert acts["device.picture"]["detail"]["reason"] == "水位上涨，重画警戒线"
    assert acts["look.device_picture"]["actor"] == "account:anzhuang"


def test_without_a_reason_nothing_is_asked(box: Box, signed_in: SignedIn) -> None:
    client = signed_in("anzhuang")
    page = client.post(f"{ROOM}/picture", data={"reason": " "}, follow_redirects=True).text
    assert "请说明为什么需要截图" in page
    assert box.was_told("command") == []


def test_a_picture_nobody_asked_for_is_not_kept_nor_put_aside(box: Box) -> None:
    box.answers("made-up")
    with box.store.reading() as connection:
        assert rows(connection, DEVICE_PICTURE) == []
        (aside,) = rows(connection, QUARANTINE)
    assert (aside["reason"], aside["head"]) == ("unannounced", b"")


def test_another_device_answers_nothing_of_ours(box: Box, signed_in: SignedIn) -> None:
    command_id = ask(signed_in("anzhuang"), box)
    box.says(Up.PICTURE, {"command_id": command_id, "camera_id": "cam1", "digest": DIGEST,
                          "at": "2026-11-23T04:00:02Z", "jpeg": b64encode(JPEG).decode()},
             "water-002")  # fmt: skip
    assert signed_in("anzhuang").get(f"/devices/water-001/pictures/{command_id}").status_code == 404


@pytest.mark.parametrize("jpeg", ["AAAA", "A"])
def test_what_is_no_picture_is_none(box: Box, signed_in: SignedIn, jpeg: str) -> None:
    client = signed_in("anzhuang")
    command_id = ask(client, box)
    box.answers(command_id, jpeg=jpeg)
    assert client.get(f"/devices/water-001/pictures/{command_id}").status_code == 404


def test_a_device_that_cannot_says_why(box: Box, signed_in: SignedIn) -> None:
    client = signed_in("anzhuang")
    box.answers(ask(client, box), jpeg="", refused="看守进程没有给出画面", digest=None)
    assert "看守进程没有给出画面" in client.get(ROOM).text


def test_a_drawing_is_sent_over_what_was_seen_and_taken(box: Box, signed_in: SignedIn) -> None:
    client = signed_in("anzhuang")
    command_id = ask(client, box)
    box.answers(command_id)
    assert "已下发" in draw(client, command_id, MOVED)
    (sent,) = box.was_told("desired")
    assert (sent["revision"], sent["over"]) == (1, DIGEST)
    assert sent["drawing"]["zones"][0]["dwell_limit_s"] == 20.0
    assert "等设备采用" in client.get(f"{ROOM}/state").text
    assert "下发的配置还没有生效" in client.get("/devices/water-001").text
    box.reports(config_revision=1, config_seen=1, config_digest=LATER)
    assert "已生效" in client.get(f"{ROOM}/state").text
    assert "下发的配置还没有生效" not in client.get("/devices/water-001").text


def test_what_the_device_refused_is_said_with_its_reason(box: Box, signed_in: SignedIn) -> None:
    client = signed_in("anzhuang")
    command_id = ask(client, box)
    box.answers(command_id)
    draw(client, command_id, MOVED)
    box.reports(config_seen=1, config_refused="配置刚被别人改过", config_digest=LATER)
    page = client.get(ROOM).text
    assert "配置刚被别人改过" in page
    assert "现场改过配置" in page


def test_undo_sends_what_was_drawn_before_over_what_is_there_now(
    box: Box, signed_in: SignedIn
) -> None:
    client = signed_in("anzhuang")
    command_id = ask(client, box)
    box.answers(command_id)
    draw(client, command_id, MOVED)
    assert "没有可撤销" in client.post(f"{ROOM}/undo", follow_redirects=True).text
    box.reports(config_revision=1, config_seen=1, config_digest=LATER)
    client.post(f"{ROOM}/undo")
    back = box.was_told("desired")[-1]
    assert (back["revision"], back["over"]) == (2, LATER)
    assert back["drawing"]["zones"] == [ZONE]
    with box.store.reading() as connection:
        assert rows(connection, DEVICE_DRAWING)[-1]["undoes"] == 1


@pytest.mark.parametrize("drawing", [{"zones": [{"zone_id": "x"}]}, {"zones": "all"}])
def test_what_is_drawn_wrong_is_not_sent(
    box: Box, signed_in: SignedIn, drawing: dict[str, Any]
) -> None:
    client = signed_in("anzhuang")
    command_id = ask(client, box)
    box.answers(command_id)
    assert "没有保存" in draw(client, command_id, drawing)
    assert box.was_told("desired") == []


def test_a_drawing_on_an_older_picture_is_not_sent(box: Box, signed_in: SignedIn) -> None:
    client = signed_in("anzhuang")
    first = ask(client, box)
    box.answers(first)
    box.answers(ask(client, box))
    assert "截图已换" in draw(client, first, MOVED)
    assert box.was_told("desired") == []


def test_only_those_who_set_devices_up_draw_and_look(box: Box, signed_in: SignedIn) -> None:
    command_id = ask(signed_in("anzhuang"), box)
    box.answers(command_id)
    for username in ("zhiban", "zhenshui"):
        client = signed_in(username)
        for path in (ROOM, f"{ROOM}/state", f"/devices/water-001/pictures/{command_id}"):
            assert client.get(path).status_code == 403
        for path in ("picture", "drawing", "undo"):
            assert client.post(f"{ROOM}/{path}").status_code == 403


def test_an_unknown_camera_has_no_page(box: Box, signed_in: SignedIn) -> None:
    assert box
    client = signed_in("anzhuang")
    assert client.get("/devices/water-001/cameras/cam9").status_code == 404
    assert client.get("/devices/nothing/cameras/cam1").status_code == 404


def test_what_travels_is_signed_for_its_use_and_a_late_command_is_not_sent(
    box: Box, signed_in: SignedIn, tmp_path: Path
) -> None:
    keys = GalleryKeys(tmp_path / "galleries").prepare()
    client, letters = signed_in("anzhuang"), SignedLetters(keys)
    command_id = ask(client, box)
    box.answers(command_id)
    draw(client, command_id, MOVED)
    public = signing_key_of(keys.signing_key)
    with box.store.reading() as connection:
        command, desired = connection.execute(select(DOWN_MESSAGE)).mappings().all()
        said = letters.written(connection, command, NOON)
        late = letters.written(connection, command, NOON + 11 * MINUTE)
        drawn = letters.written(connection, desired, NOON + 11 * MINUTE)
    assert late is None
    assert said is not None
    assert drawn is not None
    assert Command.model_validate_json(verified(said, public, COMMAND_PURPOSE))
    assert Desired.model_validate_json(verified(drawn, public, DESIRED_PURPOSE)).revision == 1
    with box.store.transaction() as connection:
        connection.execute(update(DEVICE).values(is_revoked=True))
    with box.store.reading() as connection:
        assert letters.written(connection, desired, NOON) is None


def test_pictures_are_forgotten_after_their_time(box: Box, signed_in: SignedIn) -> None:
    box.answers(ask(signed_in("anzhuang"), box))
    with box.store.transaction() as connection:
        assert drawing_store.forget_pictures(connection, NOON - 1) == 0
        assert drawing_store.forget_pictures(connection, NOON + 1) == 1


def test_the_way_back_names_where_things_stand_now() -> None:
    def zone(name: str, was: int | None) -> dict[str, Any]:
        return {**ZONE, "zone_id": name, "was": was}

    before = CameraDrawing.model_validate({"zones": [zone("a", 0), zone("b", 1), zone("c", 2)]})
    drawn = CameraDrawing.model_validate(
        {"zones": [zone("new", None), zone("c2", 2), zone("a", 0)]}
    )
    back = undoing(before, drawn)
    assert [(one.zone_id, one.was) for one in back.zones] == [("a", 2), ("b", None), ("c", 1)]


def test_reports_of_devices_that_say_less_are_read(box: Box) -> None:
    said = Reported(device_id="water-001", boot_id="b", at=datetime(2026, 11, 23, tzinfo=UTC),
                    release="1")  # fmt: skip
    body = said.model_dump(mode="json", exclude={"config_seen", "config_refused", "config_digest"})
    box.says(Up.REPORTED, body)
    with box.store.reading() as connection:
        assert rows(connection, QUARANTINE) == []
