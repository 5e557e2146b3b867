"""The GA/T 1400 receiver: digest, registration, and hits that keep neither face nor reason."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.store import directory, dispositions, geography
from central.adapters.store.engine import Store
from central.adapters.store.tables import AUDIT, INCIDENT, NOTIFICATION, TIMELINE
from central.core.dispositions import Order
from central.core.viid import MEDIA_TYPE
from central.web.app import create_app
from central.web.settings import ViidSettings
from tests.browser.served import settings, settle
from tests.integration.case_district import NOON, SCHOOL, rows

PLATFORM = "33028300005030000001"
CAMERA = "33028300001320000017"
VIID = ViidSettings(
    server_id="33028300005030000099",
    realm="huxiao",
    username="fenju",
    password="a long password for tests",  # noqa: S106
    platforms=frozenset({PLATFORM}),
    cameras={CAMERA: "gate"},
)
HITS = "/VIID/DispositionNotifications"
NOW = datetime.fromtimestamp(NOON / 1000, UTC)


@pytest.fixture
def app(store: Store, evidence: EvidenceFiles, clock: list[int]) -> APIFlask:
    settle(store)
    relations = {"town": "town:yuelin", "school": "school:shiyan", "station": "station:yuelin"}
    order = Order(
        authority="fenju", disposition_id="d-1", action="请核实身份", urgency="critical",
        approver="何军", legal_basis="18号", issued_at=NOW, expires_at=NOW + timedelta(days=30),
        category="C3", schools=("school:shiyan",),
    )  # fmt: skip
    with store.transaction() as connection:
        gate = {"site_id": "gate", "kind": "gate", "name_zh": "实验小学正门", "name_en": "",
                "relations": relations, "created_at": 0}  # fmt: skip
        directory.add_site(connection, gate)
        dispositions.put(connection, order, NOON)
    return create_app(store, settings(evidence, now_ms=lambda: clock[0], viid=VIID))


class Platform:
    """The police's platform: speaks HTTP digest as its own client does."""

    def __init__(self, client: FlaskClient, password: str = VIID.password) -> None:
        self.client, self.auth = client, httpx.DigestAuth(VIID.username, password)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        asked = httpx.Request("POST", f"http://localhost{path}", content=content)
        flow = self.auth.sync_auth_flow(asked)
        request = next(flow)
        while True:
            sent = {"User-Identify": PLATFORM, **headers}
            if "Authorization" in request.headers:
                sent["Authorization"] = request.headers["Authorization"]
            got = self.client.post(path, data=content, headers=sent, content_type=MEDIA_TYPE)
            answer = httpx.Response(got.status_code, headers=list(got.headers), request=request)
            try:
                request = flow.send(answer)
            except StopIteration:
                return got

    def register(self) -> Any:
        return self.post("/VIID/System/Register", {"RegisterObject": {"DeviceID": PLATFORM}})

    def tells(self, *hits: dict[str, Any]) -> list[dict[str, Any]]:
        body = {"DispositionNotificationListObject": {"DispositionNotificationObject": list(hits)}}
        answer = self.post(HITS, body)
        assert answer.status_code == 200
        told: list[dict[str, Any]] = json.loads(answer.data)["ResponseStatusListObject"][
            "ResponseStatusObject"
        ]
        return told


@pytest.fixture
def platform(app: APIFlask) -> Platform:
    speaks = Platform(app.test_client())
    assert _code(speaks.register()) == 0
    return speaks


def _code(answer: Any) -> int:
    return int(json.loads(answer.data)["ResponseStatusObject"]["StatusCode"])


def a_hit(notification_id: str = "n-1", **changes: Any) -> dict[str, Any]:
    given = {
        "NotificationID": notification_id,
        "DispositionID": "d-1",
        "Title": "精神障碍患者张三",
        "TriggerTime": "20261123115955",
        "PersonObject": {
            "DeviceID": CAMERA, "Name": "张三", "IDNumber": "330283198001011234",
            "SubImageList": {"SubImageInfoObject": [{"Data": "/9j/4AAQ"}]},
        },
    }  # fmt: skip
    return given | changes


def kept(store: Store) -> list[dict[str, Any]]:
    with store.reading() as connection:
        return rows(connection, INCIDENT)


def test_the_time_is_for_anybody_who_has_to_set_a_clock(app: APIFlask) -> None:
    answer = app.test_client().get("/VIID/System/Time")
    assert json.loads(answer.data)["SystemTimeObject"]["LocalTime"] == "20261123120000"


def test_registering_needs_the_password_and_a_platform_that_is_known(app: APIFlask) -> None:
    bare = app.test_client().post("/VIID/System/Register", json={})
    assert bare.status_code == 401
    assert "qop" in bare.headers["WWW-Authenticate"]
    assert Platform(app.test_client(), "wrong").register().status_code == 401
    right = Platform(app.test_client())
    assert _code(right.register()) == 0
    stranger = {"RegisterObject": {"DeviceID": "33028300005030000666"}}
    assert _code(right.post("/VIID/System/Register", stranger)) == 8


