import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from contract.messages import Receipt
from edge_agent.adapters.systemd import Watchdog
from edge_agent.cli import main
from edge_agent.ports import BrokerError
from edge_agent.wiring.linking import opened_outbox
from edge_agent.wiring.running import keep_running, stopped_by_signals
from tests.unit.edge.sending.brokers import (
    MUTUAL_TLS,
    Authority,
    Central,
    free_port,
    mosquitto,
)
from tests.unit.edge.sending.sending_kit import AT, a_body, eventually


def a_device_file(folder: Path, extra: str = "") -> Path:
    config = folder / "device.toml"
    config.write_text(
        'device_id = "water-001"\nprofile = "water"\ndata_dir = "state"\n'
        f'[voice]\nsink = "file:said"\n{extra}',
        encoding="utf-8",
    )
    return config


def findings(config: Path) -> tuple[int, dict[str, tuple[str, str]]]:
    done = CliRunner().invoke(main, ["doctor", "--json", "--config", str(config)])
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return done.exit_code, {line["check"]: (line["state"], line["said"]) for line in lines}


@contextmanager
def started(process: str, config: Path) -> Iterator[subprocess.Popen[str]]:
    """Run one of the three processes until the block ends, and stop it as systemd would."""
    huxiao_edge = [sys.executable, "-c", "from edge_agent.cli import main; main()"]
    command = [*huxiao_edge, "run", process, "--config", str(config), "--simulate"]
    running = subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1
    )
    try:
        yield running
    finally:
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=20)


@pytest.mark.stack
def test_a_press_goes_through_button_and_link_and_central_answers(tmp_path: Path) -> None:
    port = free_port()
    config = a_device_file(tmp_path, f"[broker]\nport = {port}\n")
    with mosquitto(tmp_path, port):
        central = Central.listening(port, answers=True)
        with started("link", config) as link, started("button", config) as button:
            assert button.stdin
            button.stdin.write("\n")
            button.stdin.flush()
            alert = json.loads(central.next_on("/up/alert"))
            eventually(lambda: list((tmp_path / "said").glob("*-alarm_received.wav")), 20.0)
        central.close()
    assert (alert["kind"], alert["severity"]) == ("button_pressed", "critical")
    assert (link.returncode, button.returncode) == (0, 0)


def test_a_wrong_config_ends_a_process_with_its_mistakes(tmp_path: Path) -> None:
    config = a_device_file(tmp_path, "nonsense = 1\n")
    done = CliRunner().invoke(main, ["run", "link", "--config", str(config)])
    assert done.exit_code == 2
    assert "voice.nonsense" in done.stderr


def test_the_outbox_is_listed_for_a_person_and_for_a_program(tmp_path: Path) -> None:
    config = a_device_file(tmp_path)
    with opened_outbox(tmp_path / "state") as box:
        waiting, refused = box.put(a_body()).seq, box.put(a_body()).seq
        refusal = Receipt(seqs=(refused,), stored_at=AT, status="refused", reason="unknown_device")
        box.settle(refusal)
    shown = CliRunner().invoke(main, ["outbox", "list", "--config", str(config)]).stdout
    assert "待发 1 条" in shown
    assert f"{refused}  refused unknown_device" in shown
    lines = CliRunner().invoke(main, ["outbox", "list", "--json", "--config", str(config)]).stdout
    assert [json.loads(line)["seq"] for line in lines.splitlines()] == [refused, waiting]


def test_looking_at_a_device_makes_no_outbox(tmp_path: Path) -> None:
    config = a_device_file(tmp_path, f"[broker]\nport = {free_port()}\n")
    CliRunner().invoke(main, ["outbox", "list", "--config", str(config)])
    findings(config)
    assert not (tmp_path / "state").exists()


def test_the_doctor_names_what_is_missing_and_fails(tmp_path: Path) -> None:
    extra = (
        f'[broker]\nport = {free_port()}\n[[cameras]]\ncamera_id = "c1"\nsource = "absent.mp4"\n'
    )
    code, found = findings(a_device_file(tmp_path, extra))
    assert code == 1
    assert found["camera.c1"][0] == "fail"
    assert found["broker.network"][0] == "fail"
    assert found["speaker"][0] == "warn"  # files are no sound
    assert found["voice"][0] == found["python"][0] == found["disk"][0] == "ok"


