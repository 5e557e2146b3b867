"""The watch killed at any instant while people are in the zone.

`HUXIAO_KILLS=100 ./scripts/test tests/torture/test_watch_killed.py` plays the acceptance; the
default is short enough for every run. The first word of a run falls into the time in which it is
killed, so that the kill meets every instant around it.
"""

import hashlib
import io
import json
import os
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import pytest

from edge_agent.wiring.linking import opened_outbox
from tests.integration.whole_line import Line, whole_line
from tests.servers.mosquitto import wait_until

pytestmark = [pytest.mark.stack, pytest.mark.timeout(1800)]

KILLS = int(os.environ.get("HUXIAO_KILLS", "5"))
LIVES_S = (1.5, 6.0)
PLAZA = Path(__file__).resolve().parents[1] / "media" / "plaza.mp4"
SCENE = f"""
[water]
cooldown_s = 3600.0
min_sightings = 1

[evidence]
pre_s = 1.0
post_s = 1.0

[voice]
sink = "file:spoken"

[[cameras]]
camera_id = "cam1"
source = "{PLAZA}"

[[cameras.zones]]
zone_id = "all"
polygon = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]
dwell_limit_s = 0.5
"""


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with whole_line(tmp_path, f"sqlite:///{tmp_path}/central.db") as made:
        kept = made.config.read_text(encoding="utf-8")
        start = kept.index("[broker]")
        broker = kept[start : kept.index("\n[", start)]
        head = 'data_dir = "state"\ndevice_id = "pond-001"\nprofile = "water"\n\n'
        head = head.replace("pond-001", made.config.parent.name)
        made.config.write_text(head + broker + SCENE, encoding="utf-8")
        yield made


def spoken(line: Line) -> list[datetime]:
    """When a phrase was begun; the name of the file that stands for it says so."""
    stamps = [file.name.partition("-")[0] for file in (line.config.parent / "spoken").glob("*.wav")]
    return sorted(datetime.strptime(s, "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC) for s in stamps)


def clips(line: Line) -> list[bytes]:
    """The clips that have come to central, whole by their names."""
    found = []
    arrived = "received_at is not null and media_type = 'video/mp4'"
    for (name,) in line.rows(f"select sha256 from evidence where {arrived}"):  # noqa: S608 - our own words
        (file,) = line.district.data.joinpath("evidence").rglob(f"{name}*")
        content = file.read_bytes()
        assert hashlib.sha256(content).hexdigest() == name
        found.append(content)
    return found


def lasts_s(clip: bytes) -> float:
    """How long a clip is, by its last picture: each of them can be seen."""
    with av.open(io.BytesIO(clip), "r") as video:
        return [float(frame.time or 0.0) for frame in video.decode(video=0)][-1]


def test_no_alert_is_lost_once_spoken_and_none_is_doubled(line: Line) -> None:
    chance = random.Random(7)  # noqa: S311 - a test that plays the same way again
    line.start("broker", "central", "link")
    for _ in range(KILLS):
        line.start("watch")
        time.sleep(chance.uniform(*LIVES_S))
        line.parts.kill("watch")
    before = len(spoken(line))
    line.start("watch")
    wait_until(lambda: len(spoken(line)) > before, 60, "the last word")
    enough = len(clips(line)) + 1
    wait_until(lambda: len(clips(line)) >= enough, 60, "the last clip")
    line.parts.kill("watch")

    with opened_outbox(line.state) as outbox:
        wait_until(lambda: outbox.depth() == 0, 180, "the outbox to run empty")
        wait_until(lambda: outbox.files_waiting() == 0, 120, "pictures and clips to arrive")

    words = spoken(line)
    rows = line.rows("select occurred_at, body from alert where phase = 'start' order by 1")
    announced = [
        datetime.fromtimestamp(int(str(at)) / 1000, UTC)
        for at, body in rows
        if json.loads(str(body))["announcement"]
    ]
    print(f"{KILLS} kills, {len(words)} words, {len(announced)} alerts that say so")  # noqa: T201 - for who asks with -s
    assert len(words) <= len(announced), "something was said that was never recorded"
    for at in words:
        assert any(timedelta(0) <= at - start <= timedelta(seconds=5) for start in announced), at
    assert line.rows("select count(*) - count(distinct seq) from alert") == [(0,)]
    assert line.rows(
        "select count(*) from (select alert_id from alert where phase = 'start'"
        " group by alert_id having count(*) > 1) as doubled"
    ) == [(0,)]
    assert line.rows("select count(*) from quarantine") == [(0,)]
    assert line.rows("select count(*) from evidence where received_at is null") == [(0,)]
    lengths = [lasts_s(clip) for clip in clips(line)]
    print(f"{len(lengths)} clips, {min(lengths):.1f} to {max(lengths):.1f} s")  # noqa: T201 - as above
    assert min(lengths) > 0.5, "a clip is whole or absent"
