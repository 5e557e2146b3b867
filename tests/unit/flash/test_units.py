"""The units, judged by systemd itself; nothing is skipped: scripts/setup test brings the tools."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.flash.images import tool

ROOT = Path(__file__).resolve().parents[3] / "firmware_config"
UNITS = sorted((ROOT / "systemd").glob("*.service"))
MOST_EXPOSED = 20  # of 100: 2.0 as systemd shows it


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_is_hardly_exposed(unit: Path) -> None:
    done = subprocess.run(
        [tool("systemd-analyze"), "security", "--offline=true", "--no-pager",
         f"--threshold={MOST_EXPOSED}", unit],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-600:] + done.stderr
    assert "exposure level" in done.stdout


PLACES = ("/opt/huxiao/", "/usr/lib/huxiao/", "/usr/sbin/mosquitto")
"""Programs of the device and of the district, which this machine need not have."""


def test_systemd_finds_nothing_wrong_with_the_units() -> None:
    files = [*UNITS, *(ROOT / "systemd").glob("*.timer")]
    done = subprocess.run(
        [tool("systemd-analyze"), "verify", "--man=no", *files],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    ours = [
        line
        for line in done.stderr.splitlines()
        if "huxiao" in line
        and not ("is not executable" in line and any(place in line for place in PLACES))
    ]
    assert ours == []


def test_every_helper_that_a_unit_starts_is_there() -> None:
    wanted = {
        word
        for unit in UNITS
        for word in unit.read_text(encoding="utf-8").replace("=", " ").split()
        if "/usr/lib/huxiao/" in word
    }
    made_on_the_device = {"update-guard"}  # by the first boot, out of the first slot
    brought = {file.name for file in (ROOT / "bin").iterdir()}
    assert {word.rsplit("/", 1)[1] for word in wanted} <= brought | made_on_the_device
    assert "put_guard(box, slot)" in (ROOT / "bin" / "first-boot").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["watch", "button", "link", "page"])
def test_what_guards_waits_for_nothing_that_may_not_come(name: str) -> None:
    text = (ROOT / "systemd" / f"huxiao-{name}.service").read_text(encoding="utf-8")
    assert not [line for line in text.splitlines() if line.startswith(("Requires=", "BindsTo="))]
    assert "time-sync.target" not in text
    assert "Restart=always" in text
    assert "WatchdogSec=" in text
    assert "StartLimitIntervalSec=0" in text


@pytest.mark.parametrize("name", ["watch", "button", "link", "page"])
def test_the_clock_may_be_asked_and_children_may_yield(name: str) -> None:
    text = (ROOT / "systemd" / f"huxiao-{name}.service").read_text(encoding="utf-8")
    filters = [line for line in text.splitlines() if line.startswith("SystemCallFilter=")]
    assert filters[-1] == "SystemCallFilter=adjtimex clock_adjtime setpriority"


def clock_floor(verb: str, clock: Path, flashed_at: Path, now: int) -> str:
    """Run the helper with a `date` that shows `now` and only tells what it would set."""
    fake = clock.parent / "date"
    fake.write_text(f'#!/bin/sh\n[ "$1" = +%s ] && echo {now} || echo "set $*" >&2\n')
    fake.chmod(0o755)
    done = subprocess.run(
        [ROOT / "bin" / "clock-floor", verb],
        capture_output=True, text=True, check=True,
        env={"PATH": f"{clock.parent}:/usr/bin:/bin", "HUXIAO_CLOCK": str(clock),
             "HUXIAO_FLASHED_AT": str(flashed_at)},
    )  # fmt: skip
    return done.stderr


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    clock, flashed_at = tmp_path / "clock", tmp_path / "flashed_at"
    clock.mkdir()
    flashed_at.write_text("1700000000\n")
    return clock, flashed_at


def test_a_clock_in_the_past_is_moved_to_the_time_of_writing(places: tuple[Path, Path]) -> None:
    assert "@1700000000" in clock_floor("set", *places, now=1_500_000_000)


def test_a_clock_is_never_moved_back(places: tuple[Path, Path]) -> None:
    assert clock_floor("set", *places, now=1_800_000_000) == ""


def test_the_last_known_time_counts_and_is_never_forgotten(places: tuple[Path, Path]) -> None:
    clock_floor("save", *places, now=1_750_000_000)
    clock_floor("save", *places, now=1_600_000_000)  # a clock that has lost its time says nothing
    assert "@1750000000" in clock_floor("set", *places, now=1_500_000_000)


def test_a_torn_file_of_the_clock_does_no_harm(places: tuple[Path, Path]) -> None:
    (places[0] / "last").write_text("17000x")
    assert "@1700000000" in clock_floor("set", *places, now=1)


def test_helpers_need_nothing_but_the_system(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", ROOT / "bin" / "first-boot", "--help"],
        capture_output=True, text=True, check=True, cwd=tmp_path,
    )  # fmt: skip
    assert "First boot" in done.stdout
