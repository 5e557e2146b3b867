"""What stands behind the page: requests, journeys, health, TLS, the unit, the command."""

import ssl
import threading
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from contract.messages import CameraHealth
from edge_agent.adapters.journeys import Journey, journey_of
from edge_agent.adapters.notes import HealthRow
from edge_agent.adapters.page_server.certificate import fingerprint
from edge_agent.adapters.pins import PageRole
from edge_agent.adapters.requests import Requests
from edge_agent.cli import main
from edge_agent.config import ConfigError, EdgeConfig, load_config, read_config
from edge_agent.core.checks import Finding
from edge_agent.ports import PageError
from edge_agent.wiring.noticing import PageHealth, of_camera, of_link, of_speaker, quick_checks
from edge_agent.wiring.paging import page_pins, served_page
from edge_agent.wiring.trying import ButtonTrials
from tests.servers.mosquitto import free_port
from tests.unit.edge.page.page_kit import DEVICE
from tests.unit.edge.sending.sending_kit import a_body, an_outbox, eventually, stored

ROOT = Path(__file__).parents[4]
NOW = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)


class Clock:
    """A timepiece that a test moves."""

    def __init__(self) -> None:
        self.at = 100.0

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return self.at


def test_what_is_asked_waits_grows_old_and_is_answered_once(tmp_path: Path) -> None:
    clock = Clock()
    with an_outbox(tmp_path, clock) as box:
        requests = Requests(box, clock, "boot-1")
        assert requests.pending() == []
        number = requests.ask("press", "page:school")
        clock.at += 11.0
        [request] = requests.pending()
        assert (request.kind, request.by, request.age_s) == ("press", "page:school", 11.0)
        [later] = Requests(box, clock, "boot-2").pending()
        assert later.age_s is None, "asked before this boot: nobody knows how old it is"
        requests.done(number, "已过时,没有执行", ok=False)
        assert requests.pending() == []
        answer = requests.answer(number)
        assert answer is not None
        assert (answer.is_done, answer.is_ok, answer.outcome) == (True, False, "已过时,没有执行")


def test_old_requests_are_forgotten(tmp_path: Path) -> None:
    with an_outbox(tmp_path) as box:
        requests = Requests(box, Clock())
        numbers = [requests.ask("test_lamp", "page:installer") for _ in range(210)]
        assert requests.answer(numbers[0]) is None
        assert requests.answer(numbers[-1]) is not None


def test_an_alarms_way_is_seen_to_the_person_who_takes_it(tmp_path: Path) -> None:
    with an_outbox(tmp_path) as box:
        trials = ButtonTrials(box)
        trial_id = trials.ask("press", "page:school")
        alert = box.put(a_body(critical=True))
        Requests(box, Clock()).done(int(trial_id), "已鸣笛", alert_id=alert.alert_id)
        seen = [journey_of(box, alert.alert_id)]
        box.sent([alert.seq])
        seen.append(journey_of(box, alert.alert_id))
        receipt = stored(alert.seq).model_copy(update={"alert_id": alert.alert_id})
        box.settle(receipt)
        seen.append(journey_of(box, alert.alert_id))
        box.settle(receipt.model_copy(update={"seqs": (), "status": "acknowledged"}))
        trip = trials.follow(trial_id)
        assert trip is not None
        assert (trip.sent, trip.stored, trip.acknowledged) == (True, True, True)
        assert seen == [
            Journey(sent=False, stored=False, acknowledged=False),
            Journey(sent=True, stored=False, acknowledged=False),
            Journey(sent=True, stored=True, acknowledged=False),
        ]


@pytest.mark.parametrize("trial_id", ["", "x", "-1", "1e3", "9" * 40, "٣"])
def test_a_number_that_was_never_given_is_nobodys(tmp_path: Path, trial_id: str) -> None:
    with an_outbox(tmp_path) as box:
        assert ButtonTrials(box).follow(trial_id) is None


def test_a_blind_camera_is_no_well_camera() -> None:
    health = CameraHealth(
        camera_id="cam1", state="running", fps=9.8, faults=("covered",), blind_zones=("台阶",)
    )
    found = of_camera(health)
    assert found.state == "fail"
    assert "台阶" in found.said
    assert found.advice
    assert of_camera(health.model_copy(update={"faults": (), "blind_zones": ()})).state == "ok"


@pytest.mark.parametrize("state", ["starting", "stalled", "failed"])
def test_what_is_wrong_with_a_camera_has_an_advice(state: str) -> None:
    health = CameraHealth.model_validate({"camera_id": "cam1", "state": state, "fps": 0.0})
    assert of_camera(health).advice


def test_the_loudspeaker_is_asked_of_the_watch_and_never_played_on() -> None:
    well = HealthRow(NOW, {"state": "ok", "detail": ""})
    broken = HealthRow(NOW, {"state": "failed", "detail": "没有声卡"})
    assert [one.state for one in of_speaker(well, NOW)] == ["ok"]
    assert [one.said for one in of_speaker(broken, NOW)] == ["没有声卡"]
    assert list(of_speaker(well, NOW.replace(hour=9))) == []
    assert list(of_speaker(None, NOW)) == []


