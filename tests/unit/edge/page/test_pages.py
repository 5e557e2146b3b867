"""Health, trials, suggestions, commissioning; Chinese first, and English whole."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import edge_agent.page
from contract.messages import Suggestion
from edge_agent.adapters.commissioning import Answer, digest, is_signed_well
from edge_agent.core.checks import Finding
from edge_agent.page.desk import Trip
from edge_agent.page.english import ENGLISH
from tests.unit.edge.page.page_kit import AT, SCHOOL_PIN, PageKit, page_kit, send, token

PAGE = Path(edge_agent.page.__file__).parent
CHINESE = re.compile(r"[\u4e00-\u9fff]")
PATHS = ("/", "/cameras", "/trials", "/suggestions", "/commissioning")


def test_what_fails_comes_first_with_what_to_do(kit: PageKit) -> None:
    kit.health.rows = [
        Finding("clock", "ok", "已同步"),
        Finding("camera.cam1", "fail", "画面停住", "请检查网线"),
    ]
    shown = kit.signed_in().get("/").get_data(as_text=True)
    assert shown.index("摄像头 cam1") < shown.index("时钟")
    assert "怎么办：请检查网线" in shown


def test_the_installer_has_all_checked_again_and_the_school_cannot(kit: PageKit) -> None:
    for pin, checks in (("295318", 1), (SCHOOL_PIN, 1)):
        client = kit.signed_in(pin)
        client.post("/check-again", data={"csrf_token": token(client, "/")})
        assert kit.health.checks == checks


@pytest.mark.parametrize("kind", ["test_voice", "test_siren", "test_lamp", "drill", "press"])
def test_a_trial_is_asked_in_the_installers_name_and_followed(kit: PageKit, kind: str) -> None:
    client = kit.signed_in()
    asked = send(client, "POST", "/api/trials", {"kind": kind})
    assert asked.status_code == 202
    assert kit.trials.asked == [(kind, "page:installer")]
    kit.trials.answer = Trip(True, True, "响了", sent=True, stored=True, acknowledged=False)
    followed = client.get(f"/api/trials/{asked.get_json()['trial_id']}").get_json()
    assert (followed["outcome"], followed["stored"]) == ("响了", True)
    assert client.get("/api/trials/99").status_code == 404


@pytest.mark.parametrize("kind", ["test_siren", "test_lamp"])
def test_the_school_tries_neither_siren_nor_lamp(kit: PageKit, kind: str) -> None:
    client = kit.signed_in(SCHOOL_PIN)
    assert send(client, "POST", "/api/trials", {"kind": kind}).status_code == 403
    assert kit.trials.asked == []


def test_the_school_presses_and_drills(kit: PageKit) -> None:
    client = kit.signed_in(SCHOOL_PIN)
    for kind in ("press", "drill", "test_voice"):
        assert send(client, "POST", "/api/trials", {"kind": kind}).status_code == 202


def a_suggestion(remedy: str = "mask", camera_id: str = "cam1") -> Suggestion:
    return Suggestion.model_validate(
        {
            "suggestion_id": f"{remedy}-1",
            "device_id": "water-001",
            "camera_id": camera_id,
            "remedy": remedy,
            "mask": [[0.1, 0.1], [0.2, 0.1], [0.2, 0.3]] if remedy == "mask" else [],
            "min_score": 0.6 if remedy == "min_score" else None,
            "because": "reflection",
            "incident_number": "2026-0007",
            "at": AT,
        }
    )


def answered(kit: PageKit, suggestion_id: str, answer: str) -> int:
    client = kit.signed_in()
    form = {"answer": answer, "csrf_token": token(client, "/")}
    return client.post(f"/suggestions/{suggestion_id}", data=form).status_code


def test_an_accepted_mask_goes_into_the_config_once(kit: PageKit) -> None:
    kit.book.keep(a_suggestion())
    kit.book.keep(a_suggestion())
    assert "2026-0007" in kit.signed_in().get("/suggestions").get_data(as_text=True)
    assert answered(kit, "mask-1", "accept") == 302
    [mask] = kit.desk.drawings.config().cameras[0].masks
    assert mask.polygon == ((0.1, 0.1), (0.2, 0.1), (0.2, 0.3))
    assert answered(kit, "mask-1", "accept") == 404
    kit.book.keep(a_suggestion())
    assert kit.book.waiting() == []


def test_an_accepted_threshold_is_that_cameras(kit: PageKit) -> None:
    kit.book.keep(a_suggestion("min_score"))
    assert answered(kit, "min_score-1", "accept") == 302
    assert kit.desk.drawings.config().cameras[0].min_score == 0.6


def test_a_rejected_one_changes_nothing(kit: PageKit) -> None:
    kit.book.keep(a_suggestion())
    before = kit.config_file.read_bytes()
    assert answered(kit, "mask-1", "reject") == 302
    assert kit.config_file.read_bytes() == before
    assert kit.book.waiting() == []


def test_what_does_not_fit_stays_waiting_and_says_why(kit: PageKit) -> None:
    kit.book.keep(a_suggestion(camera_id="gone"))
    assert answered(kit, "mask-1", "accept") == 500
    assert len(kit.book.waiting()) == 1


def device_key(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "water-001")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    form = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "device.key").write_bytes(key.private_bytes(pem, *form))
    (folder / "device.crt").write_bytes(made.public_bytes(pem))
    return folder / "device.key"


STEPS = ("picture:cam1", "drawn:cam1", "voice", "siren", "lamp", "button", "network", "clock")


def confirm(kit: PageKit, step: str, **more: str) -> int:
    client = kit.signed_in()
    form = {"step": step, "result": "passed", "who": "王宁", "note": "", **more}
    return client.post(
        "/commissioning", data={**form, "csrf_token": token(client, "/")}
    ).status_code


def finish(kit: PageKit) -> int:
    client = kit.signed_in()
    form = {"csrf_token": token(client, "/")}
    return client.post("/commissioning/report", data=form).status_code


def test_a_report_needs_every_step_and_is_signed_by_the_device(tmp_path: Path) -> None:
    kit = page_kit(tmp_path, key=device_key(tmp_path))
    for step in STEPS:
        assert confirm(kit, step) == 302
    assert finish(kit) == 422
    assert confirm(kit, "light", note="15 lx") == 302
    assert finish(kit) == 302
    [name] = kit.desk.commissioning.reports()
    report = kit.desk.commissioning.report(name)
    assert is_signed_well(report)
    assert not is_signed_well(report.replace("王宁".encode(), "李安".encode()))
    fields = json.loads(report)
    assert (fields["passed"], fields["device_id"], len(fields["steps"])) == (True, "water-001", 9)
    shown = kit.signed_in().get(f"/commissioning/reports/{name}").get_data(as_text=True)
    assert "核对无误" in shown
    assert kit.desk.commissioning.checklist().entries == {}
    kit.book.file.close()


def finished(tmp_path: Path) -> tuple[PageKit, str]:
    kit = page_kit(tmp_path, key=device_key(tmp_path))
    for step in (*STEPS, "light"):
        confirm(kit, step, note="15 lx")
    assert finish(kit) == 302
    [name] = kit.desk.commissioning.reports()
    return kit, name


@pytest.mark.parametrize(
    ("status", "reason", "words"),
    [("stored", "", "平台已收到"), ("refused", "wrong_device: 不是本设备", "wrong_device")],
)
def test_a_report_says_what_the_district_has_answered(
    tmp_path: Path, status: Literal["stored", "refused"], reason: str, words: str
) -> None:
    kit, name = finished(tmp_path)
    folder = kit.desk.commissioning
    [waiting] = folder.to_send()
    client = kit.signed_in()
    assert "还没有平台的回执" in client.get(f"/commissioning/reports/{name}").get_data(as_text=True)
    folder.settle(Answer("0" * 64, "stored", AT))
    assert folder.to_send() == [waiting]
    folder.settle(Answer(digest(waiting), status, AT, reason))
    assert folder.to_send() == []
    assert words in client.get(f"/commissioning/reports/{name}").get_data(as_text=True)
    assert [name] == folder.reports()
    kit.book.file.close()


@pytest.mark.parametrize(
    "more", [{"who": ""}, {"who": "x" * 41}, {"result": "failed"}, {"result": "not_here"}]
)
def test_who_confirms_says_his_name_and_why_it_failed(kit: PageKit, more: dict[str, str]) -> None:
    assert confirm(kit, "siren", **more) == 422
    assert kit.desk.commissioning.checklist().entries == {}


def test_light_needs_a_reading(kit: PageKit) -> None:
    assert confirm(kit, "light") == 422


def test_a_failed_step_makes_a_failed_report(kit: PageKit) -> None:
    for step in (*STEPS, "light"):
        confirm(kit, step, note="3 lx", result="failed" if step == "light" else "passed")
    assert finish(kit) == 302
    [name] = kit.desk.commissioning.reports()
    fields = json.loads(kit.desk.commissioning.report(name))
    assert (fields["passed"], fields["signed_by"]) == (False, None)
    assert not is_signed_well(kit.desk.commissioning.report(name))


@pytest.mark.parametrize("name", ["..%2f..%2fdevice", "current", "20260601T080000Z"])
def test_no_other_file_is_given_as_a_report(kit: PageKit, name: str) -> None:
    confirm(kit, "voice")
    assert kit.signed_in().get(f"/commissioning/reports/{name}.json").status_code == 404


def asked_for() -> set[str]:
    found: set[str] = set()
    for file in [*PAGE.glob("*.py"), *PAGE.glob("templates/*.html")]:
        text = file.read_text("utf-8")
        if file.name != "english.py":
            found |= {one[1] for one in re.findall(r"(?<!\w)_\((['\"])(.*?)\1", text)}
            found |= set(re.findall(r':\s*"([^"]*[\u4e00-\u9fff][^"]*)"', text))
    return {one for one in found if CHINESE.search(one)}


def test_every_message_has_its_english_and_none_is_left_over() -> None:
    assert set(ENGLISH) == asked_for()
    assert [one for one in ENGLISH.values() if CHINESE.search(one)] == []


def test_a_translation_keeps_its_placeholders() -> None:
    for chinese, english in ENGLISH.items():
        assert sorted(re.findall(r"\{\w+\}", chinese)) == sorted(re.findall(r"\{\w+\}", english))


@pytest.mark.parametrize("template", sorted(PAGE.glob("templates/*.html")), ids=lambda p: p.name)
def test_no_template_says_chinese_past_the_list(template: Path) -> None:
    text = re.sub(r"_\('[^']*'", "", template.read_text("utf-8"))
    assert set(CHINESE.findall(text)) <= set("中文")


@pytest.mark.parametrize("path", PATHS)
def test_every_page_speaks_english_when_asked(kit: PageKit, path: str) -> None:
    client = kit.signed_in()
    client.set_cookie("huxiao_page_language", "en")
    kit.health.rows = []
    shown = client.get(path).get_data(as_text=True)
    rest = re.sub(r"月湖东岸|中文", "", shown)
    assert CHINESE.findall(rest) == []
    assert 'lang="en"' in shown


def test_a_broken_config_is_said_and_not_a_crash(kit: PageKit) -> None:
    client = kit.signed_in()
    kit.config_file.write_text("device_id = 5\n", encoding="utf-8")
    assert client.get("/").status_code == 200
    shown = client.get("/cameras")
    assert shown.status_code == 500
    assert "device_id" in shown.get_data(as_text=True)
