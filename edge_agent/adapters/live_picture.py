"""A live picture for the local page: `watch` leaves it, the page takes it; no camera opens twice.

Three files for each camera: `.jpg` and `.json`, replaced whole, and `.wanted`, which the page
touches while somebody looks.
"""

import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WANTED_S = 5.0
"""A picture is left only while somebody asked for one this lately."""
LEAST_PAUSE_S = 0.18
"""A little under a fifth of a second: of ten frames a second every other one is left."""
FRESH_S = 5.0

_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,64}")


def file_name(camera_id: str) -> str:
    """Give a camera's name as a file's: an id may hold anything that a person types."""
    if _PLAIN.fullmatch(camera_id):
        return camera_id
    return "x" + hashlib.sha256(camera_id.encode()).hexdigest()[:24]


class LivePicture:
    """The watch's side. Nothing here raises: a full disk must not stop a warning."""

    def __init__(self, folder: Path, now: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._now = now
        self._put_at: dict[str, float] = {}

    def is_wanted(self, camera_id: str) -> bool:
        """Tell whether somebody looks, and the last picture is a fifth of a second old or so."""
        now = self._now()
        if 0.0 <= now - self._put_at.get(camera_id, -LEAST_PAUSE_S) < LEAST_PAUSE_S:
            return False
        try:
            wanted_at = (self._folder / f"{file_name(camera_id)}.wanted").stat().st_mtime
        except OSError:
            return False
        return abs(now - wanted_at) <= WANTED_S

    def put(self, camera_id: str, jpeg: bytes, state: Mapping[str, Any]) -> None:
        """Leave a picture and what is known of it, picture first."""
        self._put_at[camera_id] = self._now()
        name = file_name(camera_id)
        text = json.dumps(state, ensure_ascii=False, allow_nan=False)
        with suppress(OSError):
            _replace(self._folder / f"{name}.jpg", jpeg)
            _replace(self._folder / f"{name}.json", text.encode())


@dataclass(frozen=True, slots=True)
class Live:
    """What the watch last left: `age_s` old."""

    state: Mapping[str, Any]
    age_s: float

    @property
    def is_fresh(self) -> bool:
        """Whether it shows what is there now."""
        return self.age_s <= FRESH_S


class LiveView:
    """The page's side."""

    def __init__(self, folder: Path, now: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._now = now

    def want(self, camera_id: str) -> None:
        """Say that somebody looks.

        Raises:
            OSError: the folder cannot be written.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{file_name(camera_id)}.wanted"
        path.touch()
        os.utime(path, (self._now(), self._now()))

    def picture(self, camera_id: str) -> bytes | None:
        """Give the newest picture; None where there is none."""
        try:
            return (self._folder / f"{file_name(camera_id)}.jpg").read_bytes()
        except OSError:
            return None

    def look(self, camera_id: str) -> Live | None:
        """Give what the watch says of the picture; None where it has left nothing."""
        path = self._folder / f"{file_name(camera_id)}.json"
        try:
            state = json.loads(path.read_bytes())
            age_s = max(0.0, self._now() - path.stat().st_mtime)
        except (OSError, ValueError):
            return None
        return Live(state, age_s) if isinstance(state, dict) else None


def _replace(path: Path, content: bytes) -> None:
    side = path.with_name(f"{path.name}.new")
    side.write_bytes(content)
    side.replace(path)
