"""Clips: what was seen before and after an alert, whole or not at all."""

import io
import queue
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.adapters.clips.cameraman import Cameraman, Settings
from edge_agent.adapters.clips.encode_once import made_of
from edge_agent.adapters.clips.encoding import Encoder
from edge_agent.adapters.clips.film import FilmError, filmed
from edge_agent.adapters.clips.parcel import Made, Order, pack_order, unpack_made
from edge_agent.adapters.clips.shots import Ring, Shot, Take, best_of
from edge_agent.core.boxes import Box
from edge_agent.core.heads import Person
from edge_agent.ports import EvidenceFile, Image

PLAZA = Path(__file__).resolve().parents[3] / "media" / "plaza.mp4"
SOMEBODY = (Person(7, Box(0.4, 0.4, 0.5, 0.8)),)


@cache
def frames() -> list[Image]:
    with av.open(str(PLAZA), "r") as video:
        decoded = video.decode(video=0)
        read = [next(decoded).to_ndarray(format="bgr24") for _ in range(30)]
        return [np.asarray(image, np.uint8) for image in read]


@cache
def shots() -> tuple[Shot, ...]:
    jpegs = [cv2.imencode(".jpg", image)[1].tobytes() for image in frames()]
    return tuple(Shot(100 + number / 5, jpeg, SOMEBODY) for number, jpeg in enumerate(jpegs))


class Filming(Encoder):
    """Takes orders down and makes nothing of them."""

    def __init__(self) -> None:
        super().__init__()
        self.orders: list[Order] = []

    def make(self, order: Order) -> Made:
        self.orders.append(order)
        return Made(b"clip", b"picture" if order.best is not None else b"")


Told = queue.Queue[tuple[str, tuple[EvidenceFile, ...]]]


@contextmanager
def cameraman(settings: Settings, encoder: Encoder) -> Iterator[tuple[Cameraman, Told]]:
    told: Told = queue.Queue()
    made = Cameraman(settings, lambda *files: told.put(files), encoder=encoder)
    try:
        yield made, told
    finally:
        made.close()


def play(man: Cameraman, start: float, seconds: float, fps: float = 10.0) -> None:
    image = frames()[0]
    for number in range(round(seconds * fps)):
        waiting = time.monotonic() + 5
        while man.is_behind and time.monotonic() < waiting:
            time.sleep(0.001)
        man.see("cam1", start + number / fps, image, SOMEBODY)


def test_a_clip_has_what_was_before_and_after() -> None:
    film = Filming()
    with cameraman(Settings(), film) as (man, told):
        play(man, 0.0, 8.0)
        man.begin("a1", "cam1", 8.0, 7)
        play(man, 8.0, 12.0)
        alert_id, files = told.get(timeout=10)
    times = [shot.at for shot in film.orders[0].shots]
    assert alert_id == "a1"
    assert [file.media_type for file in files] == ["video/mp4", "image/jpeg"]
    assert times[0] == pytest.approx(3.0, abs=0.21)
    assert times[-1] == pytest.approx(18.0, abs=0.21)
    assert max(np.diff(times)) < 0.21, "five pictures a second while somebody is followed"


def test_two_alerts_close_together_share_one_clip_and_later_ones_have_their_own() -> None:
    film = Filming()
    with cameraman(Settings(), film) as (man, told):
        play(man, 0.0, 2.0)
        man.begin("a1", "cam1", 2.0, 7)
        play(man, 2.0, 2.0)
        man.begin("a2", "cam1", 4.0, 8)
        play(man, 4.0, 6.0)
        man.begin("a3", "cam1", 10.0, 9)
        play(man, 10.0, 12.0)
        served = {told.get(timeout=10)[0] for _ in range(3)}
    assert served == {"a1", "a2", "a3"}
    assert [sorted(order.shown) for order in film.orders] == [[7, 8], [9]]


def test_a_camera_that_goes_dark_still_gives_what_it_saw() -> None:
    film = Filming()
    with cameraman(Settings(after_s=1.0), film) as (man, told):
        play(man, 0.0, 3.0)
        man.begin("a1", "cam1", 3.0, None)
        assert told.get(timeout=20)[0] == "a1"
    assert film.orders[0].shown == frozenset()


def test_stopping_gives_what_was_collected() -> None:
    film = Filming()
    with cameraman(Settings(), film) as (man, told):
        play(man, 0.0, 1.0)
        man.begin("a1", "cam1", 1.0, 7)
    assert told.get(timeout=1)[0] == "a1"


def test_nothing_is_made_where_the_disk_is_full() -> None:
    film = Filming()
    told: Told = queue.Queue()
    man = Cameraman(Settings(), lambda *f: told.put(f), has_room=lambda: False, encoder=film)
    man.see("cam1", 0.0, frames()[0], SOMEBODY)
    man.begin("a1", "cam1", 0.0, 7)
    man.close()
    assert (film.orders, told.get(timeout=1)) == ([], ("a1", ()))