def test_a_link_that_is_silent_or_refused_fails_and_says_what_to_do() -> None:
    well = HealthRow(NOW, {"is_connected": True, "said": "已连接"})
    assert of_link(well, NOW) == Finding("link", "ok", "已连接")
    assert of_link(None, NOW).advice
    assert of_link(HealthRow(NOW, {"is_connected": False, "said": "拒绝"}), NOW).state == "fail"
    assert of_link(well, NOW.replace(hour=9)).state == "fail"


def a_config(folder: Path, more: str = "") -> EdgeConfig:
    text = DEVICE.replace("[voice]", f'data_dir = "state"\n{more}[voice]')
    (folder / "device.toml").write_text(text, encoding="utf-8")
    return load_config(folder / "device.toml")


def test_looking_at_the_health_opens_no_camera_and_makes_no_outbox(tmp_path: Path) -> None:
    found = {one.check: one.state for one in quick_checks(a_config(tmp_path))}
    assert found["camera.cam1"] == "warn"
    assert found["link"] == "fail"
    assert not (tmp_path / "state").exists()


def test_slow_checks_run_aside_once_at_a_time(tmp_path: Path) -> None:
    config, go, runs = a_config(tmp_path), threading.Event(), []

    def slow(_: EdgeConfig) -> Iterator[Finding]:
        runs.append("")
        assert go.wait(10.0)
        yield Finding("voice", "ok", "")

    health = PageHealth(lambda: config, slow)
    health.check_again()
    health.check_again()
    assert health.is_checking()
    assert "voice" not in {one.check for one in health.findings()}
    go.set()
    health.close()
    assert "voice" in {one.check for one in health.findings()}
    assert len(runs) == 1


def fetched(address: str, cert_file: Path, path: str = "/sign-in") -> tuple[int, bytes, str]:
    context = ssl.create_default_context(cafile=str(cert_file))
    with urllib.request.urlopen(f"{address}{path}", context=context, timeout=20.0) as answer:  # noqa: S310 - our own loopback
        return answer.status, answer.read(), answer.headers.get("Set-Cookie", "")


def test_the_page_is_served_over_tls_with_a_certificate_of_its_own(tmp_path: Path) -> None:
    config = a_config(tmp_path, f"[page]\nport = {free_port()}\n")
    page_pins(config).set(PageRole.INSTALLER, "295318")
    cert_file = tmp_path / "state" / "page" / "page.crt"
    with served_page(tmp_path / "device.toml", config) as address:
        first = fingerprint(cert_file)
        status, body, cookie = fetched(address, cert_file)
        assert status == 200
        assert "输入 PIN".encode() in body
        assert "Secure" in cookie
        many = [threading.Thread(target=fetched, args=(address, cert_file)) for _ in range(12)]
        for one in many:
            one.start()
        for one in many:
            one.join(20.0)
    with served_page(tmp_path / "device.toml", config):
        assert fingerprint(cert_file) == first, "a browser has compared it once"
    key_file = cert_file.with_suffix(".key")
    assert key_file.stat().st_mode & 0o777 == 0o600


def test_an_address_in_use_is_said_and_leaves_no_thread(tmp_path: Path) -> None:
    config = a_config(tmp_path, f"[page]\nport = {free_port()}\n")
    before = threading.active_count()
    with (
        served_page(tmp_path / "device.toml", config),
        pytest.raises(PageError, match=str(config.page.port)),
        served_page(tmp_path / "device.toml", config),
    ):
        pass
    eventually(lambda: threading.active_count() <= before)


def test_plain_http_is_for_this_machine_only(tmp_path: Path) -> None:
    text = DEVICE.replace("[voice]", '[page]\nhost = "0.0.0.0"\ntls = false\n[voice]')
    with pytest.raises(ConfigError, match=r"page\.tls"):
        read_config(text, "device.toml", tmp_path)


@pytest.mark.parametrize(
    ("typed", "code"), [("295318\n295318\n", 0), ("123456\n123456\n", 2), ("29\n29\n", 2)]
)
def test_the_command_sets_a_pin_or_says_why_not(tmp_path: Path, typed: str, code: int) -> None:
    config = a_config(tmp_path)
    arguments = ["page", "pin", "school", "--config", str(tmp_path / "device.toml")]
    done = CliRunner().invoke(main, arguments, input=typed)
    assert done.exit_code == code, done.output
    assert page_pins(config).roles() == ({PageRole.SCHOOL} if code == 0 else set())


def test_a_page_that_has_not_run_has_no_fingerprint_yet(tmp_path: Path) -> None:
    a_config(tmp_path)
    arguments = ["page", "fingerprint", "--config", str(tmp_path / "device.toml")]
    done = CliRunner().invoke(main, arguments)
    assert (done.exit_code, "systemctl start huxiao-page" in done.output) == (2, True)


def test_the_page_has_a_unit_that_restarts_it_for_ever() -> None:
    unit = (ROOT / "firmware_config/systemd/huxiao-page.service").read_text("utf-8")
    for line in ("Restart=always", "StartLimitIntervalSec=0", "huxiao-edge run page"):
        assert line in unit
