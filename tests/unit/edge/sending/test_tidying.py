"""Nothing waits for ever, and nothing is deleted that need not be."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.adapters.evidence_store import EvidenceStore
from edge_agent.adapters.outbox import SqliteOutbox
from edge_agent.adapters.tidying import Limits, Tidied, tidy
from edge_agent.ports import EvidenceFile
from edge_agent.simulated import ManualTime
from tests.unit.edge.sending.sending_kit import a_body, a_picture, an_outbox

DAY_S = 86_400.0
ROOMY = Limits(10**9, 30 * DAY_S, 180 * DAY_S)


def a_clip(number: int, size: int = 1000) -> EvidenceFile:
    return EvidenceFile("video/mp4", bytes([number]) * size)


def waiting(box: SqliteOutbox) -> set[str]:
    return {row["sha256"] for row in box.reading("SELECT sha256 FROM evidence")}


def put(box: SqliteOutbox, file: EvidenceFile) -> str:
    return box.put(a_body(), [file]).evidence[0].sha256


def test_what_is_young_and_little_stays(tmp_path: Path) -> None:
    time = ManualTime()
    with an_outbox(tmp_path, time) as box:
        kept = {put(box, a_clip(1)), put(box, a_picture(1))}
        assert tidy(box, ROOMY, time.now()) == Tidied(0, 0)
        assert waiting(box) == kept


def test_over_the_quota_the_oldest_clips_go_first_then_pictures_and_never_an_alert(
    tmp_path: Path,
) -> None:
    time = ManualTime()
    with an_outbox(tmp_path, time) as box:
        picture, old, new = put(box, a_picture(1)), put(box, a_clip(1)), put(box, a_clip(2))
        assert tidy(box, Limits(1500, DAY_S, DAY_S), time.now()).files == 1
        assert waiting(box) == {picture, new}
        assert not (tmp_path / "evidence" / old).exists()
        assert tidy(box, Limits(20, DAY_S, DAY_S), time.now()).files == 1
        assert waiting(box) == {picture}
        assert tidy(box, Limits(0, DAY_S, DAY_S), time.now()).files == 1
        assert (waiting(box), box.depth()) == (set(), 3)


def test_files_that_have_waited_too_long_go(tmp_path: Path) -> None:
    time = ManualTime()
    with an_outbox(tmp_path, time) as box:
        old, young = put(box, a_picture(1)), put(box, a_picture(2))
        os.utime(tmp_path / "evidence" / old, (0, 0))
        assert tidy(box, ROOMY, time.now()) == Tidied(1, 0)
        assert waiting(box) == {young}


def test_alerts_that_have_waited_too_long_go(tmp_path: Path) -> None:
    time = ManualTime()
    with an_outbox(tmp_path, time) as box:
        box.put(a_body())
        time.go_on(181 * DAY_S)
        kept = box.put(a_body())
        assert tidy(box, ROOMY, time.now()) == Tidied(0, 1)
        assert box.holds(kept.seq)
        assert box.depth() == 1


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 900)), max_size=8), st.integers(0, 4000))
def test_what_stays_is_within_the_quota_and_as_much_as_can_be(
    tmp_path_factory: pytest.TempPathFactory, files: list[tuple[bool, int]], quota: int
) -> None:
    time = ManualTime()
    with an_outbox(tmp_path_factory.mktemp("box"), time) as box:
        sizes = {}
        for number, (is_clip, size) in enumerate(files):
            content = bytes([number]) * size
            picture = EvidenceFile("image/jpeg", content)
            sizes[put(box, a_clip(number, size) if is_clip else picture)] = size
        tidy(box, Limits(quota, DAY_S, DAY_S), time.now())
        left = sum(sizes[name] for name in waiting(box))
        assert left <= quota
        assert len(waiting(box)) == len(sizes) or left + max(sizes.values()) > quota


def test_on_a_full_disk_a_picture_takes_the_place_of_the_oldest_clips(tmp_path: Path) -> None:
    folder = tmp_path / "evidence"

    def free(_: Path) -> int:
        return 100_000 - sum(file.stat().st_size for file in folder.glob("[0-9a-f]*"))

    with an_outbox(tmp_path) as box:
        box.files = EvidenceStore(folder, reserve_bytes=0, free=free)
        for number in range(3):
            put(box, a_clip(number, 10_000))
        box.put(a_body(), [a_clip(9, 80_000)])
        picture = put(box, EvidenceFile("image/jpeg", bytes(80_000)))
        assert waiting(box) == {picture}, "no clip was kept, and the old ones made room"
        assert box.depth() == 5
