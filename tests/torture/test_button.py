"""The alarm button while everything else fails: the siren sounds, and the alert arrives after.

`pytest -s` prints how long it took from each press to the siren.
"""

import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge_agent.core.press import HOLD_S
from edge_agent.wiring.linking import opened_outbox
from tests.integration.whole_line import Line, whole_line
from tests.servers.mosquitto import wait_until
from tests.torture.pressing import Button, arrive, become_a_gate, button

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]

PLAZA = Path(__file__).resolve().parents[1] / "media" / "plaza.mp4"
CAMERA = f"""
[[cameras]]
camera_id = "cam1"
source = "{PLAZA}"
"""
AT_ONCE_S = 0.2
FAR_TOO_LATE_S = 1.0
"""No machine that does other things as well holds a fifth of a second every time."""
LOCKED_S = 20.0
PRESSES = 4


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with whole_line(tmp_path, f"sqlite:///{tmp_path}/central.db") as made:
        become_a_gate(made, CAMERA)
        yield made


def sounds_at_once(made: Button) -> None:
    made.took.clear()
    for _ in range(PRESSES):
        made.press()
    assert min(made.took) >= HOLD_S * 0.9
    assert sorted(made.took)[PRESSES // 2] <= AT_ONCE_S
    assert max(made.took) <= FAR_TOO_LATE_S


@contextmanager
def hung(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@contextmanager
def locked(outbox: Path, at_least_s: float) -> Iterator[None]:
    """Hold the file's write lock, for so long or longer."""
    locking = sqlite3.connect(outbox, isolation_level=None)
    began = time.monotonic()
    locking.execute("BEGIN EXCLUSIVE")
    try:
        yield
        wait_until(lambda: time.monotonic() - began >= at_least_s, at_least_s + 5, "the lock's end")
    finally:
        locking.execute("ROLLBACK")
        locking.close()


def may_write(size: int) -> list[str]:
    """Let a process write files up to a size: only the soft limit, it can be lifted again."""
    return ["prlimit", f"--fsize={size}:"]


def may_write_again(made: Button) -> None:
    subprocess.run(["prlimit", f"--pid={made.process.pid}", "--fsize=unlimited:"], check=True)


def test_the_siren_sounds_while_the_watch_hangs(line: Line) -> None:
    line.start("broker", "central", "link", "watch")
    wait_until((line.state / "outbox.db").exists, 30, "the watch")
    with button(line) as made, hung(line.parts.running["watch"].pid):
        sounds_at_once(made)
        arrive(line, PRESSES)


def test_the_siren_sounds_while_the_network_is_cut(line: Line) -> None:
    line.start("link")
    with button(line) as made:
        sounds_at_once(made)
        line.start("broker", "central")
        arrive(line, PRESSES)


def test_the_siren_sounds_while_somebody_locks_the_outbox(line: Line) -> None:
    line.start("broker", "central", "link")
    with button(line) as made:
        made.press()
        arrive(line, 1)
        with locked(line.state / "outbox.db", LOCKED_S):
            sounds_at_once(made)
        arrive(line, 1 + PRESSES)


def test_the_siren_sounds_while_the_process_may_write_nothing(line: Line) -> None:
    with opened_outbox(line.state) as outbox:
        assert outbox.depth() == 0
    line.start("broker", "central", "link")
    with button(line, may_write(4096)) as made:
        sounds_at_once(made)
        assert made.says("无法使用")
        may_write_again(made)
        arrive(line, PRESSES)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a small disk")
def test_the_siren_sounds_though_the_disk_was_full_before_the_button_started(line: Line) -> None:
    mounted = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(line.state)]
    if subprocess.run(mounted, check=False, capture_output=True).returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        ballast = line.state / "ballast"
        with pytest.raises(OSError, match="No space"):
            ballast.write_bytes(bytes(4 * 1024 * 1024))
        with button(line) as made:
            sounds_at_once(made)
            assert made.says("无法使用")
            ballast.unlink()
            line.start("broker", "central", "link")
            arrive(line, PRESSES)
        line.parts.stop()
    finally:
        subprocess.run(["umount", "--lazy", str(line.state)], check=True)


def test_the_siren_sounds_though_there_is_no_disk_when_the_button_starts(line: Line) -> None:
    line.state.rmdir()
    line.state.write_text("a file where the folder should be", encoding="utf-8")
    with button(line) as made:
        sounds_at_once(made)
        line.state.unlink()
        line.start("broker", "central", "link")
        arrive(line, PRESSES)


def test_the_siren_sounds_while_all_of_it_happens_together(line: Line) -> None:
    line.start("link", "watch")
    wait_until((line.state / "outbox.db").exists, 30, "the watch")
    with (
        button(line, may_write(4096)) as made,
        hung(line.parts.running["watch"].pid),
    ):
        with locked(line.state / "outbox.db", LOCKED_S):
            sounds_at_once(made)
        may_write_again(made)
        line.start("broker", "central")
        arrive(line, PRESSES)


def test_an_alarm_that_is_not_on_disk_is_saved_before_the_process_ends(line: Line) -> None:
    line.start("broker", "central", "link")
    with button(line) as made:
        with locked(line.state / "outbox.db", 0.0):
            made.press()
            made.process.terminate()
            assert made.process.poll() is None
        made.process.wait(30)
    arrive(line, 1)