def test_an_alert_whose_clip_fails_is_told_so(caplog: pytest.LogCaptureFixture) -> None:
    dies = Encoder((sys.executable, "-c", "raise SystemExit(3)"))
    with cameraman(Settings(), dies) as (man, told):
        for start in (0.0, 20.0):
            play(man, start, 1.0)
            man.begin(f"a{start:.0f}", "cam1", start + 1, 7)
            play(man, start + 1, 12.0)
            assert told.get(timeout=20) == (f"a{start:.0f}", ())
    assert len(caplog.messages) == 1, "what goes on failing is said once"


@given(
    st.lists(st.tuples(st.floats(0, 100), st.integers(0, 50)), max_size=40),
    st.floats(0.1, 20),
    st.integers(1, 200),
)
def test_the_ring_is_bounded_in_time_and_bytes(
    given_shots: list[tuple[float, int]], keep_s: float, most: int
) -> None:
    ring = Ring(keep_s, most)
    for at, size in given_shots:
        ring.add(Shot(at, bytes(min(size, most))))
        kept = list(ring)
        assert sum(len(shot.jpeg) for shot in kept) <= most
        assert all(at - keep_s <= shot.at <= at for shot in kept)


@given(st.lists(st.integers(1, 400), max_size=90), st.integers(400, 4000))
def test_a_clip_is_bounded_in_memory_and_goes_on_to_its_end(sizes: list[int], most: int) -> None:
    take = Take("cam1", 0.0, 18.0)
    for number, size in enumerate(sizes):
        take.add(Shot(number / 5, bytes(size)), most)
        assert take.bytes <= most
    times = [shot.at for shot in take.shots]
    assert times == sorted(times)
    if sizes:
        assert times[0] == 0.0
        assert times[-1] >= (len(sizes) - 1) / 5 - take.gap_s


def test_the_best_picture_shows_the_subject_large_and_whole() -> None:
    sizes = [Box(0.4, 0.4, 0.5, 0.6), Box(0.3, 0.2, 0.6, 0.9), Box(0.0, 0.2, 0.35, 1.1)]
    seen = [Shot(float(n), b"", (Person(7, box),)) for n, box in enumerate(sizes)]
    assert best_of([*seen, Shot(9.0, b"")], {7}) == 1
    assert best_of(seen, {8}) is None


def test_a_clip_is_what_browsers_play() -> None:
    order = Order(shots(), frozenset({7}), 2_000_000, 200_000, best=3)
    made = made_of(order, None)
    with av.open(io.BytesIO(made.clip), "r") as video:
        (stream,) = video.streams
        assert isinstance(stream, av.VideoStream)
        assert (stream.codec_context.name, stream.pix_fmt) == ("h264", "yuv420p")
    assert made.clip.index(b"moov") < made.clip.index(b"mdat"), "plays before it is all there"
    assert cv2.imdecode(np.frombuffer(made.snapshot, np.uint8), cv2.IMREAD_COLOR) is not None


def test_uneven_times_are_kept() -> None:
    times = [0.0, 0.2, 0.5, 0.51, 3.0]
    clip = filmed(lambda: zip(times, frames(), strict=False), 3.0, 2_000_000)
    assert times_of(clip) == pytest.approx(times, abs=0.002)


def times_of(clip: bytes) -> list[float]:
    with av.open(io.BytesIO(clip), "r") as video:
        return [float(frame.time or 0.0) for frame in video.decode(video=0)]


def test_a_clip_is_never_larger_than_allowed() -> None:
    noise = np.random.default_rng(3).integers(0, 255, (20, 240, 320, 3), dtype=np.uint8)
    pictures = [(number / 5, image) for number, image in enumerate(noise)]
    assert len(filmed(lambda: pictures, 4.0, 200_000)) <= 200_000
    with pytest.raises(FilmError, match="1000"):
        filmed(lambda: pictures, 4.0, 1000)


def test_an_encoder_that_hangs_is_killed() -> None:
    hangs = Encoder((sys.executable, "-c", "import time; time.sleep(60)"), longest_s=0.5)
    with pytest.raises(FilmError, match="took too long"):
        hangs.make(Order(shots()[:1], frozenset(), 1000, 1000))


@pytest.mark.parametrize("dies", ["raise SystemExit(3)", "print('[9, 9]')"])
def test_an_encoder_that_dies_leaves_no_half_clip(dies: str) -> None:
    with pytest.raises(FilmError):
        Encoder((sys.executable, "-c", dies)).make(Order(shots()[:1], frozenset(), 1000, 1000))


def test_the_real_process_makes_the_same_clip() -> None:
    order = Order(shots()[:10], frozenset({7}), 2_000_000, 200_000, best=2)
    made = Encoder().make(order)
    assert len(times_of(made.clip)) == 10
    assert made.snapshot


def test_what_comes_back_cut_short_is_noticed(tmp_path: Path) -> None:
    with (tmp_path / "order").open("wb") as file:
        pack_order(Order(shots()[:2], frozenset(), 1000, 1000), file)
    with pytest.raises(ValueError, match="short"):
        unpack_made(b"[5, 5]\nabc")
