from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from firmware_config.adapters import jetson_tool
from firmware_config.adapters.parts import board, parts
from firmware_config.cli import main
from firmware_config.core.jetson import FOLDER, RECOVERY, ROOT, TOOL, VENDOR, command
from firmware_config.ports import Exit, FlashError
from tests.unit.flash.plans import SECRET, ticket_file

# what stands in for NVIDIA's program: it is not redistributable, and needs a board
STAND_IN = """#!/bin/sh
echo "flashing with $*"
test -f rootfs/boot/firmware/huxiao/claim.json || exit 9
echo "{last}"
exit {code}
"""


@pytest.fixture
def tegra(tmp_path: Path) -> Path:
    return stand_in(tmp_path / "Linux_for_Tegra", 0, "Flash is successful")


def stand_in(folder: Path, code: int, last: str) -> Path:
    tool = folder / TOOL
    tool.parent.mkdir(parents=True, exist_ok=True)
    tool.write_text(STAND_IN.format(code=code, last=last))
    tool.chmod(0o755)
    (folder / ROOT / "etc").mkdir(parents=True, exist_ok=True)
    (folder / ROOT / "etc/os-release").touch()
    return folder


def run(tegra: Path, *more: str) -> Result:
    claim, payload = ticket_file(tegra.parent), tegra.parent / "payload.tar"
    payload.write_bytes(b"payload")
    (tegra.parent / "payload.sha256").write_text(
        "239f59ed55e737c77147cf55ad0c1b030b6d7ee748a7426952f9b852d5a935e5  payload.tar\n"
    )
    words = ["jetson", str(tegra), "--device", "water-001", "--profile", "water", "--claim",
             str(claim), "--payload", str(payload), *more]  # fmt: skip
    return CliRunner().invoke(main, words)


def test_the_command_is_nvidias_own(tegra: Path) -> None:
    shown = run(tegra, "--dry-run")
    assert shown.exit_code == 0, shown.output
    assert "l4t_initrd_flash.sh --external-device nvme0n1p1" in shown.output
    assert not (tegra / ROOT / FOLDER).exists()


def test_no_board_on_the_cable_is_said_before_anything_is_put(tegra: Path) -> None:
    shown = run(tegra)
    assert (shown.exit_code, "恢复模式" in shown.output) == (Exit.DEVICE, True)
    assert not (tegra / ROOT / FOLDER).exists()


def test_a_folder_that_is_not_ready_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    shown = run(tmp_path / "x")
    assert (shown.exit_code, "apply_binaries" in shown.output) == (Exit.TOOL, True)


def test_the_tool_gets_the_devices_files_and_its_words_are_shown(tegra: Path) -> None:
    said: list[str] = []
    written = jetson_tool.put(tegra, {"claim.json": SECRET.encode(), "first-boot": b"#!"})
    jetson_tool.flash(tegra, command(board("jetson-orin")), said.append)
    jetson_tool.take_out(written)
    assert said[-1] == "Flash is successful"
    assert not any(SECRET in one.read_text() for one in tegra.rglob("*") if one.is_file())


def test_a_failing_tool_says_its_last_words(tegra: Path) -> None:
    stand_in(tegra, 3, "ERROR: timeout in USB write")
    jetson_tool.put(tegra, {"claim.json": b"{}"})
    with pytest.raises(FlashError, match="timeout in USB write") as caught:
        jetson_tool.flash(tegra, command(board("jetson-orin")), lambda _line: None)
    assert caught.value.exit is Exit.TOOL


def test_recovery_mode_is_seen_on_usb(tmp_path: Path) -> None:
    assert not jetson_tool.is_in_recovery(tmp_path)
    (tmp_path / "1-2").mkdir()
    (tmp_path / "1-2/idVendor").write_text(f"{VENDOR}\n")
    (tmp_path / "1-2/idProduct").write_text(f"{min(RECOVERY)}\n")
    assert jetson_tool.is_in_recovery(tmp_path)


def test_the_first_boot_of_a_jetson_is_the_same_program() -> None:
    assert b"def main" in parts()["bin/first-boot"]
