import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_config.adapters.lsblk import parsed
from firmware_config.core.disks import Verdict, clean, judge
from tests.unit.flash.lsblk_lines import GIB, disk, part, reader
from tests.unit.flash.situations import SITUATIONS

ALL_FLAGS = frozenset({"--unmount", "--allow-large", "--allow-internal", "--allow-loop"})
SYSTEM = {"SYSTEM_DISK", "IN_USE", "MEMBER", "NOT_A_DISK", "INTERNAL"}


def verdict_on(disks: list[dict[str, Any]], path: str) -> Verdict:
    nodes = parsed(json.dumps({"blockdevices": disks}))
    return next(one for one in judge(nodes, 3 * GIB) if one.disk.path == path)


def test_there_are_enough_situations() -> None:
    assert len(SITUATIONS) >= 30
    assert len({name for name, *_ in SITUATIONS}) == len(SITUATIONS)


@pytest.mark.parametrize(("disks", "path", "codes"), [one[1:] for one in SITUATIONS],
                         ids=[one[0] for one in SITUATIONS])  # fmt: skip
def test_each_situation_is_judged_as_it_should_be(
    disks: list[dict[str, Any]], path: str, codes: set[str]
) -> None:
    verdict = verdict_on(disks, path)
    assert {one.code for one in verdict.objections} == codes
    left = {one.code for one in verdict.left(ALL_FLAGS)}
    assert left >= codes & SYSTEM  # no option lifts what protects somebody's data
    assert bool(left) == (not verdict.is_card)


@given(
    mount=st.sampled_from(["/", "/home", "/var/lib/docker", "[SWAP]", "/boot/efi", "/cdrom"]),
    flags=st.sets(st.sampled_from(sorted(ALL_FLAGS))),
    depth=st.integers(0, 4),
)
def test_a_disk_that_this_computer_uses_is_never_permitted(
    mount: str, flags: set[str], depth: int
) -> None:
    node = part("/dev/sdb1", mount)
    for level in range(depth):
        node = part(f"/dev/x{level}", children=[node])
    assert verdict_on([reader(children=[node])], "/dev/sdb").left(frozenset(flags))


def test_a_label_cannot_turn_a_line_round() -> None:
    assert clean("x\u202egpj\x1b[2J") == "xgpj[2J"


@pytest.mark.parametrize("said", ["", "[]", '{"blockdevices": [{}]}', '{"blockdevices": 1}'])
def test_what_is_not_understood_is_never_no_disks(said: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parsed(said)


def test_a_disk_without_a_size_holds_nothing() -> None:
    assert parsed(json.dumps({"blockdevices": [disk("/dev/sdb", 0, size=None)]}))[0].size == 0