def test_the_doctor_hears_that_there_is_no_sound_card(tmp_path: Path) -> None:
    config = tmp_path / "device.toml"
    config.write_text('device_id = "w-1"\nprofile = "water"\n[voice]\nsink = "no-such-card"\n')
    assert findings(config)[1]["speaker"][0] == "fail"


def test_the_doctor_says_every_mistake_of_a_config(tmp_path: Path) -> None:
    config = a_device_file(tmp_path, "rate = 1\nvolume = 7.0\n")
    done = CliRunner().invoke(main, ["doctor", "--config", str(config)])
    assert done.exit_code == 1
    assert "voice.rate" in done.stdout
    assert "voice.volume" in done.stdout


def test_the_doctor_tells_a_device_that_has_not_enrolled_what_to_do(tmp_path: Path) -> None:
    files = 'ca_file = "ca.crt"\ncert_file = "device.crt"\nkey_file = "device.key"\n'
    config = a_device_file(tmp_path, f"[broker]\nport = {free_port()}\n{files}")
    done = CliRunner().invoke(main, ["doctor", "--config", str(config)])
    assert "还没有入网" in done.stdout
    assert "huxiao-edge enrol --claim" in done.stdout


@pytest.mark.stack
def test_the_doctor_walks_the_whole_way_to_the_broker(tmp_path: Path) -> None:
    port, authority = free_port(), Authority(tmp_path)
    authority.issue("server")
    authority.issue("water-001")
    config = a_device_file(
        tmp_path,
        f'[broker]\nport = {port}\nca_file = "ca.crt"\n'
        'cert_file = "water-001.crt"\nkey_file = "water-001.key"\n',
    )
    with mosquitto(tmp_path, port, MUTUAL_TLS):
        found = findings(config)[1]
        assert {name: found[name][0] for name in found if name.startswith("broker")} == {
            "broker.network": "ok",
            "broker.tls": "ok",
            "broker.login": "ok",
        }
        assert found["certificate.water-001.crt"][0] == "warn"  # a day left is soon
        with started("link", config):
            eventually(lambda: linked(tmp_path))
            assert findings(config)[1]["broker.login"] == (
                "ok",
                "link: 已连接消息服务器 (connected to the broker)",
            )


def linked(folder: Path) -> bool:
    if not (folder / "state" / "outbox.db").exists():
        return False
    with opened_outbox(folder / "state") as box:
        row = box.health().get("link")
    return row is not None and bool(row.body["is_connected"])


def test_what_fails_is_said_once_for_each_change_and_tried_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tried: list[str] = []
    ends = iter([BrokerError("没有网络"), ValueError("a bug"), None])

    def once() -> bool:
        tried.append("")
        end = next(ends)
        if end is not None:
            raise end
        return True

    keep_running("link", once, threading.Event(), Watchdog())
    assert len(tried) == 3
    assert [record.getMessage()[:4] for record in caplog.records] == ["没有网络", "意外错误"]
    assert [record.exc_info is None for record in caplog.records] == [True, False]


def test_a_signal_stops_and_the_old_handler_comes_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with stopped_by_signals() as stop:
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.wait(5.0)
    assert signal.getsignal(signal.SIGTERM) == before


def test_systemd_is_told_that_we_are_ready_alive_and_stopping(tmp_path: Path) -> None:
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(address)
        watchdog = Watchdog(address)
        for tell in (watchdog.ready, watchdog.alive, watchdog.alive, watchdog.stopping):
            tell()
        systemd.settimeout(1.0)
        told = [systemd.recv(64).decode() for _ in range(3)]
    assert told == ["READY=1", "WATCHDOG=1", "STOPPING=1"]


@pytest.mark.parametrize("process", ["watch", "link", "button"])
def test_each_process_has_a_unit_that_restarts_it_for_ever(process: str) -> None:
    root = Path(__file__).resolve().parents[4]
    unit = (root / f"firmware_config/systemd/huxiao-{process}.service").read_text("utf-8")
    for line in ("Restart=always", "StartLimitIntervalSec=0", f"huxiao-edge run {process}"):
        assert line in unit