def test_an_old_nonce_is_asked_for_anew(app: APIFlask, clock: list[int]) -> None:
    speaks = Platform(app.test_client())
    speaks.register()
    held = speaks.auth
    clock[0] += 6 * 60 * 1000
    request = next(
        held.sync_auth_flow(httpx.Request("POST", "http://localhost/VIID/System/Keepalive"))
    )
    old = {"Authorization": request.headers["Authorization"]}
    answer = app.test_client().post("/VIID/System/Keepalive", data=b"{}", headers=old)
    assert answer.status_code == 401


def test_keepalive_and_hits_come_after_registering_only(app: APIFlask, store: Store) -> None:
    speaks = Platform(app.test_client())
    alive = {"KeepaliveObject": {"DeviceID": PLATFORM}}
    assert _code(speaks.post("/VIID/System/Keepalive", alive)) == 4
    body = {"DispositionNotificationListObject": {"DispositionNotificationObject": [a_hit()]}}
    assert _code(speaks.post(HITS, body)) == 4
    speaks.register()
    assert _code(speaks.post("/VIID/System/Keepalive", alive)) == 0
    off = {"UnRegisterObject": {"DeviceID": PLATFORM}}
    assert _code(speaks.post("/VIID/System/UnRegister", off)) == 0
    assert _code(speaks.post("/VIID/System/Keepalive", alive)) == 4
    assert kept(store) == []


def test_a_hit_opens_a_case_that_says_what_to_do_and_holds_no_name_face_or_reason(
    platform: Platform, store: Store
) -> None:
    (told,) = platform.tells(a_hit())
    assert (told["StatusCode"], told["Id"]) == (0, "n-1")
    (incident,) = kept(store)
    assert (incident["severity"], incident["instruction"]) == ("critical", "请核实身份")
    with store.reading() as connection:
        letters = rows(connection, NOTIFICATION)
        everything = repr([*letters, *rows(connection, TIMELINE), *rows(connection, AUDIT),
                           incident | {"playbook": ""}])  # fmt: skip
    assert any(one["recipient"] == SCHOOL.actor_id for one in letters)
    for secret in ("张三", "精神", "330283198001011234", "/9j/4AAQ", "C3"):
        assert secret not in everything


def test_the_same_hit_again_changes_nothing_and_another_joins(
    platform: Platform, store: Store
) -> None:
    for _ in range(2):
        platform.tells(a_hit())
    assert [one["alert_count"] for one in kept(store)] == [1]
    platform.tells(a_hit("n-2", TriggerTime="20261123115958"))
    assert [one["alert_count"] for one in kept(store)] == [2]


@pytest.mark.parametrize(
    ("changes", "code", "says"),
    [
        ({"DispositionID": "d-404"}, 4, "已到期"),
        ({"PersonObject": {"DeviceID": "33028300001320000404"}}, 4, "摄像机"),
        ({"TriggerTime": "20261124120000"}, 4, "校时"),
        ({"TriggerTime": "yesterday"}, 8, "TriggerTime"),
        ({"NotificationID": ""}, 8, "NotificationID"),
        ({"PersonObject": None}, 8, "DeviceID"),
    ],
)
def test_a_hit_without_its_ground_is_refused_with_the_reason_and_the_others_stand(
    platform: Platform, store: Store, changes: dict[str, Any], code: int, says: str
) -> None:
    refused, taken = platform.tells(a_hit("n-9", **changes), a_hit("n-1"))
    assert (refused["StatusCode"], taken["StatusCode"]) == (code, 0)
    assert says in refused["StatusString"]
    assert len(kept(store)) == 1


def test_a_hit_on_an_order_that_has_run_out_is_refused(
    platform: Platform, store: Store, clock: list[int]
) -> None:
    clock[0] += 31 * 24 * 3600 * 1000
    platform.register()
    (told,) = platform.tells(a_hit(TriggerTime="20261224120000"))
    assert told["StatusCode"] == 4
    assert kept(store) == []


def test_a_camera_outside_the_ring_is_none_of_the_schools(platform: Platform, store: Store) -> None:
    square = [(121.407, 29.655), (121.409, 29.655), (121.409, 29.657), (121.407, 29.657)]
    with store.transaction() as connection:
        geography.put_boundary(connection, "school:shiyan", square, NOON)
        geography.put_point(connection, "gate", 29.656, 121.404)
    (told,) = platform.tells(a_hit())
    assert "100 米" in told["StatusString"]
    assert kept(store) == []


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b"\xff", b"[" * 9000, b'{"a": 1e999}'])
def test_garbage_gets_a_status_object_and_nothing_else(
    platform: Platform, store: Store, body: bytes
) -> None:
    answer = platform.post(HITS, body)
    assert answer.mimetype == MEDIA_TYPE
    assert _code(answer) == 8
    assert kept(store) == []


def test_without_settings_there_is_no_receiver(store: Store, evidence: EvidenceFiles) -> None:
    settle(store)
    made = create_app(store, settings(evidence, now_ms=lambda: NOON))
    assert made.test_client().get("/VIID/System/Time").status_code == 404
    assert made.test_client().post("/VIID/System/Register", json={}).status_code == 404
