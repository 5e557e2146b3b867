"""What enrolment writes is read by the processes, whatever its unit's UMask= is."""

import os
import stat
from pathlib import Path

from edge_agent.adapters.identity import write_for_processes


def test_the_folders_group_may_read_what_enrolment_writes(tmp_path: Path) -> None:
    before = os.umask(0o077)  # as in huxiao-enrol.service
    try:
        write_for_processes(tmp_path / "device.toml", b"x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "device.toml").stat().st_mode) == 0o640
