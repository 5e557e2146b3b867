"""Keeps the last seconds of each camera in memory, and has a clip made when an alert begins.

Two threads of its own: one makes small pictures and collects them, one has clips encoded. The
watch only puts things into a queue, and never waits.
"""

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from edge_agent.adapters.clips.encoding import Encoder
from edge_agent.adapters.clips.film import FilmError
from edge_agent.adapters.clips.parcel import Order
from edge_agent.adapters.clips.shots import ROUNDING_S, Ring, Shot, Take, best_of
from edge_agent.core.heads import Person
from edge_agent.core.tracks import TrackId
from edge_agent.ports import EvidenceFile, Image

LOG = logging.getLogger("huxiao.watch")

MOST_WAITING = 4
MOST_OWED = 4
"""Clips that wait to be encoded; more are not made, and that is said."""
PATIENCE_S = 5.0
"""A camera that gives no more pictures is waited for so long beyond the clip's end."""
TICK_S = 0.5
CLOSE_S = 8.0


@dataclass(frozen=True, slots=True)
class Settings:
    """How clips are made; `calm_fps` is enough while nobody is followed."""

    before_s: float = 5.0
    after_s: float = 10.0
    fps: float = 5.0
    calm_fps: float = 2.0
    width: int = 960
    quality: int = 80
    memory_bytes: int = 16_000_000
    clip_bytes: int = 2_000_000
    snapshot_bytes: int = 200_000
    hides: bool = True
    shows_subject: bool = True


@dataclass(frozen=True, slots=True)
class _Picture:
    camera_id: str
    at: float
    image: Image
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class _Begin:
    alert_id: str
    camera_id: str
    at: float
    track_id: TrackId | None


Done = Callable[[str, tuple[EvidenceFile, ...]], None]
"""Hears which files an alert has, none where no clip could be made; in a thread of ours."""


