"""The installer's laptop asks a device's real page over TLS."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from edge_agent.adapters.page_server.certificate import fingerprint as own_fingerprint
from edge_agent.adapters.page_server.certificate import own_certificate
from edge_agent.adapters.page_server.serving import Address, served
from edge_agent.core.checks import Finding
from firmware_config.adapters.device_page import certificate, fingerprint
from firmware_config.cli import main
from firmware_config.core.diagnosis import AREAS
from firmware_config.ports import Exit
from tests.unit.edge.page.page_kit import INSTALLER_PIN, PageKit, page_kit

BAD = [
    Finding("camera.cam1", "fail", "没有画面 (no picture)", "请检查电源 (check the power)"),
    Finding("clock", "warn", "未与网络时间同步", "请启用 chrony"),
    Finding("speaker", "ok", "扬声器可用"),
]


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[tuple[PageKit, int, str]]:
    made = page_kit(tmp_path)
    cert, key = own_certificate(tmp_path, "water-001", "127.0.0.1")
    with served(made.app, Address("127.0.0.1", 0, cert, key), tmp_path) as port:
        yield made, port, own_fingerprint(cert)
    made.book.file.close()


def ask(port: int, *more: str, pin: str = INSTALLER_PIN, typed: str = "") -> Result:
    words = ["doctor", "127.0.0.1", "--port", str(port), *more]
    return CliRunner().invoke(main, words, env={"HUXIAO_PIN": pin}, input=typed)


def test_what_is_wrong_comes_first_with_what_to_do(kit: tuple[PageKit, int, str]) -> None:
    made, port, known = kit
    made.health.rows = BAD
    shown = ask(port, "--fingerprint", known)
    assert shown.exit_code == Exit.PROBLEM, shown.output
    assert "请检查电源" in shown.output
    assert shown.output.index("请检查电源") < shown.output.index("请启用 chrony")
    assert all(area in shown.output for area in AREAS)


def test_a_well_device_ends_with_0_for_programs(kit: tuple[PageKit, int, str]) -> None:
    _made, port, known = kit
    shown = ask(port, "--fingerprint", known, "--json")
    assert shown.exit_code == 0, shown.output
    assert json.loads(shown.stdout)["device_id"]


def test_the_pin_goes_to_no_other_device(kit: tuple[PageKit, int, str]) -> None:
    _made, port, _known = kit
    refused = ask(port, "--fingerprint", "00:11")
    assert (refused.exit_code, "指纹不符" in refused.output) == (Exit.REFUSED, True)
    unsure = ask(port, typed="n\n")
    assert (unsure.exit_code, "没有发出 PIN" in unsure.output) == (Exit.REFUSED, True)


def test_a_person_may_compare_the_fingerprint(kit: tuple[PageKit, int, str]) -> None:
    _made, port, known = kit
    assert fingerprint(certificate("127.0.0.1", port)) == known
    assert ask(port, typed="y\n").exit_code == 0


def test_a_wrong_pin_is_said(kit: tuple[PageKit, int, str]) -> None:
    _made, port, known = kit
    refused = ask(port, "--fingerprint", known, pin="999111")
    assert (refused.exit_code, "PIN 不对" in refused.output) == (Exit.REFUSED, True)


def test_nobody_there_is_said_with_what_to_try(unused_port: int) -> None:
    shown = ask(unused_port)
    assert (shown.exit_code, "ssh -L" in shown.output) == (Exit.DEVICE, True)


@pytest.fixture
def unused_port() -> int:
    import socket  # noqa: PLC0415

    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])
