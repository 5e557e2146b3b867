"""A device by ssh, with stand-ins for ssh and scp that write down how they were called."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from firmware_config.cli import main
from firmware_config.ports import Exit


def stand_in(folder: Path, name: str, code: int, said: str = "") -> None:
    file = folder / name
    log = folder / "log"
    file.write_text(f'#!/bin/sh\necho "{name} $*" >> {log}\necho "{said}" >&2\nexit {code}\n')
    file.chmod(0o755)


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(main, list(words), env={"PATH": f"{folder}:/usr/bin:/bin"})


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    file = tmp_path / "huxiao-0.2.0.hxr"
    file.write_bytes(b"signed")
    return file


def test_an_update_is_handed_over_and_the_device_judges_it(tmp_path: Path, bundle: Path) -> None:
    for name in ("ssh", "scp"):
        stand_in(tmp_path, name, 0)
    assert run(tmp_path, "update", "installer@gate-007", str(bundle)).exit_code == 0
    calls = (tmp_path / "log").read_text().splitlines()
    assert f"-- {bundle} installer@gate-007:" in calls[0]
    assert (
        "-- installer@gate-007 sudo /opt/huxiao/current/bin/huxiao-edge update install" in calls[1]
    )
    assert calls[2].endswith("rm -f /tmp/huxiao-update.bundle")


def test_a_device_that_refuses_the_update_ends_with_its_code(tmp_path: Path, bundle: Path) -> None:
    stand_in(tmp_path, "scp", 0)
    stand_in(tmp_path, "ssh", 1, "签名不对")
    assert run(tmp_path, "update", "installer@gate-007", str(bundle)).exit_code == Exit.DEVICE


def test_a_host_that_cannot_be_reached_is_said(tmp_path: Path, bundle: Path) -> None:
    stand_in(tmp_path, "scp", 255)
    refused = run(tmp_path, "update", "installer@gate-007", str(bundle))
    assert (refused.exit_code, "复制不到" in refused.output) == (Exit.DEVICE, True)


def test_a_tunnel_that_fails_says_what_ssh_said(tmp_path: Path) -> None:
    stand_in(tmp_path, "ssh", 255, "No route to host")
    refused = run(tmp_path, "doctor", "installer@gate-007", "--ssh")
    assert (refused.exit_code, "No route to host" in refused.output) == (Exit.DEVICE, True)
