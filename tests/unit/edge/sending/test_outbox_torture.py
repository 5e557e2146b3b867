"""Power goes at any instant: what `put` has given back is on disk, and no number comes twice."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.edge.sending.sending_kit import an_outbox

KILLS = 20
WRITER = """
import sys
from pathlib import Path
from tests.unit.edge.sending.sending_kit import a_body, a_picture, an_outbox

with an_outbox(Path(sys.argv[1])) as box:
    number = 0
    while True:
        number += 1
        alert = box.put(a_body(), [a_picture(number % 7)])
        print(alert.seq, alert.evidence[0].sha256, flush=True)
"""
CROWDED = """
import resource, signal, sys
from pathlib import Path
from edge_agent.ports import OutboxError
from tests.unit.edge.sending.sending_kit import a_body, an_outbox

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with an_outbox(Path(sys.argv[1])) as box:
    box.put(a_body())
    most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, most))
    put = 1
    try:
        while True:
            box.put(a_body())
            put += 1
    except OutboxError as error:
        print(error, file=sys.stderr)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    for _ in range(10):
        box.put(a_body())
    print(put + 10, box.depth())
"""


@pytest.mark.timeout(180)
def test_nothing_that_was_put_is_lost_through_twenty_kills(tmp_path: Path) -> None:
    put: list[tuple[int, str]] = []
    for _ in range(KILLS):
        put += killed_after(random.randint(1, 60), tmp_path)  # noqa: S311 - when to kill, no secret
    with an_outbox(tmp_path) as box:
        kept = {row["seq"] for row in box.rows(1_000_000)}
        box.sent(sorted(kept))
        files = {file.sha256 for file in box.files_due(1000)}
    numbers = [seq for seq, _ in put]
    assert len(numbers) == len(set(numbers))
    assert set(numbers) <= kept
    assert {sha256 for _, sha256 in put} <= files
    assert not list(tmp_path.glob("*.damaged-*"))


def killed_after(lines: int, folder: Path) -> list[tuple[int, str]]:
    """Let a process put alerts, kill it at that line, and give all that it said was put."""
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout
    said = [writer.stdout.readline() for _ in range(lines)]
    writer.kill()
    said += writer.stdout.read().splitlines(keepends=True)
    writer.stdout.close()
    writer.wait()
    whole = [line.split() for line in said if line.endswith("\n")]
    return [(int(seq), sha256) for seq, sha256 in whole]


def test_several_processes_put_at_once_and_none_waits_in_vain(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    numbers: list[int] = []
    for writer in writers:
        assert writer.stdout
        numbers += [int(writer.stdout.readline().split()[0]) for _ in range(30)]
    for writer in writers:
        writer.kill()
        writer.communicate()
    with an_outbox(tmp_path) as box:
        kept = {row["seq"] for row in box.rows(1_000_000)}
    assert len(set(numbers)) == 90
    assert set(numbers) <= kept


def test_a_disk_without_room_is_said_and_loses_nothing_that_was_put(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CROWDED, str(tmp_path)], capture_output=True, text=True, check=True
    )
    put, depth = map(int, done.stdout.split())
    assert put == depth
    assert put > 10
    assert "待发箱" in done.stderr