class Cameraman:
    """Makes clips for alerts. `has_room` tells whether the disk has room for one."""

    def __init__(
        self,
        settings: Settings,
        done: Done,
        has_room: Callable[[], bool] = lambda: True,
        encoder: Encoder | None = None,
    ) -> None:
        self._settings = settings
        self._done = done
        self._has_room = has_room
        self._encoder = encoder or Encoder()
        self._shot_at: dict[str, float] = {}
        self._rings: dict[str, Ring] = {}
        self._takes: list[tuple[Take, float]] = []
        self._seen: queue.Queue[_Picture | _Begin | None] = queue.Queue()
        self._owed: queue.Queue[Take | None] = queue.Queue()
        self._unmade: list[Take] = []
        self._said = ""
        self._threads = [
            threading.Thread(target=self._collect, name="shots", daemon=True),
            threading.Thread(target=self._encode, name="clips", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def see(self, camera_id: str, at: float, image: Image, people: tuple[Person, ...]) -> None:
        """Take a picture in where one is due; the image must not be changed afterwards."""
        settings = self._settings
        fps = settings.fps if people or self._takes else settings.calm_fps
        last = self._shot_at.get(camera_id)
        is_due = last is None or not last <= at < last + 1 / fps - ROUNDING_S
        if is_due and self._seen.qsize() < MOST_WAITING:
            self._shot_at[camera_id] = at
            self._seen.put(_Picture(camera_id, at, image, people))

    def begin(self, alert_id: str, camera_id: str, at: float, track_id: TrackId | None) -> None:
        """Begin the clip of an alert, which is about that track."""
        self._seen.put(_Begin(alert_id, camera_id, at, track_id))

    @property
    def is_behind(self) -> bool:
        """Tell whether something seen still waits to be kept."""
        return not self._seen.empty()

    def close(self) -> None:
        """Have made what has been collected, as far as there is time for it."""
        collecting, encoding = self._threads
        until = time.monotonic() + CLOSE_S
        self._seen.put(None)
        collecting.join(CLOSE_S)
        encoding.join(max(0.0, until - time.monotonic()))
        self._encoder.stop()
        encoding.join(1.0)

    def _collect(self) -> None:
        while True:
            with contextlib.suppress(queue.Empty):
                seen = self._seen.get(timeout=TICK_S)
                if seen is None:
                    break
                try:
                    self._took(seen) if isinstance(seen, _Picture) else self._began(seen)
                except cv2.error as error:
                    LOG.error("画面无法存入录像 (a picture cannot be kept): %s", error)  # noqa: TRY400 - one line, no traceback
                del seen
            self._finish(lambda _, waits_until: time.monotonic() >= waits_until)
        self._finish(lambda *_: True)
        self._owed.put(None)

    def _took(self, picture: _Picture) -> None:
        settings = self._settings
        shot = Shot(picture.at, _small_jpeg(picture.image, settings), picture.people)
        most = settings.memory_bytes // max(1, len(self._shot_at)) // 2
        if picture.camera_id not in self._rings:
            self._rings[picture.camera_id] = Ring(settings.before_s, most)
        self._rings[picture.camera_id].add(shot)
        mine = [take for take, _ in self._takes if take.camera_id == picture.camera_id]
        for take in mine:
            if shot.at <= take.until + ROUNDING_S:
                take.add(shot, self._room_for(take))
        self._finish(lambda take, _: take.camera_id == picture.camera_id and shot.at >= take.until)

    def _began(self, begin: _Begin) -> None:
        settings = self._settings
        track_id = begin.track_id if settings.shows_subject else None
        for take, _ in self._takes:
            if take.camera_id == begin.camera_id and take.may_join(begin.at):
                take.join(begin.alert_id, track_id)
                return
        take = Take(begin.camera_id, begin.at, begin.at + settings.after_s)
        take.join(begin.alert_id, track_id)
        ring = self._rings.get(begin.camera_id)
        take.shots = ring.since(begin.at - settings.before_s) if ring else []
        self._takes.append((take, time.monotonic() + settings.after_s + PATIENCE_S))

    def _finish(self, is_over: Callable[[Take, float], bool]) -> None:
        over = [one for one in self._takes if is_over(*one)]
        self._takes = [one for one in self._takes if one not in over]
        for take, _ in over:
            if take.shots and len(self._unmade) < MOST_OWED:
                self._unmade.append(take)
                self._owed.put(take)
                continue
            if take.shots:
                self._say(f"等待制作的录像超过 {MOST_OWED} 段,其余不做 (too many clips wait)")
            self._give(take, ())

    def _room_for(self, take: Take) -> int:
        """Give how many bytes a clip may take: half the memory is all rings', half all clips'."""
        others = [one for one, _ in self._takes if one is not take] + list(self._unmade)
        return self._settings.memory_bytes // 2 - sum(one.bytes for one in others)

    def _encode(self) -> None:
        while (take := self._owed.get()) is not None:
            files = self._files_of(take)
            self._unmade.remove(take)
            self._give(take, files)
            del take, files  # while it waits for the next, this one's memory is free

    def _files_of(self, take: Take) -> tuple[EvidenceFile, ...]:
        if not self._has_room():
            self._say("磁盘空间不足,不做录像 (the disk is nearly full: no clip)")
            return ()
        try:
            files = self._made(take)
        except FilmError as error:
            self._say(str(error))
            return ()
        self._say("")
        return files

    def _give(self, take: Take, files: tuple[EvidenceFile, ...]) -> None:
        for alert_id in take.alert_ids:
            self._done(alert_id, files)

    def _say(self, words: str) -> None:
        """One line for each change, not for each clip that is not made."""
        if words and words != self._said:
            LOG.error("%s", words)
        self._said = words

    def _made(self, take: Take) -> tuple[EvidenceFile, ...]:
        settings = self._settings
        order = Order(
            tuple(take.shots),
            frozenset(take.shown),
            settings.clip_bytes,
            settings.snapshot_bytes,
            best_of(take.shots, take.shown),
            settings.hides,
        )
        made = self._encoder.make(order)
        clip = EvidenceFile("video/mp4", made.clip)
        return (clip, EvidenceFile("image/jpeg", made.snapshot)) if made.snapshot else (clip,)


def _small_jpeg(image: Image, settings: Settings) -> bytes:
    height, width = image.shape[:2]
    if width > settings.width:
        size = settings.width, max(2, round(height * settings.width / width))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    _, content = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, settings.quality])
    return content.tobytes()
