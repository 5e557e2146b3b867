"""How worn the card is, and how well the radio hears."""

from pathlib import Path

import pytest

from edge_agent.adapters.wear import Signal, errors, signals, used_percent
from edge_agent.wiring.checking.wear import of_signals, of_wear

WIRELESS = """\
Inter-| sta-|   Quality        |   Discarded packets               | Missed | WE
 face | tus | link level noise |  nwid  crypt   frag  retry   misc | beacon | 22
 wlan0: 0000   45.  -65.  -256        0      0      0      0      0        0
"""


def test_an_emmc_tells_its_wear(tmp_path: Path) -> None:
    file = tmp_path / "block/mmcblk0/device/life_time"
    file.parent.mkdir(parents=True)
    file.write_text("0x02 0x08\n")
    assert used_percent(tmp_path) == 80


@pytest.mark.parametrize("said", ["", "0x00 0x00", "none"])
def test_a_card_that_does_not_tell_is_not_guessed(tmp_path: Path, said: str) -> None:
    file = tmp_path / "block/mmcblk0/device/life_time"
    file.parent.mkdir(parents=True)
    file.write_text(said)
    assert used_percent(tmp_path) is None
    assert list(of_wear(None, 0)) == []


def test_errors_of_every_file_system_count(tmp_path: Path) -> None:
    for name, count in (("mmcblk0p2", "0"), ("mmcblk0p3", "3")):
        file = tmp_path / f"fs/ext4/{name}/errors_count"
        file.parent.mkdir(parents=True)
        file.write_text(f"{count}\n")
    assert errors(tmp_path) == 3
    (finding,) = of_wear(None, 3)
    assert (finding.state, "换卡" in finding.advice) == ("fail", True)


@pytest.mark.parametrize(("percent", "state"), [(10, "ok"), (70, "warn"), (90, "fail")])
def test_wear_is_said_in_time(percent: int, state: str) -> None:
    (finding,) = of_wear(percent, 0)
    assert finding.state == state


def test_each_radio_is_judged_by_what_it_hears(tmp_path: Path) -> None:
    file = tmp_path / "wireless"
    file.write_text(WIRELESS)
    assert signals(file) == [Signal("wlan0", -65.0)]
    assert signals(tmp_path / "none") == []
    heard = [Signal("a", -65.0), Signal("b", -75.0), Signal("c", -90.0)]
    assert [one.state for one in of_signals(heard)] == ["ok", "warn", "fail"]
